"""The whole problem given to CP-SAT at once: proves the optimum while problems are small.

First the most priority-weighted hours, proven; then, holding those, the least pence a week.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from ortools.sat.python import cp_model

from matching.model import PlacementModel
from matching.residue import residue
from matching.result import Gap, WarmStart
from matching.run import Run
from matching.table import Table
from matching.vocabulary import InvalidProblem

NO_COLUMNS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Chosen columns with the two proven gaps; optimal only if both are closed by proof.

    offer_hours: pence that one more hour at each offer is worth, where that was worked out.
    """

    columns: np.ndarray
    hours_gap: Gap
    cost_gap: Gap
    optimal: bool
    offer_hours: np.ndarray | None = None
    warm_start: WarmStart | None = None


class _Watch(cp_model.CpSolverSolutionCallback):
    """Ends a search when the run is over, and passes on each better solution."""

    def __init__(self, run: Run, note) -> None:
        super().__init__()
        self.run, self.note = run, note

    def on_solution_callback(self) -> None:
        self.note(self)
        if self.run.is_over():
            self.stop_search()


def live_units(table: Table) -> np.ndarray:
    """The units that have any column at all."""
    return np.unique(table.unit)


def value_of(table: Table, columns: np.ndarray) -> int:
    """Priority-weighted hours of the units that the chosen columns place."""
    return int(table.unit_value[np.unique(table.unit[columns])].sum())


def check_pins(table: Table) -> None:
    """Refuse pins that are eligible one by one but cannot all be kept together."""
    pinned = np.flatnonzero(table.unit_pinned)
    if not len(pinned):
        return
    columns = np.flatnonzero(table.unit_pinned[table.unit])
    model = PlacementModel(table, pinned, columns, residue(table, NO_COLUMNS))
    if cp_model.CpSolver().solve(model.cp) == cp_model.INFEASIBLE:
        raise InvalidProblem(
            "the pinned placements cannot all be kept together: they break a limit on places, "
            "hours, half-days, budgets or who may be with whom"
        )


def solve_whole(table: Table, run: Run, start: np.ndarray = NO_COLUMNS) -> Found:
    """Solve the table outright, from the feasible columns `start` if there are any."""
    everything = np.arange(table.columns)
    model = PlacementModel(table, live_units(table), everything, residue(table, NO_COLUMNS))
    policy = table.problem.policy

    def search(hint, share):
        model.hint(hint)
        solver = _solver(run, share)
        status = solver.solve(model.cp, _Watch(run, lambda seen: _note(table, run, model, seen)))
        found, known = hint, status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
            raise RuntimeError("placing no one must always be possible, but the model denies it")
        if known:
            found = np.array(
                [c for c, x in model.chosen.items() if solver.boolean_value(x)], dtype=np.int64
            )
        # without a solution the solver's bound may never have been set
        bound = solver.best_objective_bound if known else None
        return found, bound, status == cp_model.OPTIMAL

    run.report("Placing as many as possible", share=0.0)
    model.cp.maximize(model.value())
    chosen, bound, sure = search(start, 0.5)
    most = value_of(table, chosen)
    limit = int(table.unit_value.sum()) if bound is None else floor(bound + 1e-6)
    limit = most if sure else max(most, min(limit, int(table.unit_value.sum())))
    run.hours_gap = Gap(most, limit)

    run.report("Making the placements as near and as good value as possible", often=0)
    floor_value = most - floor(policy.hours_tolerance * most)
    model.cp.add(model.value() >= floor_value)
    model.cp.minimize(model.pence())
    if run.is_over():
        return _unproven(table, run, chosen, limit)
    chosen, bound, best = search(chosen, 1.0)
    pence = pence_of(table, chosen)
    run.cost_gap = Gap(pence, pence if best else max(0, ceil((bound or 0) - 1e-6)))
    run.hours_gap = Gap(value_of(table, chosen), limit)
    return Found(chosen, run.hours_gap, run.cost_gap, sure and best)


def _unproven(table: Table, run: Run, chosen: np.ndarray, limit: int) -> Found:
    """What stands when the time ran out before the cost was looked at: no bound but 0."""
    run.cost_gap = Gap(pence_of(table, chosen), 0)
    return Found(chosen, Gap(value_of(table, chosen), limit), run.cost_gap, False)


def pence_of(table: Table, columns: np.ndarray) -> int:
    """Pence a week of the chosen columns, with siblings who are apart."""
    return int(table.total[columns].sum()) + siblings_apart_pence(table, columns)


def siblings_apart_pence(table: Table, columns: np.ndarray) -> int:
    """Pence a week that counts against brothers and sisters who share no provider."""
    weight = table.problem.policy.weights.sibling_apart
    children = table.problem.children
    if not weight or not any(child.siblings for child in children):
        return 0
    where: dict[int, set[int]] = {}
    for who, provider in zip(table.child[columns], table.provider[columns], strict=True):
        where.setdefault(int(who), set()).add(int(provider))
    row = {children[who].id: who for who in where}
    pairs = {
        (min(who, row[other]), max(who, row[other]))
        for who in where
        for other in children[who].siblings
        if other in row and row[other] != who
    }
    return weight * sum(not where[one] & where[other] for one, other in pairs)


def _solver(run: Run, share: float) -> cp_model.CpSolver:
    """A seeded solver for a share of the time left."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = run.workers
    solver.parameters.random_seed = run.seed % (1 << 31)
    solver.parameters.max_time_in_seconds = max(0.05, run.left * share)
    solver.parameters.linearization_level = 2
    return solver


def _note(table: Table, run: Run, model: PlacementModel, seen) -> None:
    """Pass a solution's figures on to whoever watches the run."""
    chosen = np.array([c for c, x in model.chosen.items() if seen.boolean_value(x)], dtype=np.int64)
    run.holds(
        len(np.unique(table.child[chosen])),
        int(table.hours[chosen].sum()),
        int((table.cost + table.transport)[chosen].sum()),
    )
    run.report("A better set of placements was found", often=0.3)
