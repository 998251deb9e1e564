"""Branch and price: the best result by whole loads, proven by splitting what cannot be told.

Each part of the search is the linear program of `loads` with some columns barred and some units
decided. Its Lagrangian bound rules it out, or bars every column that alone would cost more than
the distance to the best result; else it is split in two, and the likelier half is looked at next.

A split bars columns or fixes a unit and so changes profits only, never the shape of a load: the
knapsacks price every part of the search as they price the whole.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from matching.loads import Limits, LoadProgram, Relaxed

WHOLE = 1e-6
"""How close to a whole number counts as one."""
SURE = 0.9
"""Columns chosen so far in a relaxation are taken as settled in a dive."""
DIVE_EVERY = 16
"""Parts of the search between two dives for a better result."""
DIVE_ROUNDS = 8


@dataclass(slots=True, eq=False)
class Search:
    """One search for the least of the program's objective.

    below: only results of less than this are of interest, and it falls as they are found. step:
    two results differ by no less than this (0: by anything). found is told the columns of each
    better result. Afterwards bound says what no result is below, unless it is not below `below`,
    and point what a priority-weighted hour costs at the prices of the whole.
    """

    program: LoadProgram
    below: float
    step: float
    found: Callable[[np.ndarray], None]
    bound: float = -np.inf
    parts: int = 0
    point: float = 0.0

    def run(self, until_s: float, most_parts: float = np.inf) -> bool:
        """Search to the end, which is a proof (True), or to the limits of time or parts."""
        number, untold = count(), []
        waiting = [(-np.inf, next(number), self.program.everything)]
        while waiting:
            bound, _, limits = heapq.heappop(waiting)
            while limits is not None and bound < self.enough:
                if self.parts >= most_parts or not self._goes_on(until_s):
                    self.bound = min([bound, *untold, *(each[0] for each in waiting)])
                    return False
                here = self._look(limits)
                bound = max(bound, here.bound)
                self._note_point(here)
                limits = None
                if bound >= self.enough:
                    break
                if here.columns is None or self._is_result(here):
                    # what is proven of it stands: less than enough where it was cut short, or
                    # beyond the linear solver; else no less than the result that it is
                    untold.append(bound)
                else:
                    limits, other = self._halves(here)
                    heapq.heappush(waiting, (bound, next(number), other))
        untold = [bound for bound in untold if bound < self.enough]
        self.bound = min(untold, default=self.below)
        return not untold

    def _note_point(self, here: Relaxed) -> None:
        self.parts += 1
        if self.parts == 1 and here.priced:
            self.point = here.priced.value_price

    def _halves(self, here: Relaxed) -> tuple[Limits, Limits]:
        """Two halves of a part, after a dive for a better result every now and then."""
        narrowed = self._narrowed(here)
        if self.parts % DIVE_EVERY == 1:
            self._dive(here, narrowed)
        return self._split(here, narrowed)

    @property
    def enough(self) -> float:
        """The bound from which on a part holds nothing better."""
        return self.below - self.step / 2

    def _goes_on(self, until_s: float) -> bool:
        run = self.program.run
        return run.seconds < until_s and not run.is_over()

    def _look(self, limits: Limits, **rounds) -> Relaxed:
        self.program.keep_to(limits)
        return self.program.relax(self.enough, **rounds)

    def _is_result(self, here: Relaxed) -> bool:
        """Whether the relaxation is a whole result; if it is a better one, it is passed on."""
        if _fraction(here.columns).max(initial=0.0) > WHOLE:
            return False
        if _fraction(here.rest).max(initial=0.0) > WHOLE:
            return False
        program = self.program
        chosen = here.columns > 0.5
        worth = float(program.cost[chosen].sum() + program.rest_cost @ np.round(here.rest))
        if worth < self.below - WHOLE:
            self.below = worth
            self.found(np.flatnonzero(chosen))
        return True

    def _narrowed(self, here: Relaxed) -> Limits:
        """The limits without what alone would cost more than the distance to the best result."""
        program, priced, limits = self.program, here.priced, self.program.limits
        distance = self.enough - priced.bound
        if not np.isfinite(distance):
            return limits
        loss = program.bids.losses(priced.profit)
        open_ = limits.lower < limits.upper
        dear, sure = open_ & (priced.reduced >= distance), open_ & (priced.reduced <= -distance)
        # a variable that is not yes or no moves by more than one step: leave it as it is
        dear &= limits.upper - limits.lower == 1
        sure &= limits.upper - limits.lower == 1
        return Limits(
            limits.barred | (loss >= distance),
            np.where(sure, limits.upper, limits.lower),
            np.where(dear, limits.lower, limits.upper),
        )

    def _split(self, here: Relaxed, limits: Limits) -> tuple[Limits, Limits]:
        """Two halves of the limits, the likelier one first."""
        program = self.program
        placed = np.array(list(program.rows.placed.values())) - program.rows.columns
        doubt = np.zeros(program.rest)
        doubt[placed] = _fraction(here.rest[placed])
        if doubt.max() > WHOLE:
            return self._split_rest(here, limits, int(doubt.argmax()))
        doubt = _fraction(here.columns)
        if doubt.max() > WHOLE:
            column = int(doubt.argmax())
            without = limits.barred.copy()
            without[column] = True
            halves = self.taking(limits, column), replace(limits, barred=without)
            return halves if here.columns[column] >= 0.5 else halves[::-1]
        return self._split_rest(here, limits, int(_fraction(here.rest).argmax()))

    def _split_rest(self, here: Relaxed, limits: Limits, which: int) -> tuple[Limits, Limits]:
        """Halves in which a variable beside the columns is rounded up, and down."""
        lower, upper = limits.lower.copy(), limits.upper.copy()
        lower[which], upper[which] = np.ceil(here.rest[which]), np.floor(here.rest[which])
        halves = replace(limits, lower=lower), replace(limits, upper=upper)
        return halves if here.rest[which] % 1 >= 0.5 else halves[::-1]

    def taking(self, limits: Limits, column: int) -> Limits:
        """The limits with a column chosen: no other of its component, and its unit placed."""
        program, table = self.program, self.program.table
        barred, lower = limits.barred.copy(), limits.lower.copy()
        part = table.part[column]
        mine = slice(table.part_start[part], table.part_start[part + 1])
        own = barred[column]
        barred[mine] = True
        barred[column] = own
        lower[program.rows.placed[int(table.unit[column])] - program.rows.columns] = 1
        return replace(limits, barred=barred, lower=lower)

    def _dive(self, here: Relaxed, limits: Limits) -> None:
        """Round a relaxation column by column to a whole result, if that goes well."""
        while here.columns is not None and not self._is_result(here):
            doubt = (here.columns > WHOLE) & (here.columns < 1 - WHOLE)
            if not doubt.any():
                limits = self._split(here, limits)[0]
            else:
                leading = np.flatnonzero(doubt & (here.columns > SURE))
                if not len(leading):
                    leading = [int(np.where(doubt, here.columns, 0).argmax())]
                for column in leading:
                    limits = self.taking(limits, int(column))
            here = self._look(limits, rounds=DIVE_ROUNDS)
            if here.bound >= self.enough or self.program.run.is_over():
                return


def _fraction(values: np.ndarray) -> np.ndarray:
    """How far each value is from a whole number."""
    return np.abs(values - np.round(values))
