"""Small problems proven by whole loads: first the most hours, then the least pence for them."""

from dataclasses import dataclass
from functools import reduce
from math import ceil, floor, gcd

import numpy as np

from matching.bound import Prices
from matching.branch import Search
from matching.core import Core
from matching.incumbent import HOURS_FIRST, Aim, Incumbent
from matching.loads import LoadProgram
from matching.run import Run
from matching.search import tell
from matching.table import Table

LARGEST_LOADS = 8.0
"""Columns that the offers can hold at once, on average, beyond which loads are too many to tell."""
MOST_SUMMED = 1e11
"""Points or pence beyond which sums are no longer told apart safely."""
FIRST_PARTS = 20
"""Parts of the search for a first result on hours and pence together."""
FIRST_SHARE = 0.2
"""Share of the time left that this may take."""
SLACK = 1e-3
"""A bound this close to a whole number is that number."""


def loads_are_short(table: Table, core: Core) -> bool:
    """Whether offers hold so few columns that whole loads pay."""
    usual = float(core.hours.mean()) if len(core.hours) else 1.0
    wanting = np.bincount(core.offer, minlength=len(core.hours_limit))
    held = np.minimum(np.minimum(core.hours_limit / usual, core.places_limit), wanting)
    summed = max(float(table.total.sum()), float(table.unit_value.sum()))
    return float(held[wanting > 0].mean()) <= LARGEST_LOADS and summed < MOST_SUMMED


@dataclass(slots=True, eq=False)
class Proof:
    """Branch and price for one run, which makes the incumbent better as it goes.

    point: pence that the last of the hours cost, once those have been held: a point of priority
    more or less.
    """

    incumbent: Incumbent
    table: Table
    core: Core
    run: Run
    program: LoadProgram
    point: float

    @classmethod
    def begin(cls, incumbent: Incumbent, table: Table, core: Core, guide: Prices, run: Run, point):
        """With the loads that the guiding prices call for, and those of the incumbent.

        guide: prices of pence with `point` pence on each point of priority left out.
        """
        program = LoadProgram(table, core, run)
        taken = guide.bids(core).taken(guide.price)
        program.add_loads(program.by_offer[taken[program.by_offer]])
        taken[:] = False
        taken[incumbent.columns] = True
        program.add_loads(program.by_offer[taken[program.by_offer]])
        return cls(incumbent, table, core, run, program, point)

    def first_results(self) -> None:
        """Look for good results at once, hours and pence in one sum."""
        rows, run = self.program.rows, self.run
        self.program.minimise(rows.pence - self.point * rows.value)
        worth = self.incumbent.pence - self.point * self.incumbent.value
        search = Search(self.program, worth, 0.0, self._take)
        search.run(run.seconds + FIRST_SHARE * run.left, FIRST_PARTS)

    def most_value(self, limit: int, until_s: float) -> int:
        """Look for more priority-weighted hours; the most that is now proven, at most `limit`."""
        program = self.program
        program.minimise(-program.rows.value)
        counts = [int(value) for value in self.table.unit_value[self.core.unit_rows]]
        step = max(1, reduce(gcd, counts, 0))
        search = Search(program, -float(self.incumbent.value), float(step), self._take)
        if search.run(until_s):
            return self.incumbent.value
        if not np.isfinite(search.bound):
            return limit
        return max(self.incumbent.value, min(limit, floor(-search.bound + SLACK)))

    def least_pence(self, limit: int, until_s: float, least_value: int) -> int:
        """Look for fewer pence at `least_value` or more; the least now proven."""
        program = self.program
        program.minimise(program.rows.pence)
        program.hold_value(least_value)
        search = Search(
            program,
            float(self.incumbent.pence),
            1.0,
            lambda columns: self._take(columns, Aim(least_value=least_value)),
        )
        proven = search.run(until_s)
        self.point = search.point
        if proven:
            return self.incumbent.pence
        if not np.isfinite(search.bound):
            return limit
        return min(self.incumbent.pence, max(limit, ceil(search.bound - SLACK)))

    def _take(self, columns: np.ndarray, aim: Aim = HOURS_FIRST) -> None:
        """Make a result the incumbent if it is better."""
        self.incumbent.replace(np.arange(self.table.units), columns, aim)
        tell(self.incumbent, self.run)
