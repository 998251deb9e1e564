"""Closing the last of the gap on what the bound has not already ruled out.

With a result in hand and a bound proven, any column whose use alone would cost more than the gap
between them can be struck out for good. The gap is that to the bound of the very prices which
the losses come from: a closer limit proven in another way says nothing of their losses. On a
small problem little is left, and branch and cut settles it: HiGHS and SCIP, both through
OR-Tools, in turns that grow longer, because either may be many times quicker than the other and
neither can be told which.
"""

from itertools import cycle
from math import ceil, floor

import numpy as np
from ortools.math_opt.python import mathopt

from matching.bound import Prices
from matching.core import Core
from matching.incumbent import HOURS_FIRST, Aim, Incumbent
from matching.milp import as_milp, ask, columns_found, pence_of_model, value_of_model
from matching.model import PlacementModel
from matching.residue import residue
from matching.run import Run
from matching.table import Table

MOST_COLUMNS = 8_000
"""Columns left beyond which settling is not tried: it would not end in time."""
FIRST_TURN_S = 4.0
LONGER = 1.8
NOTHING_CHOSEN = np.zeros(0, dtype=np.int64)
SOLVERS = (mathopt.SolverType.HIGHS, mathopt.SolverType.GSCIP)
ROUNDING = 1e-9
"""Share of a bound by which a gap is widened, far above the error of floating point sums."""
PROVEN = mathopt.TerminationReason.OPTIMAL


def settle_value(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    prices: Prices,
    limit: int,
    run: Run,
    seconds: float,
) -> int:
    """Look for more priority-weighted hours, and return what is now proven to be the most.

    prices: with every cost at nothing. limit: the most that is proven so far, by these prices or
    otherwise.
    """
    gap = float(core.value.sum()) - (incumbent.value + 1) - prices.bound
    model = _what_is_left(incumbent, table, core, prices, gap, run)
    until = run.seconds + seconds
    for solver, turn in _turns(model, run, until):
        milp, x = as_milp(model.cp)
        milp.maximize(value_of_model(model, x))
        answer = ask(milp, solver, model, x, incumbent.columns, turn)
        _take(incumbent, model, x, answer, HOURS_FIRST)
        if answer.termination.reason == PROVEN:
            return incumbent.value
        limit = min(limit, max(incumbent.value, floor(_bound(answer, limit) + 1e-3)))
        if incumbent.value >= limit:
            break
    return limit


def settle_pence(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    prices: Prices,
    point: float,
    limit: int,
    run: Run,
    seconds: float,
    least_value: int,
) -> int:
    """Look for fewer pence a week at `least_value` or more; return the least now proven.

    prices: of the pence, with `point` pence on each point left out. limit: the least that is
    proven so far, by these prices or otherwise.
    """
    spared = point * (float(core.value.sum()) - least_value)
    gap = (incumbent.pence - 1) - (prices.bound - spared)
    model = _what_is_left(incumbent, table, core, prices, gap, run)
    until = run.seconds + seconds
    for solver, turn in _turns(model, run, until):
        milp, x = as_milp(model.cp)
        milp.add_linear_constraint(value_of_model(model, x) >= least_value)
        milp.minimize(pence_of_model(model, x))
        answer = ask(milp, solver, model, x, incumbent.columns, turn)
        _take(incumbent, model, x, answer, Aim(least_value=least_value))
        if answer.termination.reason == PROVEN:
            return incumbent.pence
        limit = max(limit, min(incumbent.pence, ceil(_bound(answer, limit) - 1e-3)))
        if incumbent.pence <= limit:
            break
    return limit


def _what_is_left(
    incumbent: Incumbent, table: Table, core: Core, prices: Prices, gap: float, run: Run
) -> PlacementModel | None:
    """The exact model over the columns a better result could use; None if there are too many.

    gap: from the bound of the prices to the least better result.
    """
    gap += ROUNDING * abs(prices.bound) + 1e-3
    if gap < 0:
        return None
    left = np.flatnonzero(prices.losses(core, run.workers) <= gap)
    if len(left) > MOST_COLUMNS:
        return None
    columns = np.union1d(left, incumbent.columns)
    return PlacementModel(table, core.unit_rows, columns, residue(table, NOTHING_CHOSEN))


def _turns(model: PlacementModel | None, run: Run, until: float):
    """Solvers in turn, each with its seconds, until the time is up or the run is stopped."""
    turn = FIRST_TURN_S
    for solver in cycle(SOLVERS):
        left = min(until, run.time_limit_s) - run.seconds
        if model is None or left <= 0.1 or run.is_over():
            return
        run.report("Settling what is left")
        yield solver, min(turn, left)
        if solver is SOLVERS[-1]:
            turn *= LONGER


def _bound(answer, otherwise: int) -> float:
    """The bound a solver proved, or the one there was."""
    bound = answer.best_objective_bound()
    return bound if abs(bound) < 1e15 else otherwise


def _take(incumbent: Incumbent, model: PlacementModel, x, answer, aim: Aim) -> None:
    """Make the solver's result the incumbent if it is better."""
    columns = columns_found(model, x, answer)
    if columns is not None:
        incumbent.replace(np.arange(incumbent.table.units), columns, aim)
