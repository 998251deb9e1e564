"""The door of the engine: a Problem goes in, a Result with its proof comes out."""

from collections.abc import Callable

from matching.engine import solve_large
from matching.exact import check_pins, solve_whole
from matching.outcome import nothing_to_do, result_of
from matching.problem import Problem
from matching.result import Progress, Result, Status
from matching.run import Run
from matching.table import build_table
from matching.vocabulary import InvalidProblem, is_amount, is_whole

WHOLE = 60
"""Eligible pairs up to which the whole problem goes to CP-SAT at once."""


def solve(
    problem: Problem,
    *,
    time_limit_s: float = 60.0,
    seed: int = 0,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    previous: Result | None = None,
) -> Result:
    """Place the children: first as many priority-weighted hours as possible, then at least cost.

    time_limit_s: seconds, more than 0. workers: threads to use, 1 or more. on_progress is told
    where the run stands; should_stop is asked between steps, and True ends the run with the best
    so far. previous: an earlier result of much the same problem; what changed since is looked at
    again, and the rest is kept. Raises InvalidProblem if a limit makes no sense or the pins
    cannot all be kept.
    """
    _check(time_limit_s, seed, workers)
    run = Run(time_limit_s, seed, workers, len(problem.children), on_progress, should_stop)
    if not problem.children:
        return nothing_to_do(problem.children, Status.NO_CHILDREN, run)
    if not problem.offers:
        return nothing_to_do(problem.children, Status.NO_OFFERS, run)
    run.report("Working out which offers suit each child", share=0.0)
    table = build_table(problem)
    check_pins(table)
    whole = table.columns <= WHOLE
    found = solve_whole(table, run) if whole else solve_large(table, run, previous)
    result = result_of(table, run, found)
    run.holds(
        result.totals.placed,
        result.totals.hours,
        result.totals.cost_pence + result.totals.transport_pence,
    )
    run.report("Done", share=1.0)
    return result


def _check(time_limit_s: float, seed: int, workers: int) -> None:
    """Refuse limits that make no sense."""
    faults = []
    if not is_amount(time_limit_s) or time_limit_s <= 0:
        faults.append(f"the time limit must be more than 0 seconds, not {time_limit_s!r}")
    if not is_whole(seed) or seed < 0:
        faults.append(f"the seed must be 0 or more, not {seed!r}")
    if not is_whole(workers) or workers < 1:
        faults.append(f"at least one worker is needed, not {workers!r}")
    if faults:
        raise InvalidProblem(*faults)
