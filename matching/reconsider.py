"""Deciding some units anew while all others keep their places, by HiGHS or by CP-SAT."""

from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from matching.milp import as_milp, ask, columns_found, pence_of_model, value_of_model
from matching.model import PlacementModel
from matching.residue import Residue
from matching.table import Table

POINT = 1_000
"""Pence a point of priority counts for while hours come first: more than it ever costs."""
HIGHS, CP_SAT = "HiGHS", "CP-SAT"
NODES = 100
"""Nodes that HiGHS may branch on in one neighbourhood; most need a few or none."""
EFFORT = 1.5
"""The deterministic time that CP-SAT may take in one neighbourhood."""
STEP = 2e-7
"""Effort of one simplex step for each column: about its seconds, as CP-SAT's effort is."""
COLUMN = 1e-4
"""Effort of writing down one column."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What to decide: units, the columns they may use, the room there is and what they have.

    least_value: priority-weighted hours to keep while pence are lowered; None looks for more.
    """

    table: Table
    units: np.ndarray
    columns: np.ndarray
    room: Residue
    old: np.ndarray
    least_value: int | None

    def model(self) -> PlacementModel:
        """The exact model of the question, without an aim."""
        return PlacementModel(self.table, self.units, self.columns, self.room)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The best columns found, if any; whether none are better; and the effort it took."""

    columns: np.ndarray | None
    proven: bool
    effort: float


def decide(question: Question, solver: str, seed: int, limit_s: float) -> Answer:
    """The best columns for the units of a question, as far as the solver's effort goes.

    Repeats from the seed unless the clock cuts it short at limit_s seconds.
    """
    if limit_s <= 0:
        return Answer(None, False, 0.0)
    if solver == HIGHS:
        return by_highs(question, limit_s)
    return by_cp_sat(question, seed, limit_s)


def by_highs(question: Question, limit_s: float) -> Answer:
    """Branch and cut, limited in nodes; HiGHS has no randomness of its own."""
    model = question.model()
    milp, x = as_milp(model.cp)
    if question.least_value is None:
        # hours alone are proven many times sooner than with pence to break ties
        milp.maximize(value_of_model(model, x))
    else:
        milp.add_linear_constraint(value_of_model(model, x) >= question.least_value)
        milp.minimize(pence_of_model(model, x))
    answer = ask(milp, mathopt.SolverType.HIGHS, model, x, question.old, limit_s, NODES)
    effort = len(question.columns) * (COLUMN + STEP * answer.solve_stats.simplex_iterations)
    proven = answer.termination.reason == mathopt.TerminationReason.OPTIMAL
    return Answer(columns_found(model, x, answer), proven, effort)


def by_cp_sat(question: Question, seed: int, limit_s: float) -> Answer:
    """CP-SAT on one worker, limited in deterministic time."""
    model = question.model()
    model.hint(question.old)
    if question.least_value is None:
        model.cp.minimize(model.pence() - POINT * model.value())
    else:
        model.cp.add(model.value() >= question.least_value)
        model.cp.minimize(model.pence())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.linearization_level = 2
    # neighbourhoods are small: probing them costs more than it saves
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(model.cp)
    effort = COLUMN * len(question.columns) + solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, False, effort)
    chosen = [column for column, x in model.chosen.items() if solver.boolean_value(x)]
    return Answer(np.array(chosen, dtype=np.int64), status == cp_model.OPTIMAL, effort)
