"""An independent check of a result against its problem: no code of the solver, nor of its rules.

Everything is worked out again from the problem's own words, so that a mistake in the engine
cannot hide behind the same mistake here.
"""

from collections import defaultdict
from itertools import combinations

from geopy.distance import geodesic

from matching.problem import Problem
from matching.result import Placement, Result
from matching.verify_chances import chance_faults
from matching.verify_totals import gap_faults, total_faults
from matching.verify_wishes import misfit_faults

_DAYS = ("mon", "tue", "wed", "thu", "fri")


def verify(problem: Problem, result: Result) -> list[str]:
    """Every way in which the result breaks the problem's hard rules or miscounts; empty if none."""
    checker = _Checker(problem, result)
    faults = checker.identity_faults()
    if faults:
        return faults
    for check in (
        checker.pair_faults,
        checker.package_faults,
        checker.capacity_faults,
        checker.registration_faults,
        checker.company_faults,
        checker.budget_faults,
        checker.figure_faults,
    ):
        faults += check()
    faults += chance_faults(problem, result) + misfit_faults(problem, result)
    return faults + total_faults(problem, result) + gap_faults(result)


class _Checker:
    """The facts of one problem and result, and the checks on them."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result, self.policy = problem, result, problem.policy
        self.children = {child.id: child for child in problem.children}
        self.parts = {
            part.id: (child, part) for child in problem.children for part in child.components
        }
        self.offers = {offer.id: offer for offer in problem.offers}
        self.providers = {provider.id: provider for provider in problem.providers}
        self.distances: dict[tuple, float | None] = {}

    def identity_faults(self) -> list[str]:
        """Placements that name strangers, or place a component twice."""
        faults, seen = [], set()
        for each in self.result.placements:
            if each.component_id not in self.parts:
                faults.append(f"component {each.component_id} is not in the problem")
            elif self.parts[each.component_id][0].id != each.child_id:
                faults.append(f"component {each.component_id} is not child {each.child_id}'s")
            if each.offer_id not in self.offers:
                faults.append(f"offer {each.offer_id} is not in the problem")
            elif self.offers[each.offer_id].provider_id != each.provider_id:
                faults.append(f"offer {each.offer_id} is not provider {each.provider_id}'s")
            if each.component_id in seen:
                faults.append(f"component {each.component_id} is placed twice")
            seen.add(each.component_id)
        return faults

    def _distance(self, placement: Placement) -> float | None:
        key = placement.child_id, placement.offer_id
        if key not in self.distances:
            self.distances[key] = self._measured(placement)
        return self.distances[key]

    def _measured(self, placement: Placement) -> float | None:
        home = self.children[placement.child_id].location
        base = self.offers[placement.offer_id].location
        if home is None or base is None:
            return None
        return geodesic((home.latitude, home.longitude), (base.latitude, base.longitude)).km

    def pair_faults(self) -> list[str]:
        """Each placement on its own: service, age, needs, delivery, exclusions, minimum hours."""
        faults = []
        for each in self.result.placements:
            child, part = self.parts[each.component_id]
            offer = self.offers[each.offer_id]
            provider = self.providers[offer.provider_id]
            where = f"component {part.id} at offer {offer.id}"
            required = child.needs[:1] if child.must_needs is None else child.must_needs
            group = child.max_group_size
            for wrong, words in (
                (offer.service != part.service, "the service differs"),
                (each.hours != part.hours, "the hours differ from those asked for"),
                (child.age < offer.min_age or child.age > offer.max_age, "the age is out of range"),
                (bool(set(required) - offer.needs), "a need that must be met is not"),
                (part.hours < offer.min_hours, "below the minimum hours"),
                (provider.id in child.excluded_providers, "the provider is excluded"),
                (group is not None and offer.group_size > group, "the group is too large"),
                ((part.id, offer.id) in self.problem.forbidden, "the pair is forbidden"),
                (each.starts_in < offer.opens_in, "it starts before the offer opens"),
            ):
                if wrong:
                    faults.append(f"{where}: {words}")
            faults += [f"{where}: {words}" for words in self._delivery_faults(each, child, offer)]
        return faults

    def _delivery_faults(self, each, child, offer) -> list[str]:
        if each.delivery not in offer.deliveries:
            return ["the offer is not delivered that way"]
        if each.delivery == "online":
            return []
        km = self._distance(each)
        if km is None:
            return ["the distance is unknown"]
        km, faults = round(km, 3), []
        if each.delivery in ("at_base", "in_community") and (
            child.max_distance_km is not None and km > child.max_distance_km
        ):
            faults.append("beyond the child's travel limit")
        if each.delivery in ("at_home", "in_community") and (
            offer.radius_km is not None and km > offer.radius_km
        ):
            faults.append("beyond the provider's radius")
        return faults

    def _half_days(self, hours: int) -> int:
        return (hours + self.policy.hours_per_half_day - 1) // self.policy.hours_per_half_day

    def package_faults(self) -> list[str]:
        """Packages placed in part, the list of the unplaced, and half-days that clash."""
        faults, held = [], defaultdict(list)
        for each in self.result.placements:
            held[each.child_id].append(each)
        complete = set()
        for key, child in self.children.items():
            if len(held[key]) == len(child.components):
                complete.add(key)
            elif held[key] and not self.policy.partial_packages:
                faults.append(f"child {key}: only part of the package is placed")
            faults += self._start_faults(child, held[key])
            needs = [
                (self.offers[each.offer_id].sessions, self._half_days(each.hours))
                for each in held[key]
            ]
            for size in range(1, len(needs) + 1):
                for group in combinations(needs, size):
                    open_at = set().union(*(sessions for sessions, _ in group))
                    if sum(count for _, count in group) > len(open_at):
                        faults.append(f"child {key}: the half-days do not suffice")
        if set(self.result.unplaced) != set(self.children) - complete or (
            len(set(self.result.unplaced)) != len(self.result.unplaced)
        ):
            faults.append("the list of unplaced children is wrong")
        return faults

    def _start_faults(self, child, held) -> list[str]:
        """Parts of a package that do not start together, too early or too late."""
        starts = {each.starts_in for each in held}
        if len(starts) > 1:
            return [f"child {child.id}: the parts of the package start on different days"]
        latest = child.start_in + self.policy.longest_start_wait
        if any(not child.start_in <= start <= latest for start in starts):
            return [f"child {child.id}: the package starts too early or too late"]
        return []

    def capacity_faults(self) -> list[str]:
        """Hours and places of offers, places of providers."""
        hours, children, heads = defaultdict(int), defaultdict(set), defaultdict(set)
        for each in self.result.placements:
            hours[each.offer_id] += each.hours
            children[each.offer_id].add(each.child_id)
            heads[each.provider_id].add(each.child_id)
        faults = []
        for key, offer in self.offers.items():
            if hours[key] > offer.hours_free:
                faults.append(f"offer {key}: {hours[key]} hours, {offer.hours_free} free")
            if len(children[key]) > offer.places_free:
                faults.append(
                    f"offer {key}: {len(children[key])} children, {offer.places_free} places"
                )
        for key, provider in self.providers.items():
            before = {who for who, there in provider.hours_by_child.items() if there}
            if provider.places_free is not None and len(heads[key] - before) > provider.places_free:
                faults.append(f"provider {key}: more children than its places")
        return faults

    def registration_faults(self) -> list[str]:
        """Full-time education at unregistered providers."""
        limit, faults = self.policy.full_time_hours, []
        added = defaultdict(lambda: defaultdict(int))
        for each in self.result.placements:
            added[each.provider_id][each.child_id] += each.hours
        for key, by_child in added.items():
            provider = self.providers[key]
            if provider.registered:
                continue
            before = provider.full_time_children + sum(
                hours > limit for hours in provider.hours_by_child.values()
            )
            newly = 0
            for who, hours in by_child.items():
                child, there = self.children[who], provider.hours_by_child.get(who, 0)
                if not child.compulsory_school_age or there + hours <= limit:
                    continue
                if child.ehcp or child.looked_after:
                    faults.append(f"provider {key}: child {who} would be full-time, unregistered")
                newly += there <= limit
            if newly and before + newly >= self.policy.full_time_children_limit:
                faults.append(f"provider {key}: too many full-time children, unregistered")
        return faults

    def company_faults(self) -> list[str]:
        """Children kept apart, and needs that must not mix."""
        heads = defaultdict(set)
        for each in self.result.placements:
            heads[each.provider_id].add(each.child_id)
        faults = []
        for key, newcomers in heads.items():
            provider = self.providers[key]
            there = {who for who, hours in provider.hours_by_child.items() if hours}
            for who in newcomers:
                for other in self.children[who].keep_apart - {who}:
                    if other in newcomers | there:
                        faults.append(f"provider {key}: {who} and {other} must be kept apart")
            new = [self.children[who] for who in newcomers - there]
            primary = {child.needs[0] for child in new if child.needs}
            for a, b in provider.must_not_mix:
                if (a in primary and b in primary | provider.needs_present) or (
                    b in primary and a in provider.needs_present
                ):
                    faults.append(f"provider {key}: {a} and {b} must not mix")
        return faults

    def budget_faults(self) -> list[str]:
        """Spending of each tier against its weekly budget."""
        spent = defaultdict(int)
        for each in self.result.placements:
            tier = self.children[each.child_id].tier
            spent[tier] += each.weekly_cost_pence + each.weekly_transport_pence
        return [
            f"tier {tier}: {spent[tier]} pence a week, the budget is {budget}"
            for tier, budget in self.policy.tier_budgets.items()
            if spent[tier] > budget
        ]

    def figure_faults(self) -> list[str]:
        """Distance, cost and transport of each placement."""
        faults = []
        for each in self.result.placements:
            offer, km = self.offers[each.offer_id], self._distance(each)
            shown = each.distance_km
            if (shown is None) != (each.delivery == "online") or (
                shown is not None and (km is None or abs(shown - km) > 0.001)
            ):
                faults.append(f"component {each.component_id}: the distance is wrong")
            if each.weekly_cost_pence != each.hours * offer.price_pence_per_hour:
                faults.append(f"component {each.component_id}: the weekly cost is wrong")
            if abs(each.weekly_transport_pence - self._transport(each, offer, km)) > 1:
                faults.append(f"component {each.component_id}: the transport cost is wrong")
        return faults

    def _transport(self, each, offer, km) -> float:
        child = self.children[each.child_id]
        if km is None or each.delivery != "at_base" or child.transport == "none":
            return 0.0
        wanted, days = self._half_days(each.hours), 0
        by_day = sorted(sum(half.startswith(day) for half in offer.sessions) for day in _DAYS)
        while wanted > 0 and by_day:
            wanted, days = wanted - by_day.pop(), days + 1
        rate = self.policy.transport_pence_per_km[child.transport]
        return round(km, 3) * self.policy.road_factor * 2 * days * rate
