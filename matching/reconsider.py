"""Deciding some units anew while all others keep their places, by CP-SAT."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matching.model import PlacementModel
from matching.residue import Residue
from matching.table import Table

EFFORT = 0.1
"""The deterministic time that CP-SAT may take in one neighbourhood: few need it, and what one
gains by more of it, several others gain sooner."""
COLUMN = 1e-4
"""Effort of writing down one column."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What to decide: units, the columns they may use, the room there is and what they have.

    Wanted are the fewest pence, each point of priority left out counting as `point` of them, with
    a value of `least_value` or more.
    """

    table: Table
    units: np.ndarray
    columns: np.ndarray
    room: Residue
    old: np.ndarray
    point: int
    least_value: int

    def model(self) -> PlacementModel:
        """The exact model of the question, without an aim."""
        return PlacementModel(self.table, self.units, self.columns, self.room)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The best columns found, if any; whether none are better; and the effort it took."""

    columns: np.ndarray | None
    proven: bool
    effort: float


def decide(question: Question, seed: int, limit_s: float) -> Answer:
    """The best columns for the units of a question, as far as CP-SAT's effort goes.

    Repeats from the seed unless the clock cuts it short at limit_s seconds.
    """
    if limit_s <= 0:
        return Answer(None, False, 0.0)
    model = question.model()
    model.hint(question.old)
    if question.least_value > 0:
        model.cp.add(model.value() >= question.least_value)
    model.cp.minimize(model.pence() - question.point * model.value())
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
