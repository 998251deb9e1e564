"""What others make of the same table in the same time: general solvers, and the nearest offer.

Each peer is given the engine's own model, phase by phase: first the most priority-weighted hours
in half of the time, then, holding those, the least pence in the rest.
"""

from collections.abc import Callable

import numpy as np
from ortools.math_opt.python import mathopt

from matching.draft import draft
from matching.exact import Found, live_units, pence_of, solve_whole, value_of
from matching.milp import as_milp, run_milp
from matching.model import PlacementModel
from matching.residue import residue
from matching.result import Gap
from matching.run import Run
from matching.table import Table

NO_COLUMNS = np.zeros(0, dtype=np.int64)
MOST_COLUMNS = 200_000
"""Eligible pairs beyond which a general solver is not tried: its model would not be built."""


def cp_sat(table: Table, run: Run) -> Found:
    """The obvious CP-SAT model of the whole."""
    return solve_whole(table, run)


def nearest_first(table: Table, run: Run) -> Found:
    """What a person does: the child with the highest priority first, to the nearest offer."""
    km = np.nan_to_num(table.km) + table.total * 1e-12
    points = table.parties.child_points[table.unit_child].astype(float)
    columns = draft(table, km, points * 1e6, NO_COLUMNS)
    value = value_of(table, columns)
    return Found(
        columns, Gap(value, int(table.unit_value.sum())), Gap(pence_of(table, columns), 0), False
    )


def branch_and_cut(solver: mathopt.SolverType) -> Callable[[Table, Run], Found]:
    """A mixed-integer solver of OR-Tools' MathOpt as a peer."""

    def solve(table: Table, run: Run) -> Found:
        model = PlacementModel(
            table, live_units(table), np.arange(table.columns), residue(table, NO_COLUMNS)
        )
        milp, x = as_milp(model.cp)
        value = mathopt.fast_sum(
            [int(table.unit_value[u]) * x[v.index] for u, v in model.placed.items()]
        )
        milp.maximize(value)
        first = run_milp(milp, solver, run.left / 2)
        columns = _columns(model, x, first)
        most = value_of(table, columns)
        hours = Gap(most, max(most, min(int(table.unit_value.sum()), _bound(first))))
        milp.add_linear_constraint(value >= most)
        weight = table.problem.policy.weights.sibling_apart
        milp.minimize(
            mathopt.fast_sum([int(table.total[c]) * x[v.index] for c, v in model.chosen.items()])
            + mathopt.fast_sum([weight * x[flag.index] for flag in model.apart])
        )
        second = run_milp(milp, solver, run.left)
        if second.has_primal_feasible_solution():
            columns = _columns(model, x, second)
        value_now, pence = value_of(table, columns), pence_of(table, columns)
        hours = Gap(value_now, max(value_now, round(hours.bound)))
        cost = Gap(pence, max(0, min(pence, _bound(second))))
        return Found(columns, hours, cost, hours.ratio == cost.ratio == 0)

    return solve


def _bound(answer) -> int:
    """The bound a solver proved, 0 if none."""
    bound = answer.best_objective_bound()
    return round(bound) if abs(bound) < 1e15 else 0


def _columns(model: PlacementModel, x, answer) -> np.ndarray:
    """The chosen columns of an answer, none if it has no solution."""
    if not answer.has_primal_feasible_solution():
        return NO_COLUMNS
    values = answer.variable_values()
    return np.array(
        [c for c, v in model.chosen.items() if values[x[v.index]] > 0.5], dtype=np.int64
    )


PEERS: dict[str, Callable[[Table, Run], Found]] = {
    "CP-SAT, whole": cp_sat,
    "HiGHS": branch_and_cut(mathopt.SolverType.HIGHS),
    "SCIP": branch_and_cut(mathopt.SolverType.GSCIP),
    "nearest first": nearest_first,
}
