"""Why each child got this place, what the next best were, and why others got none."""

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from matching.distance import in_words
from matching.eligibility import (
    Objection,
    Rule,
    hours_in_words,
    objections,
    pair_objections,
    takes_a_place,
)
from matching.openings import more_room, single_openings
from matching.policy import RegisteredFirst
from matching.problem import Child, Component, Offer, Problem
from matching.result import Placement, Result
from matching.scoring import Factor, Score, score
from matching.table import geodesics_km_or_nan
from matching.vocabulary import Delivery, InvalidProblem
from matching.words import dearer, pounds, refused, standing, why_not

NEXT_BEST = 3
RULES = tuple(Rule)


@dataclass(frozen=True, slots=True)
class Option:
    """An offer that no rule refuses for a component, with what choosing it would come to.

    Pence and hours a week. more_pence: provision and transport beyond the offer chosen (or, with
    none chosen, in full). open: it still has room beside the result; False means that other
    children hold what it had. text says all this in a sentence.
    """

    offer_id: Hashable
    provider_id: Hashable
    score: Score
    distance_km: float | None
    more_pence: int
    open: bool
    text: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """The offers refused first of all by one rule: ids, how many in words, nearest in km."""

    rule: Rule
    offer_ids: tuple[Hashable, ...]
    nearest_km: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ComponentExplanation:
    """One component: the place chosen and why, what came next, who was refused, what would help.

    why: for the place, or, where there is none, against it. drawbacks: wishes that the place
    does not meet.
    """

    component_id: Hashable
    placement: Placement | None
    why: tuple[str, ...]
    drawbacks: tuple[str, ...]
    next_best: tuple[Option, ...]
    refusals: tuple[Refusals, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChildExplanation:
    """One child: placed or not, a summary in a sentence or two, and each component."""

    child_id: Hashable
    placed: bool
    summary: str
    components: tuple[ComponentExplanation, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All children of a result, in the order of the problem."""

    children: tuple[ChildExplanation, ...]

    def of_child(self, child_id: Hashable) -> ChildExplanation:
        """One child's explanation; KeyError if the child is not in the problem."""
        for each in self.children:
            if each.child_id == child_id:
                return each
        raise KeyError(child_id)


def explain(problem: Problem, result: Result) -> Explanation:
    """Explain every child of a result."""
    explainer = Explainer(problem, result)
    return Explanation(tuple(explainer.child(child.id) for child in problem.children))


class Explainer:
    """Explains the children of one result, one at a time: a page asks only for what it shows."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self._children = {child.id: child for child in problem.children}
        self._providers = {provider.id: provider for provider in problem.providers}
        self._placements = {each.component_id: each for each in result.placements}
        self._points = _points(problem.offers)
        taken = Counter()
        held = defaultdict(set)
        heads = defaultdict(set)
        for each in result.placements:
            taken[each.offer_id] += each.hours
            held[each.offer_id].add(each.child_id)
            if takes_a_place(self._children[each.child_id], self._providers[each.provider_id]):
                heads[each.provider_id].add(each.child_id)
        self._taken, self._held, self._heads = taken, held, heads

    def child(self, child_id: Hashable) -> ChildExplanation:
        """Everything about one child; InvalidProblem if the child is not in the problem."""
        if child_id not in self._children:
            raise InvalidProblem(f"child {child_id} is not in the problem")
        child = self._children[child_id]
        away = geodesics_km_or_nan(
            np.repeat(_points([child]), len(self.problem.offers), axis=0), self._points
        )
        distances = [None if np.isnan(km) else float(km) for km in away]
        parts = tuple(self._component(child, part, distances) for part in child.components)
        placed = all(each.placement is not None for each in parts)
        return ChildExplanation(child_id, placed, _summary(child, parts, placed), parts)

    def reasons(
        self, child: Child, part: Component, offer: Offer, distance_km: float | None
    ) -> tuple[Objection, ...]:
        """Every reason against one pair, the officer's own pins and exclusions with the rules."""
        return objections(
            child,
            part,
            offer,
            self._providers[offer.provider_id],
            self.problem.policy,
            distance_km,
        ) + pair_objections(part.id, offer.id, self.problem.pinned, self.problem.forbidden)

    def _component(self, child, part, distances) -> ComponentExplanation:
        """One component of a child."""
        refusal, scores = {}, {}
        for offer, km in zip(self.problem.offers, distances, strict=True):
            found = self.reasons(child, part, offer, km)
            if found:
                refusal[offer.id] = found
            else:
                scores[offer.id] = score(
                    child, part, offer, self._providers[offer.provider_id], self.problem.policy, km
                )
        self._registered_first(part, scores, refusal)
        km_of = {offer.id: km for offer, km in zip(self.problem.offers, distances, strict=True)}
        placement = self._placements.get(part.id)
        options = self._options(child, part, scores, km_of, placement)
        groups = _grouped(refusal, km_of)
        return ComponentExplanation(
            part.id,
            placement,
            self._why(child, part, placement, options, groups),
            _drawbacks(placement, options),
            tuple(o for o in options if placement is None or o.offer_id != placement.offer_id)[
                :NEXT_BEST
            ],
            groups,
            () if placement is not None else self._changes(child, part, options, refusal, km_of),
        )

    def _named(self, offer_id: Hashable) -> str:
        """What to call an offer in a sentence: its provider's name, or failing that its id."""
        offer = next(each for each in self.problem.offers if each.id == offer_id)
        return self._providers[offer.provider_id].name or f"offer {offer_id}"

    def _changes(self, child, part, options, refusal, km_of) -> tuple[str, ...]:
        """The smallest changes that would open a place, more room at the best offer first."""
        room = [self._more_room(child, part, o) for o in options if not o.open][:1]
        return (*room, *single_openings(refusal, km_of, self._named))[:NEXT_BEST]

    def _more_room(self, child, part, option) -> str:
        """What an offer lacks whose room went to other children."""
        offer = next(each for each in self.problem.offers if each.id == option.offer_id)
        hours, places = self._left(child, offer)
        return more_room(self._named(offer.id), part.hours - hours, places <= 0)

    def _left(self, child, offer) -> tuple[int, int]:
        """Hours a week and places that an offer has left beside the result, for one child."""
        places = offer.places_free - len(self._held[offer.id] - {child.id})
        provider = self._providers[offer.provider_id]
        limit = provider.places_free
        if limit is not None and takes_a_place(child, provider):
            places = min(places, limit - len(self._heads[offer.provider_id] - {child.id}))
        return offer.hours_free - self._taken[offer.id], places

    def _registered_first(self, part, scores, refusal) -> None:
        """Under "require", move unregistered options to the refusals where a registered one is."""
        if self.problem.policy.registered_first is not RegisteredFirst.REQUIRE or any(
            component == part.id for component, _ in self.problem.pinned
        ):
            return
        offers = {offer.id: offer for offer in self.problem.offers}
        registered = {key for key in scores if self._providers[offers[key].provider_id].registered}
        for key in set(scores) - registered if registered else ():
            del scores[key]
            refusal[key] = (
                Objection(
                    Rule.REGISTERED_FIRST,
                    "It is not registered as a school, and a registered provider could take this",
                ),
            )

    def _options(self, child, part, scores, km_of, placement) -> tuple[Option, ...]:
        """The offers no rule refuses, least in total first."""
        offers = {offer.id: offer for offer in self.problem.offers}
        paid = 0
        if placement is not None:
            paid = placement.weekly_cost_pence + placement.weekly_transport_pence
        found = []
        for key in sorted(scores, key=lambda key: (scores[key].total_pence, str(key))):
            value, offer = scores[key], offers[key]
            more = value.cost_pence + value.transport_pence - paid
            is_open = self._is_open(child, part, offer, placement)
            km = None if value.delivery is Delivery.ONLINE else km_of[key]
            option = Option(key, offer.provider_id, value, km, more, is_open, "")
            found.append(replace(option, text=_option_text(option, placement is not None)))
        return tuple(found)

    def _is_open(self, child, part, offer, placement) -> bool:
        """Whether the offer still has hours and places for the component beside the result."""
        here = placement is not None and placement.offer_id == offer.id
        hours, places = self._left(child, offer)
        return hours + (part.hours if here else 0) >= part.hours and places > 0

    def _why(self, child, part, placement, options, groups) -> tuple[str, ...]:
        """Why this place, or why none."""
        if placement is None:
            return why_not(options, groups)
        offer = next(each for each in self.problem.offers if each.id == placement.offer_id)
        chosen = next((o for o in options if o.offer_id == offer.id), None)
        met = [need for need in child.needs if need in offer.needs]
        reasons = [f"It provides for {' and '.join(met)}"] if met else []
        reasons.append(
            "It is delivered online"
            if placement.distance_km is None
            else f"It is {in_words(placement.distance_km)} from home, delivered "
            f"{placement.delivery.words}"
        )
        verb = "costs" if part.hours == 1 else "cost"
        cost = f"{hours_in_words(part.hours)} {verb} {pounds(placement.weekly_cost_pence)}"
        if placement.weekly_transport_pence:
            cost += f", and transport {pounds(placement.weekly_transport_pence)} a week"
        reasons.append(cost)
        rank = [o.offer_id for o in options].index(offer.id) if chosen else 0
        reasons.append(standing(rank, len(options)))
        return tuple(reasons)


def _drawbacks(placement, options) -> tuple[str, ...]:
    """The wishes that the chosen place does not meet, distance apart."""
    chosen = next((o for o in options if placement and o.offer_id == placement.offer_id), None)
    if chosen is None:
        return ()
    return tuple(
        misfit.text for misfit in chosen.score.misfits if misfit.factor is not Factor.DISTANCE
    )


def _points(parties) -> np.ndarray:
    """Latitude and longitude of each, nan where unknown."""
    return np.array(
        [
            (p.location.latitude, p.location.longitude) if p.location else (np.nan, np.nan)
            for p in parties
        ],
        dtype=float,
    ).reshape(-1, 2)


def _summary(child, parts, placed) -> str:
    """One or two sentences about the whole child."""
    if placed:
        cost = sum(
            each.placement.weekly_cost_pence + each.placement.weekly_transport_pence
            for each in parts
        )
        return f"Placed for {child.hours} hours a week at {pounds(cost)} a week with transport."
    missing = [
        part
        for part, each in zip(child.components, parts, strict=True)
        if each.placement is None and not each.next_best
    ]
    if missing:
        names = " and ".join(sorted({part.service for part in missing}))
        return f"Not placed: no provider of {names} can take the child."
    return "Not placed: providers could take the child, but their places went to other children."


def _option_text(option: Option, chosen: bool) -> str:
    """An option in one sentence."""
    where = option.score.delivery.words
    how_far = "" if option.distance_km is None else f", {in_words(option.distance_km)} from home"
    cost = dearer(option.more_pence) if chosen else f"costs {pounds(option.more_pence)} a week"
    cost += " with transport" if option.score.transport_pence else ""
    room = "" if option.open else "; its places have gone to other children"
    return f"It is delivered {where}{how_far}, and {cost}{room}"


def _grouped(refusal, km_of) -> tuple[Refusals, ...]:
    """Refused offers under the first rule that refuses each, in the order of the rules."""
    by_rule = defaultdict(list)
    for offer_id, found in refusal.items():
        by_rule[min((each.code for each in found), key=RULES.index)].append(offer_id)
    groups = []
    for rule in sorted(by_rule, key=RULES.index):
        ids = by_rule[rule]
        nearest = min((km_of[key] for key in ids if km_of[key] is not None), default=None)
        groups.append(Refusals(rule, tuple(ids), nearest, refused(rule, len(ids), nearest)))
    return tuple(groups)
