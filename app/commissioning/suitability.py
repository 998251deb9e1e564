"""The bridge's other half: asks the matching package what speaks against one offer at a time.

`app.commissioning.bridge` carries whole problems across; a search has one child, who may be no
particular child at all, and many offers. What the search leaves open is not held against one.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import matching.problem as m
from app.children.models import Child, Referral
from app.commissioning import policies
from app.commissioning.bridge import offer_of, provider_of
from app.commissioning.bridge_policy import policy_of
from app.commissioning.company import NOBODY, Company, company_of
from app.commissioning.standing import counts_for_registration
from app.kernel.clock import today
from matching.distance import distance_km
from matching.eligibility import Objection, Rule, objections
from matching.timetable import half_days_needed
from providers import limits
from providers.capacity import Free
from providers.models.offer import Offer
from providers.needs import NeedType
from providers.search_criteria import SearchCriteria

_COMPANY = frozenset(
    {Rule.FULL, Rule.KEEP_APART, Rule.NEEDS_MIX, Rule.MUST_REGISTER, Rule.FULL_TIME_LIMIT}
)
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


def rules_in_force() -> m.Policy:
    """The rules of the policy that matches are made by now: a search goes by the same figures."""
    policy = policies.in_force()
    return policy_of(policy.rules if policy else {})


def half_days_for(hours: int | None, rules: m.Policy) -> int:
    """How many half-days so many hours a week take; 0 where no hours are asked."""
    return half_days_needed(hours, rules.hours_per_half_day) if hours else 0


def must_be_registered(child: Child, hours: int | None, rules: m.Policy) -> bool:
    """Whether only a registered provider may teach this child for so many hours a week."""
    return (child.has_ehcp or child.looked_after) and (hours or 0) > rules.full_time_hours


def company_for(
    criteria: SearchCriteria, referral: Referral | None, on: date, rules: m.Policy
) -> Company:
    """Who is at the providers that matter to a search, for its child or for nobody."""
    child = referral and referral.child
    return company_of(child, on, criteria.hours or 0, rules.full_time_hours)


def opinion(
    criteria: SearchCriteria,
    referral: Referral | None,
    offer: Offer,
    free: Free,
    km: float | None = None,
    company: Company = NOBODY,
    *,
    rules: m.Policy,
) -> Opinion:
    """What speaks against an offer for the child that a search is about.

    referral: of the child, None for a search that is about no one child. free: the offer's room.
    km: from the home to the offer's site, where that has been measured already. company: who is
    at which provider. rules: of the policy in force.
    """
    children = _children(criteria, referral, offer, company)
    there = offer_of(offer, free if criteria.free else None)
    if criteria.deliveries & offer.deliveries:
        ways = {m.Delivery(way.value) for way in criteria.deliveries}
        there = replace(there, deliveries=there.deliveries & ways)
    provider = _with_company(provider_of(offer.provider), company)
    if km is None:
        km = distance_km(children[0].location, there.location)
    ignored = _ignored(criteria)
    found: dict[str, Objection] = {}
    for child in children:
        for each in objections(child, child.components[0], there, provider, rules, km):
            if each.code not in ignored and each.code not in {o.code for o in found.values()}:
                found[each.text] = each
    return Opinion(tuple(found), km)


def closed_to(
    criteria: SearchCriteria, referral: Referral | None, company: Company, rules: m.Policy
) -> frozenset[int]:
    """The providers none of whose offers may take the child because of who is there, by id."""
    (child,) = _alike(criteria, _STAND_IN.service, (12,), (), _person(referral, company))
    asked = _COMPANY - _ignored(criteria)
    unregistered = company.unregistered | company.full_time.keys()
    closed = set()
    for key in company.stated.keys() | company.apart | unregistered:
        provider = _with_company(m.Provider(key, registered=key not in unregistered), company)
        found = objections(child, child.components[0], _STAND_IN, provider, rules, None)
        if any(each.code in asked for each in found):
            closed.add(key)
    return frozenset(closed)


_STAND_IN = m.Offer(
    id="any",
    provider_id="any",
    service="any",
    needs=frozenset(),
    min_age=0,
    max_age=30,
    deliveries=frozenset(m.Delivery),
    location=None,
    hours_free=168,
    places_free=1,
    price_pence_per_hour=0,
)
"""An offer with room, against which nothing speaks but who is at its provider."""
_CHILD = "search"
"""What the child is called that is searched for."""
_AVOIDED = "kept apart"
"""What every child is called who must be kept apart from the one that is searched for."""


def _with_company(provider: m.Provider, company: Company) -> m.Provider:
    """A provider with who is there. Needs that must not mix bear on a search for a child alone."""
    stated = company.stated.get(provider.id)
    there = company.heads.get(provider.id, frozenset())
    most = stated.most_children if stated else None
    counted = most is not None and company.child not in there
    mixed = limits.pairs_of(stated) if stated and company.child is not None else ()
    known = {_AVOIDED: 1} if provider.id in company.apart else {}
    if provider.id in company.hours:
        known |= {_CHILD: company.hours[provider.id]}
    return replace(
        provider,
        places_free=max(0, most - len(there)) if counted else None,
        hours_by_child=known,
        full_time_children=company.full_time.get(provider.id, 0),
        must_not_mix=frozenset((one.label, other.label) for one, other in mixed),
        needs_present=company.needs.get(provider.id, frozenset()),
    )


def _primary(referral: Referral | None) -> NeedType | None:
    """The primary need of the child that is searched for."""
    return next(iter(referral.child.need_types), None) if referral is not None else None


def _ignored(criteria: SearchCriteria) -> frozenset[Rule]:
    """The rules about what the search leaves open."""
    ignored = frozenset() if criteria.free else _CAPACITY
    if criteria.home is None:
        ignored |= _JOURNEY
    if criteria.hours is None:
        ignored |= _LENGTH
    return ignored


@dataclass(frozen=True)
class _Person:
    """What of the child itself bears on the rules, whatever is searched for.

    of_school_age: whether full-time hours bear on a provider's duty to register.
    """

    primary: NeedType | None = None
    ehcp: bool = False
    looked_after: bool = False
    of_school_age: bool = True
    apart: bool = False


def _person(referral: Referral | None, company: Company) -> _Person:
    if referral is None:
        return _Person()
    child, on = referral.child, today()
    return _Person(
        _primary(referral),
        child.has_ehcp,
        child.looked_after,
        counts_for_registration(child, max(on, referral.start_from or on)),
        bool(company.apart),
    )


def _children(
    criteria: SearchCriteria, referral: Referral | None, offer: Offer, company: Company
) -> tuple[m.Child, ...]:
    """The child, once for each end of the span of ages that is asked."""
    ages = tuple(sorted(set(criteria.ages or (offer.min_age,))))
    musts, person = _musts(criteria, offer), _person(referral, company)
    return _alike(criteria, offer.service.name, ages, musts, person)


@lru_cache(maxsize=64)
def _alike(
    criteria: SearchCriteria,
    service: str,
    ages: tuple[int, ...],
    musts: tuple[NeedType, ...],
    person: _Person,
) -> tuple[m.Child, ...]:
    """The same child for every offer of a page of which the same is asked."""
    first = [person.primary] if person.primary else []
    needs = dict.fromkeys((*first, *criteria.needs, *criteria.wished))
    return tuple(
        m.Child(
            id=_CHILD,
            age=age,
            components=(m.Component("search", service, criteria.hours or 1),),
            needs=tuple(need.label for need in needs),
            must_needs=tuple(need.label for need in musts),
            location=criteria.home and m.Location(criteria.home.latitude, criteria.home.longitude),
            max_distance_km=criteria.within_km,
            excluded_providers=criteria.excluded,
            ehcp=person.ehcp,
            looked_after=person.looked_after,
            compulsory_school_age=person.of_school_age,
            keep_apart=frozenset({_AVOIDED}) if person.apart else frozenset(),
        )
        for age in ages
    )


def _musts(criteria: SearchCriteria, offer: Offer) -> tuple[NeedType, ...]:
    """The needs that are held against the offer: of any one that will do, all or none."""
    if not criteria.every_need and set(criteria.needs) & offer.need_types:
        return ()
    return criteria.needs
