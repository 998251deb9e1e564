"""What choosing another offer for one component would really cost: the county solved again."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from matching.problem import Problem
from matching.result import Result
from matching.solve import solve
from matching.vocabulary import InvalidProblem


@dataclass(frozen=True, slots=True)
class Consequence:
    """The whole with a pair fixed, beside the whole without.

    more_hours: hours a week placed, gained or (below 0) lost. more_pence: provision and transport
    a week. gained and lost: ids of children placed only with, or only without, the choice.
    result: the whole with the pair fixed.
    """

    more_hours: int
    more_pence: int
    gained: tuple[Hashable, ...]
    lost: tuple[Hashable, ...]
    result: Result


def consequence_of(
    problem: Problem,
    result: Result,
    component_id: Hashable,
    offer_id: Hashable,
    *,
    time_limit_s: float = 20.0,
    workers: int = 2,
) -> Consequence:
    """Fix one component to one offer, solve again from `result`, and compare.

    Both sides of the comparison are the best found; on a large county each has its own proven
    gap. Raises InvalidProblem if the pair is forbidden, pinned elsewhere or unknown.
    """
    others = frozenset(pair for pair in problem.pinned if pair[0] == component_id)
    if others - {(component_id, offer_id)}:
        raise InvalidProblem(f"component {component_id} is pinned to another offer")
    fixed = replace(problem, pinned=problem.pinned | {(component_id, offer_id)})
    again = solve(
        fixed, time_limit_s=time_limit_s, seed=result.seed, workers=workers, previous=result
    )
    before, after = result.totals, again.totals
    return Consequence(
        more_hours=after.hours - before.hours,
        more_pence=(after.cost_pence + after.transport_pence)
        - (before.cost_pence + before.transport_pence),
        gained=tuple(key for key in result.unplaced if key not in set(again.unplaced)),
        lost=tuple(key for key in again.unplaced if key not in set(result.unplaced)),
        result=again,
    )
