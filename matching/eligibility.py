"""The hard rules for one child, one component and one offer, each answering with a reason.

The same function serves the matcher, the search page and a commissioner choosing by hand, so a
reason reads the same wherever it is met. Price caps and framework status never come here: the
offers handed in are already open ones.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from matching.distance import beyond_in_words, in_words
from matching.policy import Policy
from matching.problem import Child, Component, Offer, Provider
from matching.timetable import half_days_needed
from matching.vocabulary import Delivery


class Rule(StrEnum):
    """The hard rules by name; the value is stable and may be stored."""

    SERVICE = "service"
    AGE = "age"
    NEEDS = "needs"
    EXCLUDED = "excluded"
    KEEP_APART = "keep_apart"
    NEEDS_MIX = "needs_mix"
    GROUP_SIZE = "group_size"
    DELIVERY = "delivery"
    NO_COORDINATES = "no_coordinates"
    TRAVEL_LIMIT = "travel_limit"
    RADIUS = "radius"
    MIN_HOURS = "min_hours"
    HALF_DAYS = "half_days"
    OPENS_LATE = "opens_late"
    MUST_REGISTER = "must_register"
    FULL_TIME_LIMIT = "full_time_limit"
    FULL = "full"
    HOURS = "hours"
    PINNED_ELSEWHERE = "pinned_elsewhere"
    FORBIDDEN = "forbidden"
    REGISTERED_FIRST = "registered_first"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an offer cannot take a component: the rule, and the reason for a parent or officer."""

    code: Rule
    text: str


def hours_in_words(hours: int) -> str:
    """Hours a week as they read on a page."""
    return f"{hours} hour{'' if hours == 1 else 's'} a week"


def days_in_words(days: int) -> str:
    """A number of days as it reads on a page."""
    return f"{days} day{'' if days == 1 else 's'}"


def days_late(child: Child, offer: Offer) -> int:
    """Days after the day asked for until the offer opens; 0 if it is open by then."""
    return max(0, offer.opens_in - child.start_in)


def deliveries_possible(
    child: Child, offer: Offer, distance_km: float | None
) -> tuple[Delivery, ...]:
    """The ways in which the offer can be delivered to this child, in the order of Delivery.

    distance_km is one way between home and the offer's location, None if either is unknown.
    """
    near = distance_km is not None
    travels = near and (child.max_distance_km is None or distance_km <= child.max_distance_km)
    reached = near and (offer.radius_km is None or distance_km <= offer.radius_km)
    possible = {
        Delivery.AT_BASE: travels,
        Delivery.AT_HOME: reached,
        Delivery.IN_COMMUNITY: travels and reached,
        Delivery.ONLINE: True,
    }
    return tuple(mode for mode in Delivery if mode in offer.deliveries and possible[mode])


def objections(
    child: Child,
    component: Component,
    offer: Offer,
    provider: Provider,
    policy: Policy,
    distance_km: float | None,
) -> tuple[Objection, ...]:
    """Every hard rule that the pair breaks, in plain words; empty when the offer may take it.

    distance_km is one way between home and the offer's location, None if either is unknown.
    Rules about several children at once (who gets the last place) are not for a single pair.
    """
    found: list[Objection] = []
    for rule in (_suits, _is_allowed, _has_room):
        found += rule(child, component, offer, provider, policy)
    found += _delivery_objections(child, offer, distance_km)
    found += _registration_objections(child, component, provider, policy)
    return tuple(found)


def _suits(child, component, offer, _provider, policy) -> Iterable[Objection]:
    """Service, age, needs, group and timetable."""
    if offer.service != component.service:
        yield Objection(Rule.SERVICE, f"It offers {offer.service}, not {component.service}")
    if not offer.min_age <= child.age <= offer.max_age:
        yield Objection(
            Rule.AGE,
            f"The provider teaches ages {offer.min_age} to {offer.max_age}; "
            f"the child is {child.age}",
        )
    missing = [need for need in child.required_needs if need not in offer.needs]
    if missing:
        yield Objection(Rule.NEEDS, f"It does not provide for {' or '.join(missing)}")
    if child.max_group_size is not None and offer.group_size > child.max_group_size:
        yield Objection(
            Rule.GROUP_SIZE,
            f"It teaches in groups of up to {offer.group_size}; "
            f"the child needs {_group_in_words(child.max_group_size)}",
        )
    if component.hours < offer.min_hours:
        yield Objection(
            Rule.MIN_HOURS,
            f"It takes a child for at least {hours_in_words(offer.min_hours)}; "
            f"this is {hours_in_words(component.hours)}",
        )
    needed = half_days_needed(component.hours, policy.hours_per_half_day)
    if len(offer.sessions) < needed:
        yield Objection(
            Rule.HALF_DAYS,
            f"It is open for {len(offer.sessions)} half-days a week; "
            f"{hours_in_words(component.hours)} take {needed}",
        )
    late = days_late(child, offer)
    if late > policy.longest_start_wait:
        yield Objection(
            Rule.OPENS_LATE,
            f"It opens {days_in_words(late)} after the day asked for; a child waits "
            f"{days_in_words(policy.longest_start_wait)} at most",
        )


def _is_allowed(child, _component, _offer, provider, _policy) -> Iterable[Objection]:
    """Exclusions, children to be kept apart, and needs that must not mix."""
    if provider.id in child.excluded_providers:
        yield Objection(Rule.EXCLUDED, "This provider has been ruled out for the child")
    if any(provider.hours_by_child.get(other) for other in child.keep_apart):
        yield Objection(
            Rule.KEEP_APART, "A child who must be kept apart from this child is already there"
        )
    clash = needs_clashing(child, provider)
    if clash:
        yield Objection(
            Rule.NEEDS_MIX,
            f"It cannot take a child with {child.needs[0]} beside children with "
            f"{' or '.join(clash)}, who are already there",
        )


