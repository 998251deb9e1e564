"""The best set of placements so far, and where its distance from the bound comes from."""

from collections import defaultdict

import numpy as np

from matching.bound import PINNED, Prices
from matching.core import Core
from matching.exact import pence_of, siblings_apart_pence, value_of
from matching.table import Table


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
        return np.concatenate([np.arange(start[u], start[u + 1]) for u in units])

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

    def replace(
        self, units: np.ndarray, columns: np.ndarray, least_value: int | None = None
    ) -> bool:
        """Take new columns for some units if that is better; False leaves all as it was.

        Better is more value, or as much for less pence; with `least_value`, less pence while the
        value of the whole stays at that or more.
        """
        old, new = self.local(self.columns_of(units)), self.local(columns)
        gain, saved = new[0] - old[0], old[1] - new[1]
        if least_value is None:
            better = (gain, saved) > (0, 0)
        else:
            better = (saved, gain) > (0, 0) and self.value + gain >= least_value
        if not better:
            return False
        self.chosen[self.parts_of(units)] = -1
        self.chosen[self.table.part[columns]] = columns
        self.value += new[0] - old[0]
        self.pence += new[1] - old[1]
        return True

    def shortfalls(self, prices: Prices) -> tuple[np.ndarray, np.ndarray]:
        """The distance from the bound, taken apart: by offer, and by unit left out.

        An offer falls short by what its best load is worth beyond the one it has, a unit left out
        by its penalty beyond what it could claim. Both are exact and never negative.
        """
        core, columns = self.core, self.columns
        held = np.bincount(core.offer[columns], prices.profit(core, columns), len(core.hours_limit))
        claimed = np.bincount(core.part_unit, prices.price, core.units)
        left_out = ~self.placed[core.unit_rows]
        by_unit = np.zeros(self.table.units)
        penalty = np.where(prices.penalty >= PINNED, 0.0, prices.penalty - claimed)
        by_unit[core.unit_rows] = np.where(left_out, np.maximum(0.0, penalty), 0.0)
        return np.maximum(0.0, prices.gain - held), by_unit


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
