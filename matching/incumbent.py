"""The best set of placements so far."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matching.core import Core
from matching.exact import pence_of, siblings_apart_pence, value_of
from matching.table import Table


@dataclass(frozen=True, slots=True)
class Aim:
    """What makes placements better: fewer pence, each point of priority left out counting as
    `point` of them, while the value stays at `least_value` or more.

    Where point is None any more hours are better, and pence only break ties.
    """

    point: int | None = 0
    least_value: int = 0

    def prefers(self, gain: int, saved: int) -> bool:
        """Whether so many points more, and pence less, are better."""
        if self.point is None:
            return (gain, saved) > (0, 0)
        return (saved + self.point * gain, gain) > (0, 0)


HOURS_FIRST = Aim(point=None)


class Incumbent:
    """Chosen columns that keep every rule, with their value and pence a week."""

    def __init__(self, table: Table, core: Core, columns: np.ndarray) -> None:
        self.table, self.core = table, core
        self.chosen = np.full(table.parts, -1, dtype=np.int64)
        self.chosen[table.part[columns]] = columns
        self.value = value_of(table, columns)
        self.pence = pence_of(table, columns)
        self.relatives = _relatives(table)

    @property
    def columns(self) -> np.ndarray:
        """The chosen columns, in order."""
        return self.chosen[self.chosen >= 0]

    @property
    def placed(self) -> np.ndarray:
        """Whether each unit is placed."""
        return self.chosen[self.table.unit_start[:-1]] >= 0

    def parts_of(self, units: np.ndarray) -> np.ndarray:
        """The parts of some units."""
        start = self.table.unit_start
        return spans(start[units], start[units + 1])

    def columns_of(self, units: np.ndarray) -> np.ndarray:
        """The chosen columns of some units."""
        found = self.chosen[self.parts_of(units)]
        return found[found >= 0]

    def with_relatives(self, units: set[int]) -> np.ndarray:
        """The units with all that must be decided together with them: siblings, and such."""
        waiting, seen = list(units), set(units)
        while waiting:
            for other in self.relatives.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return np.array(sorted(seen), dtype=np.int64)

    def local(self, columns: np.ndarray) -> tuple[int, int]:
        """Value and pence of the chosen columns of some units and all their relatives."""
        pence = int(self.table.total[columns].sum())
        return value_of(self.table, columns), pence + siblings_apart_pence(self.table, columns)

    def replace(self, units: np.ndarray, columns: np.ndarray, aim: Aim) -> bool:
        """Take new columns for some units if that is better; False leaves all as it was."""
        old, new = self.local(self.columns_of(units)), self.local(columns)
        gain, saved = new[0] - old[0], old[1] - new[1]
        if not aim.prefers(gain, saved) or self.value + gain < aim.least_value:
            return False
        self.chosen[self.parts_of(units)] = -1
        self.chosen[self.table.part[columns]] = columns
        self.value += gain
        self.pence -= saved
        return True


def spans(first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The whole numbers from each of `first` up to, not including, each of `end`, in a row."""
    count = end - first
    before = np.cumsum(count) - count
    return np.repeat(first - before, count) + np.arange(count.sum())


def best_of_parts(table: Table, columns: np.ndarray, loss: np.ndarray, most: int) -> np.ndarray:
    """Of some columns, those of least loss for each part, `most` at the most; least loss first."""
    columns = columns[np.lexsort((loss[columns], table.part[columns]))]
    part = table.part[columns]
    rank = np.arange(len(columns)) - np.searchsorted(part, part)
    return columns[rank < most]


def _relatives(table: Table) -> dict[int, set[int]]:
    """Units that must be decided together: of one child, of siblings, of children kept apart."""
    children = table.problem.children
    row = {child.id: number for number, child in enumerate(children)}
    units = defaultdict(set)
    for unit, child in enumerate(table.unit_child):
        units[int(child)].add(unit)
    found = defaultdict(set)
    for number, child in enumerate(children):
        others = {row[key] for key in child.siblings | child.keep_apart if key in row} | {number}
        group = set().union(*(units[other] for other in others))
        if len(group) > 1:
            for mine in units[number]:
                found[mine] |= group
                for other in group:
                    found[other].add(mine)
    return dict(found)
