"""Closing the last of the gap on what the bound has not already ruled out.

With a result in hand and a bound proven, any column whose use alone would cost more than the gap
between them can be struck out for good. On a small problem little is left, and a branch-and-cut
solver (SCIP, through OR-Tools) settles it.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor

import numpy as np
from ortools.math_opt.python import mathopt

from matching.core import Core
from matching.incumbent import Incumbent
from matching.milp import as_milp
from matching.model import PlacementModel
from matching.residue import residue
from matching.table import Table

MOST_COLUMNS = 8_000
"""Columns left beyond which settling is not tried: it would not end in time."""
NOTHING_CHOSEN = np.zeros(0, dtype=np.int64)
PROVEN = mathopt.TerminationReason.OPTIMAL


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling proved: a limit that no result can pass, and whether it was tried at all."""

    limit: int
    tried: bool


def settle_value(
    incumbent: Incumbent, table: Table, core: Core, loss: np.ndarray, limit: int,
    seconds: float,
) -> Settled:
    """Look for more priority-weighted hours than the incumbent has, up to the proven `limit`.

    loss: by column, in priority-weighted hours, what forcing it would take off the limit.
    """
    gap = limit - incumbent.value
    # a column needed by a better result loses less than the gap
    left = np.flatnonzero(loss < gap)
    if gap <= 0 or len(left) > MOST_COLUMNS:
        return Settled(limit, False)
    model = _model(table, core, np.union1d(left, incumbent.columns))
    milp, x = as_milp(model.cp)
    value = _value(table, model, x)
    milp.maximize(value)
    answer = _run(milp, incumbent, model, x, seconds)
    _take(incumbent, table, model, x, answer)
    if answer.termination.reason == PROVEN:
        return Settled(incumbent.value, True)
    bound = floor(answer.best_objective_bound() + 1e-3)
    return Settled(max(incumbent.value, min(limit, bound)), True)


def settle_pence(
    incumbent: Incumbent, table: Table, core: Core, loss: np.ndarray, limit: int,
    seconds: float, least_value: int,
) -> Settled:
    """Look for fewer pence a week at `least_value` or more, down to the proven `limit`.

    loss: by column, in pence, what forcing it would add to the limit.
    """
    gap = incumbent.pence - limit
    left = np.flatnonzero(loss < gap)
    if gap <= 0 or len(left) > MOST_COLUMNS:
        return Settled(limit, False)
    model = _model(table, core, np.union1d(left, incumbent.columns))
    milp, x = as_milp(model.cp)
    milp.add_linear_constraint(_value(table, model, x) >= least_value)
    weight = table.problem.policy.weights.sibling_apart
    milp.minimize(
        mathopt.fast_sum([int(table.total[c]) * x[v.index] for c, v in model.chosen.items()])
        + mathopt.fast_sum([weight * x[flag.index] for flag in model.apart])
    )
    answer = _run(milp, incumbent, model, x, seconds)
    _take(incumbent, table, model, x, answer, least_value)
    if answer.termination.reason == PROVEN:
        return Settled(incumbent.pence, True)
    bound = ceil(answer.best_objective_bound() - 1e-3)
    return Settled(min(incumbent.pence, max(limit, bound)), True)


def _model(table: Table, core: Core, columns: np.ndarray) -> PlacementModel:
    """The exact model of all live units over the columns that are left."""
    return PlacementModel(table, core.unit_rows, columns, residue(table, NOTHING_CHOSEN))


def _value(table: Table, model: PlacementModel, x):
    """Priority-weighted hours placed, over the variables of the mixed-integer program."""
    return mathopt.fast_sum(
        [int(table.unit_value[unit]) * x[v.index] for unit, v in model.placed.items()]
    )


def _run(milp, incumbent: Incumbent, model: PlacementModel, x, seconds: float):
    """Solve with the incumbent as a first solution."""
    chosen = set(incumbent.columns.tolist())
    units = set(incumbent.table.unit[incumbent.columns].tolist())
    hint = {x[v.index]: float(c in chosen) for c, v in model.chosen.items()}
    hint |= {x[v.index]: float(u in units) for u, v in model.placed.items()}
    params = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.2, seconds)), relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.9,
    )
    model_params = mathopt.ModelSolveParameters(
        solution_hints=[mathopt.SolutionHint(variable_values=hint)]
    )
    return mathopt.solve(milp, mathopt.SolverType.GSCIP, params=params, model_params=model_params)


def _take(incumbent: Incumbent, table: Table, model: PlacementModel, x, answer, least_value=None):
    """Make the solver's result the incumbent if it is better."""
    if not answer.has_primal_feasible_solution():
        return
    values = answer.variable_values()
    chosen = [c for c, v in model.chosen.items() if values[x[v.index]] > 0.5]
    incumbent.replace(np.arange(table.units), np.array(chosen, dtype=np.int64), least_value)
