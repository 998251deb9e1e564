"""The best possible result of a tiny problem, by trying everything; shares only the verifier."""

from dataclasses import replace
from functools import cache
from itertools import product
from math import floor

from matching import distance
from matching.eligibility import objections, pair_objections
from matching.policy import RegisteredFirst
from matching.problem import Gap, Placement, Problem, Result, Status, Totals
from matching.scoring import priority_points, score
from matching.verify import verify

distance_km = cache(distance.distance_km)


def eligible_pairs(problem: Problem) -> dict:
    """(component id, offer id) -> Score of every pair to which no rule objects."""
    providers = {provider.id: provider for provider in problem.providers}
    found = {}
    for child in problem.children:
        for part in child.components:
            mine = {}
            for offer in problem.offers:
                provider = providers[offer.provider_id]
                km = distance_km(child.location, offer.location)
                args = child, part, offer, provider, problem.policy, km
                if not objections(*args) and not pair_objections(
                    part.id, offer.id, problem.pinned, problem.forbidden
                ):
                    mine[part.id, offer.id] = score(*args)
            registered = {
                pair: value
                for pair, value in mine.items()
                if providers[_provider_of(problem, pair[1])].registered
            }
            pinned = any(part.id == key for key, _ in problem.pinned)
            if (
                problem.policy.registered_first is RegisteredFirst.REQUIRE
                and registered
                and (not pinned)
            ):
                mine = registered
            found |= mine
    return found


def _provider_of(problem, offer_id):
    return next(offer.provider_id for offer in problem.offers if offer.id == offer_id)


def best_by_trying_everything(problem: Problem) -> tuple[int, int] | None:
    """(most priority-weighted hours, least pence a week with them) over all valid results.

    Where the policy gives up some hours for lower cost, the least pence and the hours that go with
    them. None if no result keeps every rule: then the pins cannot all be kept.
    """
    tried = sorted(_all_results(problem), key=lambda each: (-each[0], each[1]))
    best = _first_valid(problem, tried)
    tolerance = problem.policy.hours_tolerance
    if best is None or not tolerance:
        return best
    enough = [each for each in tried if each[0] >= best[0] - floor(tolerance * best[0])]
    return _first_valid(problem, sorted(enough, key=lambda each: (each[1], -each[0])))


def _all_results(problem: Problem) -> list[tuple[int, int, Result]]:
    """Every way to place the components at eligible offers, valid together or not."""
    pairs = eligible_pairs(problem)
    parts = [part for child in problem.children for part in child.components]
    choices = [
        [None, *(offer.id for offer in problem.offers if (part.id, offer.id) in pairs)]
        for part in parts
    ]
    found = []
    for chosen in product(*choices):
        result = as_result(problem, dict(zip((p.id for p in parts), chosen, strict=True)), pairs)
        if result is not None:
            totals = result.totals
            pence = totals.cost_pence + totals.transport_pence + totals.misfit_pence
            found.append((totals.priority_hours, pence, result))
    return found


def _first_valid(problem: Problem, tried) -> tuple[int, int] | None:
    return next(((value, pence) for value, pence, r in tried if not verify(problem, r)), None)


def as_result(problem: Problem, chosen: dict, pairs: dict) -> Result | None:
    """A result that places each component as chosen; None if a package is placed in part."""
    placements, unplaced, points = [], [], 0
    offers = {offer.id: offer for offer in problem.offers}
    for child in problem.children:
        mine = [(part, chosen[part.id]) for part in child.components if chosen[part.id]]
        if len(mine) < len(child.components):
            unplaced.append(child.id)
            if mine and not problem.policy.partial_packages:
                return None
        start = max([child.start_in, *(offers[key].opens_in for _, key in mine)])
        for part, offer_id in mine:
            value = pairs[part.id, offer_id]
            offer = offers[offer_id]
            online = value.delivery == "online"
            placements.append(
                Placement(
                    child.id,
                    part.id,
                    offer_id,
                    offer.provider_id,
                    value.delivery,
                    part.hours,
                    None if online else distance_km(child.location, offer.location),
                    value.cost_pence,
                    value.transport_pence,
                    value.misfit_pence,
                    start,
                )
            )
            points += part.hours * priority_points(child, problem.policy)
    where = {}
    for each in placements:
        where.setdefault(each.child_id, set()).add(each.provider_id)
    families = {
        frozenset((child.id, other))
        for child in problem.children
        for other in child.siblings
        if child.id in where and other in where
    }
    apart = sum(not set.intersection(*(where[who] for who in pair)) for pair in families)
    totals = Totals(
        children=len(problem.children),
        placed=len(problem.children) - len(unplaced),
        hours=sum(each.hours for each in placements),
        priority_hours=points,
        cost_pence=sum(each.weekly_cost_pence for each in placements),
        transport_pence=sum(each.weekly_transport_pence for each in placements),
        misfit_pence=sum(each.weekly_misfit_pence for each in placements)
        + apart * problem.policy.weights.sibling_apart,
    )
    pence = totals.cost_pence + totals.transport_pence + totals.misfit_pence
    return Result(
        Status.OPTIMAL,
        tuple(placements),
        tuple(unplaced),
        totals,
        Gap(points, points),
        Gap(pence, pence),
        0.0,
        0,
        "0",
    )


def with_placement(result: Result, index: int, **changes) -> Result:
    """The result with one placement changed."""
    placements = list(result.placements)
    placements[index] = replace(placements[index], **changes)
    return replace(result, placements=tuple(placements))
