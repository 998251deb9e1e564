"""What the verifier says about places not given: registered schools passed over, pins not kept.

Like all of the verifier it shares no code with the rules or the engine.
"""

from itertools import combinations

from geopy.distance import geodesic

from matching.problem import Child, Component, Offer, Problem
from matching.result import Result


def chance_faults(problem: Problem, result: Result) -> list[str]:
    """Places that the officer's pins or registered-first "require" ask for and that are not given.

    Empty if there is none.
    """
    chances = _Chances(problem)
    return _registered_first_faults(chances, result) + _pin_faults(chances, result)


class _Chances:
    """Which offers could take which component by the rules for a single pair."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.policy = problem, problem.policy
        self.offers = {offer.id: offer for offer in problem.offers}
        self.providers = {provider.id: provider for provider in problem.providers}
        self.pins = dict(problem.pinned)

    def could_take(self, child: Child, part: Component, offer: Offer) -> bool:
        """Whether an offer, all else empty, could take a component."""
        return (
            self._suits(child, part, offer)
            and self._is_allowed(child, part, offer)
            and self._reaches(child, offer)
            and self._may_teach(child, part, offer)
        )

    def half_days(self, hours: int) -> int:
        return (hours + self.policy.hours_per_half_day - 1) // self.policy.hours_per_half_day

    def _suits(self, child, part, offer) -> bool:
        required = child.needs[:1] if child.must_needs is None else child.must_needs
        group = child.max_group_size
        return (
            offer.service == part.service
            and not set(required) - offer.needs
            and offer.min_age <= child.age <= offer.max_age
            and offer.min_hours <= part.hours <= offer.hours_free
            and offer.places_free > 0
            and (group is None or offer.group_size <= group)
            and self.half_days(part.hours) <= len(offer.sessions)
            and offer.opens_in <= child.start_in + self.policy.longest_start_wait
        )

    def _is_allowed(self, child, part, offer) -> bool:
        provider = self.providers[offer.provider_id]
        if (
            (provider.places_free == 0 and not provider.hours_by_child.get(child.id))
            or provider.id in child.excluded_providers
            or (part.id, offer.id) in self.problem.forbidden
            or any(provider.hours_by_child.get(other) for other in child.keep_apart)
        ):
            return False
        return bool(provider.hours_by_child.get(child.id)) or not any(
            child.needs and {child.needs[0], other} == set(pair)
            for pair in provider.must_not_mix
            for other in provider.needs_present
        )

    def _reaches(self, child, offer) -> bool:
        home, base = child.location, offer.location
        if home is None or base is None:
            return "online" in offer.deliveries
        there = (base.latitude, base.longitude)
        km = round(geodesic((home.latitude, home.longitude), there).km, 3)
        travels = child.max_distance_km is None or km <= child.max_distance_km
        reached = offer.radius_km is None or km <= offer.radius_km
        ways = {
            "at_base": travels,
            "at_home": reached,
            "in_community": travels and reached,
            "online": True,
        }
        return any(ways[mode] for mode in offer.deliveries)

    def _may_teach(self, child, part, offer) -> bool:
        provider, limit = self.providers[offer.provider_id], self.policy.full_time_hours
        there = provider.hours_by_child.get(child.id, 0)
        if provider.registered or not child.compulsory_school_age or there + part.hours <= limit:
            return True
        if child.ehcp or child.looked_after:
            return False
        full_time = provider.full_time_children + sum(
            hours > limit for hours in provider.hours_by_child.values()
        )
        return there > limit or full_time + 1 < self.policy.full_time_children_limit


def _registered_first_faults(chances: _Chances, result: Result) -> list[str]:
    """Under "require", an unregistered provider although a registered one was eligible."""
    if chances.policy.registered_first != "require":
        return []
    problem, providers = chances.problem, chances.providers
    parts = {part.id: (child, part) for child in problem.children for part in child.components}
    registered = [o for o in problem.offers if providers[o.provider_id].registered]
    faults = []
    for each in result.placements:
        if providers[each.provider_id].registered or each.component_id in chances.pins:
            continue
        child, part = parts[each.component_id]
        if any(chances.could_take(child, part, offer) for offer in registered):
            faults.append(f"component {part.id}: a registered provider could have taken it")
    return faults


def _pin_faults(chances: _Chances, result: Result) -> list[str]:
    """Pinned components that went elsewhere, or nowhere though their pins could be kept."""
    chosen = {each.component_id: each.offer_id for each in result.placements}
    faults = [
        f"component {part} is pinned to offer {offer}"
        for part, offer in chances.pins.items()
        if chosen.get(part, offer) != offer
    ]
    for child in chances.problem.children if chances.pins else ():
        packages = (
            [(part,) for part in child.components]
            if chances.policy.partial_packages
            else [child.components]
        )
        faults += [
            f"child {child.id}: pinned to offers that could take it, but not placed"
            for parts in packages
            if any(part.id not in chosen for part in parts)
            and _could_be_kept(chances, child, parts)
        ]
    return faults


def _could_be_kept(chances: _Chances, child: Child, parts) -> bool:
    """Whether a package is pinned in all its parts to offers that could take each and hold all."""
    if any(part.id not in chances.pins for part in parts):
        return False
    offers = [chances.offers[chances.pins[part.id]] for part in parts]
    if not all(
        chances.could_take(child, part, offer) for part, offer in zip(parts, offers, strict=True)
    ):
        return False
    needs = [
        (offer.sessions, chances.half_days(part.hours))
        for part, offer in zip(parts, offers, strict=True)
    ]
    return all(
        sum(count for _, count in group) <= len(set().union(*(open_at for open_at, _ in group)))
        for size in range(1, len(needs) + 1)
        for group in combinations(needs, size)
    )
