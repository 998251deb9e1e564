"""Pins beside each other: which of them can be kept, taken one after another, and why one cannot.

Each pin may be eligible by itself and all of them still break a limit together. Whoever holds pins
in the order in which they were made asks here before a problem is solved, keeps the earlier ones
and tells of the later; `exact.check_pins` refuses what was never asked about.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from matching.distance import distance_km
from matching.eligibility import full_time_children, hours_in_words, takes_a_place
from matching.problem import Child, Component, Offer, Problem, Provider
from matching.scoring import score
from matching.timetable import fits, half_days_needed
from matching.words import pounds


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a pin cannot be kept, in words without a full stop; ids of the children pinned before."""

    text: str
    children: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class _Pin:
    child: Child
    part: Component
    offer: Offer
    pence: int


class Pins:
    """What the pins that are kept so far have taken. Those of the problem itself count for none."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._policy = problem, problem.policy
        self._parts = {p.id: (child, p) for child in problem.children for p in child.components}
        self._offers = {offer.id: offer for offer in problem.offers}
        self._providers = {provider.id: provider for provider in problem.providers}
        self._at_offer: dict[Hashable, list[_Pin]] = defaultdict(list)
        self._at_provider: dict[Hashable, list[_Pin]] = defaultdict(list)
        self._of_child: dict[Hashable, list[_Pin]] = defaultdict(list)
        self._of_tier: dict[int | None, list[_Pin]] = defaultdict(list)

    def clash(self, component_id: Hashable, offer_id: Hashable) -> Clash | None:
        """The first reason why a pair cannot be pinned beside those kept; None if it can.

        The pair is taken to be eligible by itself. Raises KeyError for an unknown id.
        """
        return next(self._clashes(self._pin(component_id, offer_id)), None)

    def keep(self, component_id: Hashable, offer_id: Hashable) -> None:
        """Count a pin that is kept."""
        pin = self._pin(component_id, offer_id)
        self._at_offer[offer_id].append(pin)
        self._at_provider[pin.offer.provider_id].append(pin)
        self._of_child[pin.child.id].append(pin)
        self._of_tier[pin.child.tier].append(pin)

    def _pin(self, component_id, offer_id) -> _Pin:
        (child, part), offer = self._parts[component_id], self._offers[offer_id]
        provider, km = (
            self._providers[offer.provider_id],
            distance_km(child.location, offer.location),
        )
        price = score(child, part, offer, provider, self._policy, km)
        return _Pin(child, part, offer, price.cost_pence + price.transport_pence if price else 0)

    def _clashes(self, pin: _Pin) -> Iterator[Clash]:
        provider = self._providers[pin.offer.provider_id]
        there = self._at_provider[provider.id]
        yield from self._same_part(pin)
        yield from self._kept_apart(pin, there)
        yield from self._room(pin, provider, there)
        yield from self._needs(pin, provider, there)
        yield from self._registration(pin, provider, there)
        yield from self._half_days(pin)
        yield from self._budget(pin)

    def _same_part(self, pin) -> Iterator[Clash]:
        if any(each.part.id == pin.part.id for each in self._of_child[pin.child.id]):
            yield Clash("Another offer is fixed for the same part", ())

    def _kept_apart(self, pin, there) -> Iterator[Clash]:
        """Children who must be kept apart, whichever of the two names the other."""
        found = [
            each
            for each in there
            if each.child.id in pin.child.keep_apart or pin.child.id in each.child.keep_apart
        ]
        if found:
            yield Clash("A child who must be kept apart is fixed there", _children(found))

    def _room(self, pin, provider: Provider, there) -> Iterator[Clash]:
        """Hours and places of the offer, places of the provider over all its offers."""
        same = self._at_offer[pin.offer.id]
        newcomers = [each for each in there if takes_a_place(each.child, provider)]
        heads = {each.child.id for each in newcomers} | {pin.child.id}
        if sum(each.part.hours for each in same) + pin.part.hours > pin.offer.hours_free or (
            len({each.child.id for each in same} | {pin.child.id}) > pin.offer.places_free
        ):
            yield Clash("Its room is fixed for other children", _children(same))
        elif (
            provider.places_free is not None
            and takes_a_place(pin.child, provider)
            and len(heads) > provider.places_free
        ):
            yield Clash("Its room is fixed for other children", _children(newcomers))

    def _needs(self, pin, provider: Provider, there) -> Iterator[Clash]:
        """Primary needs that must not mix, as `model.needs_do_not_mix` has them."""
        if not pin.child.needs or not takes_a_place(pin.child, provider):
            return
        mine = pin.child.needs[0]
        others = {b if a == mine else a for a, b in provider.must_not_mix if mine in (a, b)}
        found = [
            each
            for each in there
            if takes_a_place(each.child, provider) and others & set(each.child.needs[:1])
        ]
        if found:
            needs = " or ".join(sorted({each.child.needs[0] for each in found}))
            yield Clash(
                f"It cannot take a child with {mine} beside children with {needs}, "
                "who are fixed there",
                _children(found),
            )

    def _registration(self, pin, provider: Provider, there) -> Iterator[Clash]:
        """The duty to register, over all that is pinned at an unregistered provider."""
        if provider.registered or not pin.child.compulsory_school_age:
            return
        full_time = self._policy.full_time_hours
        mine = [each for each in there if each.child.id == pin.child.id]
        before = provider.hours_by_child.get(pin.child.id, 0)
        total = before + sum(each.part.hours for each in mine) + pin.part.hours
        if total <= full_time or before > full_time and not pin.child.protected:
            return
        if pin.child.protected:
            yield Clash(
                "It is not registered as a school and may teach the child "
                f"{hours_in_words(full_time)} at most; with what is fixed it would be {total}",
                _children(mine),
            )
            return
        becoming = self._becoming_full_time(provider, there)
        count = full_time_children(provider, self._policy) + len({*becoming, pin.child.id})
        if count >= self._policy.full_time_children_limit:
            yield Clash(
                "It is not registered as a school and with those fixed there it would have "
                f"{count} full-time children; with {self._policy.full_time_children_limit} it "
                "would have to register",
                tuple(becoming),
            )

    def _becoming_full_time(self, provider: Provider, there) -> list[Hashable]:
        """The children whom the pins kept make full-time at a provider."""
        added: dict[Hashable, int] = defaultdict(int)
        for each in there:
            if each.child.compulsory_school_age:
                added[each.child.id] += each.part.hours
        full_time = self._policy.full_time_hours
        before = provider.hours_by_child
        return [
            who
            for who, hours in added.items()
            if before.get(who, 0) <= full_time < before.get(who, 0) + hours
        ]

    def _half_days(self, pin) -> Iterator[Clash]:
        """The parts of one child on separate half-days."""
        per = self._policy.hours_per_half_day
        parts = [*self._of_child[pin.child.id], pin]
        if not fits((p.offer.sessions, half_days_needed(p.part.hours, per)) for p in parts):
            yield Clash("Its half-days clash with what else is fixed for the child", ())

    def _budget(self, pin) -> Iterator[Clash]:
        """The weekly budget of the child's tier."""
        budget = self._policy.tier_budgets.get(pin.child.tier)
        if budget is None:
            return
        others = self._of_tier[pin.child.tier]
        spent = sum(each.pence for each in others) + pin.pence
        if spent > budget:
            yield Clash(
                f"What is fixed for tier {pin.child.tier} would come to {pounds(spent)} a week "
                f"with it, and the budget is {pounds(budget)}",
                _children(others),
            )


def _children(pins: Iterable[_Pin]) -> tuple[Hashable, ...]:
    """Whose pins they are, each child once, in order."""
    return tuple(dict.fromkeys(each.child.id for each in pins))
