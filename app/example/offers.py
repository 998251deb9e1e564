"""What the example county's providers propose to offer, alike but for a few facts."""

from typing import Any

from providers.applications.proposals import ProposedOffer
from providers.needs import ALL_SESSIONS, Delivery, NeedType, PriceUnit, VatBasis


def a_proposed_offer(**facts: Any) -> ProposedOffer:
    """An offer at a base for pupils of secondary age, by the hour, free of VAT.

    facts: number, service, site, hours_free, places_free, group_size and price_pence.
    """
    return ProposedOffer(
        needs=(NeedType.SEMH.value, NeedType.ASD.value),
        min_age=11,
        max_age=16,
        deliveries=(Delivery.AT_BASE.value,),
        travel_radius_km=None,
        sessions=ALL_SESSIONS,
        min_hours=2,
        price_unit=PriceUnit.HOUR.value,
        vat_basis=VatBasis.EXEMPT.value,
        **facts,
    )
