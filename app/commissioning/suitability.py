"""The bridge's other half: asks the matching package what speaks against one offer at a time.

`app.commissioning.bridge` carries whole problems across; a search has one child, who may be no
particular child at all, and many offers. What the search leaves open is not held against one.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import matching.problem as m
from app.children.models import Child, Referral
from app.commissioning.bridge import offer_of, provider_of
from matching.distance import distance_km
from matching.eligibility import Objection, Rule, objections
from matching.timetable import half_days_needed
from providers.capacity import Free
from providers.models.offer import Offer
from providers.needs import NeedType
from providers.search_criteria import SearchCriteria

POLICY = m.Policy()
_CAPACITY = frozenset({Rule.FULL, Rule.HOURS})
_JOURNEY = frozenset({Rule.NO_COORDINATES, Rule.TRAVEL_LIMIT, Rule.RADIUS, Rule.DELIVERY})
_LENGTH = frozenset(
    {Rule.HOURS, Rule.MIN_HOURS, Rule.HALF_DAYS, Rule.MUST_REGISTER, Rule.FULL_TIME_LIMIT}
)


@dataclass(frozen=True)
class Opinion:
    """What the matching rules say of one offer. against: empty where it may take the child.

    km: from the home as the crow flies, None where either place is unknown.
    """

    against: tuple[str, ...]
    km: float | None


def half_days_for(hours: int | None) -> int:
    """How many half-days so many hours a week take; 0 where no hours are asked."""
    return half_days_needed(hours, POLICY.hours_per_half_day) if hours else 0


def must_be_registered(child: Child, hours: int | None) -> bool:
    """Whether the law lets only a registered provider teach this child for so many hours."""
    return (child.has_ehcp or child.looked_after) and (hours or 0) > POLICY.full_time_hours


def opinion(
    criteria: SearchCriteria,
    referral: Referral | None,
    offer: Offer,
    free: Free,
    km: float | None = None,
) -> Opinion:
    """What speaks against an offer for the child that a search is about.

    referral: of the child, None for a search that is about no one child. free: the offer's room.
    km: from the home to the offer's site, where that has been measured already.
    """
    children = _children(criteria, referral, offer)
    there = offer_of(offer, free if criteria.free else None)
    if criteria.deliveries & offer.deliveries:
        ways = {m.Delivery(way.value) for way in criteria.deliveries}
        there = replace(there, deliveries=there.deliveries & ways)
    provider = provider_of(offer.provider)
    if km is None:
        km = distance_km(children[0].location, there.location)
    ignored = _ignored(criteria)
    found: dict[str, Objection] = {}
    for child in children:
        for each in objections(child, child.components[0], there, provider, POLICY, km):
            if each.code not in ignored and each.code not in {o.code for o in found.values()}:
                found[each.text] = each
    return Opinion(tuple(found), km)


def _ignored(criteria: SearchCriteria) -> frozenset[Rule]:
    """The rules about what the search leaves open."""
    ignored = frozenset() if criteria.free else _CAPACITY
    if criteria.home is None:
        ignored |= _JOURNEY
    if criteria.hours is None:
        ignored |= _LENGTH
    return ignored


def _children(
    criteria: SearchCriteria, referral: Referral | None, offer: Offer
) -> tuple[m.Child, ...]:
    """The child, once for each end of the span of ages that is asked."""
    ages = tuple(sorted(set(criteria.ages or (offer.min_age,))))
    # whether the child is of compulsory school age makes no difference to one with an EHC plan
    # or looked after (see the bridge), and there is no rule here that asks it of another
    plan = referral is not None and referral.child.has_ehcp
    care = referral is not None and referral.child.looked_after
    return _alike(criteria, offer.service.name, ages, _musts(criteria, offer), plan, care)


@lru_cache(maxsize=64)
def _alike(
    criteria: SearchCriteria,
    service: str,
    ages: tuple[int, ...],
    musts: tuple[NeedType, ...],
    ehcp: bool,
    looked_after: bool,
) -> tuple[m.Child, ...]:
    """The same child for every offer of a page of which the same is asked."""
    return tuple(
        m.Child(
            id="search",
            age=age,
            components=(m.Component("search", service, criteria.hours or 1),),
            needs=tuple(need.label for need in (*criteria.needs, *criteria.wished)),
            must_needs=tuple(need.label for need in musts),
            location=criteria.home and m.Location(criteria.home.latitude, criteria.home.longitude),
            max_distance_km=criteria.within_km,
            excluded_providers=criteria.excluded,
            ehcp=ehcp,
            looked_after=looked_after,
        )
        for age in ages
    )


def _musts(criteria: SearchCriteria, offer: Offer) -> tuple[NeedType, ...]:
    """The needs that are held against the offer: of any one that will do, all or none."""
    if not criteria.every_need and set(criteria.needs) & offer.need_types:
        return ()
    return criteria.needs