def needs_clashing(child: Child, provider: Provider) -> list[str]:
    """Primary needs present at the provider that the child's own may not be mixed with.

    None for a child who is there already: a further part brings no need there that is new.
    """
    if not child.needs or not takes_a_place(child, provider):
        return []
    primary = child.needs[0]
    others = {b if a == primary else a for a, b in provider.must_not_mix if primary in (a, b)}
    return sorted(others & provider.needs_present)


def takes_a_place(child: Child, provider: Provider) -> bool:
    """Whether a child counts against the provider's places: one who is there already does not."""
    return not provider.hours_by_child.get(child.id)


def _has_room(child, component, offer, provider, _policy) -> Iterable[Objection]:
    """Places and hours still free."""
    if not offer.places_free or not offer.hours_free:
        yield Objection(Rule.FULL, "It has no places free")
    elif provider.places_free == 0 and takes_a_place(child, provider):
        yield Objection(Rule.FULL, "It has as many children as it takes at one time")
    elif offer.hours_free < component.hours:
        yield Objection(
            Rule.HOURS,
            f"It has {hours_in_words(offer.hours_free)} free; "
            f"the child needs {hours_in_words(component.hours)}",
        )


def _delivery_objections(child, offer, distance_km) -> Iterable[Objection]:
    """Why none of the offer's ways of delivery reaches the child; nothing if one does."""
    if deliveries_possible(child, offer, distance_km):
        return
    if not offer.deliveries:
        yield Objection(Rule.DELIVERY, "The provider has not said where it delivers this")
        return
    if distance_km is None:
        whose = "The child's home" if child.location is None else "The provider"
        yield Objection(
            Rule.NO_COORDINATES,
            f"{whose} cannot be placed on the map, so only online provision can be considered",
        )
        return
    limit = child.max_distance_km
    travels = offer.deliveries & {Delivery.AT_BASE, Delivery.IN_COMMUNITY}
    if travels and limit is not None and distance_km > limit:
        yield Objection(
            Rule.TRAVEL_LIMIT,
            f"It is {beyond_in_words(distance_km, limit)} away; "
            f"the child's travel limit is {in_words(limit)}",
        )
    visits = offer.deliveries & {Delivery.AT_HOME, Delivery.IN_COMMUNITY}
    if visits and offer.radius_km is not None and distance_km > offer.radius_km:
        what = "at-home" if Delivery.AT_HOME in visits else "community"
        yield Objection(
            Rule.RADIUS,
            f"Its {what} radius is {in_words(offer.radius_km)}; "
            f"the child lives {beyond_in_words(distance_km, offer.radius_km)} away",
        )


def full_time_children(provider: Provider, policy: Policy) -> int:
    """Full-time children of compulsory school age at a provider before this run."""
    return provider.full_time_children + sum(
        hours > policy.full_time_hours for hours in provider.hours_by_child.values()
    )


def _registration_objections(child, component, provider, policy) -> Iterable[Objection]:
    """The duty to register as an independent school (Education and Skills Act 2008, s92).

    A setting that gives full-time education to one child of compulsory school age who has an EHC
    plan or is looked after, or to five of any kind, must be registered.
    """
    if provider.registered or not child.compulsory_school_age:
        return
    there = provider.hours_by_child.get(child.id, 0)
    total = there + component.hours
    if total <= policy.full_time_hours:
        return
    if child.protected:
        who = "has an EHC plan" if child.ehcp else "is looked after"
        yield Objection(
            Rule.MUST_REGISTER,
            f"It is not registered as a school and the child {who}: it may teach the child "
            f"{hours_in_words(policy.full_time_hours)} at most, and this would make {total}",
        )
    elif there <= policy.full_time_hours:
        present = full_time_children(provider, policy)
        if present + 1 >= policy.full_time_children_limit:
            yield Objection(
                Rule.FULL_TIME_LIMIT,
                f"It is not registered as a school and already has {present} full-time children; "
                f"with {policy.full_time_children_limit} it would have to register",
            )


def pair_objections(
    component_id: Hashable,
    offer_id: Hashable,
    pinned: frozenset[tuple[Hashable, Hashable]],
    forbidden: frozenset[tuple[Hashable, Hashable]],
) -> tuple[Objection, ...]:
    """What the officer's own pins and exclusions say against a pair."""
    found = []
    if (component_id, offer_id) in forbidden:
        found.append(Objection(Rule.FORBIDDEN, "An officer has ruled this pairing out"))
    pins = {offer for component, offer in pinned if component == component_id}
    if pins and offer_id not in pins:
        found.append(Objection(Rule.PINNED_ELSEWHERE, "An officer has fixed another provider"))
    return tuple(found)


def cautions(child: Child, hours_there: int, provider: Provider, policy: Policy) -> tuple[str, ...]:
    """What to watch though no rule is broken: hours near full-time, and no other education.

    hours_there: hours a week at the provider with the placement counted.
    """
    if provider.registered or not child.compulsory_school_age:
        return ()
    found = []
    if hours_there >= policy.warn_hours:
        found.append(
            f"The provider is not registered and would teach the child "
            f"{hours_in_words(hours_there)}; more than {policy.full_time_hours} is full-time"
        )
    if hours_there >= child.hours and child.current_providers <= {provider.id}:
        found.append("The provider is not registered and would be the child's only education")
    return tuple(found)


def _group_in_words(size: int) -> str:
    """A group size as it reads in a sentence."""
    return "one to one" if size == 1 else f"a group of {size} at most"
