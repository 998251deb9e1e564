"""What was proposed becomes part of the directory: a site, or an offer at one."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from app.kernel.database import db
from providers.applications.proposals import ProposedOffer, ProposedSite
from providers.intake.postcodes import Coordinates
from providers.models.framework import Service
from providers.models.offer import Offer, OfferNeed
from providers.models.provider import Provider, Site
from providers.needs import Delivery, NeedType, PriceUnit, VatBasis
from providers.places import put_on_map


def publish_site(
    provider: Provider, proposed: ProposedSite, locate: Callable[[str], Coordinates | None]
) -> Site:
    """The provider's site at the postcode, a new one where it has none there."""
    known = next((site for site in provider.sites if site.postcode == proposed.postcode), None)
    if known is not None:
        return known
    site = Site(name=proposed.name, postcode=proposed.postcode)
    put_on_map(site, locate(proposed.postcode))
    provider.sites.append(site)
    return site


def publish_offer(
    provider: Provider, proposed: ProposedOffer, site: Site, *, confirmed_on: date
) -> Offer:
    """A new offer of the provider. confirmed_on: the day on which it said what is free."""
    service = db.session.scalars(select(Service).where(Service.code == proposed.service)).one()
    offer = Offer(
        reference=_free_reference(provider, service),
        service=service,
        site=site,
        min_age=proposed.min_age,
        max_age=proposed.max_age,
        at_base=Delivery.AT_BASE in proposed.ways,
        at_home=Delivery.AT_HOME in proposed.ways,
        in_community=Delivery.IN_COMMUNITY in proposed.ways,
        online=Delivery.ONLINE in proposed.ways,
        travel_radius_km=proposed.travel_radius_km,
        sessions=proposed.sessions,
        hours_free=proposed.hours_free,
        places_free=proposed.places_free,
        group_size=proposed.group_size,
        min_hours=proposed.min_hours,
        confirmed_on=confirmed_on,
        price_pence=proposed.price_pence,
        price_unit=PriceUnit(proposed.price_unit),
        vat_basis=VatBasis(proposed.vat_basis),
        needs=[OfferNeed(need_type=NeedType(need)) for need in proposed.needs],
    )
    provider.offers.append(offer)
    return offer


def _free_reference(provider: Provider, service: Service) -> str:
    """The provider's reference and the service's code, numbered from the second on."""
    taken = {offer.reference for offer in provider.offers}
    plain = f"{provider.reference}/{service.code}"
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (plain, *numbered) if name not in taken)
