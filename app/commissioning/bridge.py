"""The bridge to the matching package: rows become a problem, a result becomes sentences.

The only file of the application that knows the matching package. Price caps, evidence and a
provider's standing never cross it: `providers.queries` has already applied them.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import matching.problem as m
from app.children.models import Child, Referral
from providers.models.offer import Offer
from providers.models.place import Located
from providers.models.provider import Provider
from providers.needs import Judgement, mask_to_sessions
from providers.stages import age_on, is_compulsory_school_age

# The matching package counts quality from 1, the best; a red judgement closes every offer.
_QUALITY = {Judgement.GREEN: 1, Judgement.AMBER: 2}


def problem_of(
    referrals: Iterable[Referral],
    offers: Iterable[Offer],
    policy: m.Policy,
    on: date,
    hours_there: Mapping[int, Mapping[int, int]] | None = None,
) -> m.Problem:
    """The problem of placing these referrals with these open offers, as things stand on a date.

    A matching child is a referral: its id is the referral's. hours_there: hours a week that
    each referral's child already has at each provider, by provider id.
    Raises InvalidProblem where the rows contradict each other.
    """
    offers = list(offers)
    there = hours_there or {}
    providers = {offer.provider_id: offer.provider for offer in offers}
    return m.Problem(
        children=tuple(child_of(referral, on) for referral in referrals),
        offers=tuple(offer_of(offer) for offer in offers),
        providers=tuple(
            provider_of(provider, there.get(provider.id, {})) for provider in providers.values()
        ),
        policy=policy,
    )


def child_of(referral: Referral, on: date) -> m.Child:
    """A referral as the matcher sees it: the child's age is that on the day support starts."""
    child = referral.child
    start = max(on, referral.start_from or on)
    return m.Child(
        id=referral.id,
        components=tuple(
            m.Component(component.id, component.service.name, component.hours)
            for component in referral.components
        ),
        needs=tuple(need.label for need in child.need_types),
        age=age_on(child.born_on, start),
        location=_location(child),
        ehcp=child.has_ehcp,
        looked_after=child.looked_after,
        compulsory_school_age=is_compulsory_school_age(child.born_on, start),
        max_distance_km=referral.max_travel_km,
        preferred_delivery=referral.preferred_delivery
        and m.Delivery(referral.preferred_delivery.value),
        transport=m.Transport(referral.transport.value),
        preferred_providers=tuple(w.provider_id for w in referral.wishes if not w.excluded),
        excluded_providers=frozenset(w.provider_id for w in referral.wishes if w.excluded),
        days_out_of_education=days_without_education(referral, on),
        tier=int(referral.tier.value) if referral.tier else None,
    )


def days_without_education(referral: Referral, on: date) -> int:
    """Calendar days since the child was last in education; 0 where that is not known."""
    since = referral.out_of_education_since
    return max(0, (on - since).days) if since else 0


def offer_of(offer: Offer) -> m.Offer:
    """An open offer as the matcher sees it, at its price an hour net of VAT."""
    return m.Offer(
        id=offer.id,
        provider_id=offer.provider_id,
        service=offer.service.name,
        needs=frozenset(need.label for need in offer.need_types),
        min_age=offer.min_age,
        max_age=offer.max_age,
        deliveries=frozenset(m.Delivery(way.value) for way in offer.deliveries),
        location=_location(offer.site),
        hours_free=offer.hours_free or 0,
        places_free=offer.places_free,
        price_pence_per_hour=offer.price.net_per_hour(),
        radius_km=offer.travel_radius_km,
        sessions=frozenset(mask_to_sessions(offer.sessions)),
        min_hours=offer.min_hours,
        group_size=offer.group_size,
    )


def provider_of(provider: Provider, hours_by_referral: Mapping[int, int]) -> m.Provider:
    """A provider as the matcher sees it, with the hours that children already have there."""
    return m.Provider(
        id=provider.id,
        registered=provider.registered,
        hours_by_child=dict(hours_by_referral),
        judgement=_QUALITY.get(provider.judgement) if provider.judgement else None,
        name=provider.name,
    )


def _location(place: Located | Child) -> m.Location | None:
    if place.latitude is None or place.longitude is None:
        return None
    return m.Location(place.latitude, place.longitude)
