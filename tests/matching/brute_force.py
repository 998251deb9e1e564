"""The best possible result of a tiny problem, by trying everything; shares only the verifier."""

from dataclasses import replace
from itertools import product

from matching.distance import distance_km
from matching.eligibility import objections, pair_objections
from matching.policy import RegisteredFirst
from matching.problem import Gap, Placement, Problem, Result, Status, Totals
from matching.scoring import priority_points, score
from matching.verify import verify


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
    """(most priority-weighted hours, least pence a week with them) over all valid results."""
    pairs = eligible_pairs(problem)
    parts = [(child, part) for child in problem.children for part in child.components]
    choices = [
        [None, *(offer.id for offer in problem.offers if (part.id, offer.id) in pairs)]
        for _, part in parts
    ]
    best = None
    for chosen in product(*choices):
        result = as_result(problem, dict(zip((p.id for _, p in parts), chosen, strict=True)), pairs)
        if result is None or verify(problem, result):
            continue
        totals = result.totals
        key = (
            totals.priority_hours,
            -(totals.cost_pence + totals.transport_pence + totals.misfit_pence),
        )
        best = key if best is None else max(best, key)
    return best and (best[0], -best[1])


def as_result(problem: Problem, chosen: dict, pairs: dict) -> Result | None:
    """A result that places each component as chosen; None if a package is placed in part."""
    placements, unplaced, points = [], [], 0
    for child in problem.children:
        mine = [(part, chosen[part.id]) for part in child.components if chosen[part.id]]
        if len(mine) < len(child.components):
            unplaced.append(child.id)
            if mine and not problem.policy.partial_packages:
                return None
        for part, offer_id in mine:
            value = pairs[part.id, offer_id]
            offer = next(each for each in problem.offers if each.id == offer_id)
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
