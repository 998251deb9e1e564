"""A first full set of placements: quickly, in order of what a child stands to lose by waiting."""

import numpy as np

from matching.repair import keep_the_rules
from matching.table import Table


def draft(table: Table, loss: np.ndarray, urgency: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Chosen columns: `kept` first, then unit by unit the offers with the least loss.

    loss: by column, how much worse than best choosing it is. urgency: by unit, extra weight of
    placing it early. kept: columns to keep beside those that officers have pinned, as far as
    these leave room; they must obey the rules.
    """
    room, pinned = _Room(table), np.flatnonzero(table.unit_pinned[table.unit])
    kept = fits_with(table, np.union1d(kept, pinned))
    for column in kept:
        room.take(int(column))
    done = np.zeros(table.units, dtype=bool)
    done[np.unique(table.unit[kept])] = True
    chosen = [int(column) for column in kept]
    for unit in _order(table, loss, urgency):
        if not done[unit]:
            chosen += _place(table, room, loss, int(unit))
    return keep_the_rules(table, np.array(sorted(chosen), dtype=np.int64))


def fits_with(table: Table, columns: np.ndarray) -> np.ndarray:
    """The columns whose whole units find hours and places, the most valuable units first."""
    room, kept = _Room(table), []
    units = np.unique(table.unit[columns])
    order = np.lexsort((units, -table.unit_value[units], ~table.unit_pinned[units]))
    edges = np.searchsorted(table.unit[columns], [units, units + 1]).T
    for at in order:
        mine = columns[edges[at][0] : edges[at][1]]
        for count, column in enumerate(mine):
            room.take(int(column))
            offer = table.offer[column]
            if room.hours[offer] < 0 or room.places[offer] < 0:
                for taken in mine[: count + 1]:
                    room.take(int(taken), -1)
                break
        else:
            kept += mine.tolist()
    return np.array(sorted(kept), dtype=np.int64)


class _Room:
    """Hours and places still free while a draft is made."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.hours = table.parties.offer_hours.copy()
        self.places = table.parties.offer_places.copy()
        self.held: dict[tuple[int, int], int] = {}

    def take(self, column: int, sign: int = 1) -> None:
        """Take a column's hours and place, or with sign -1 give them back."""
        offer = int(self.table.offer[column])
        key = int(self.table.child[column]), offer
        before = self.held.get(key, 0)
        self.held[key] = before + sign
        self.hours[offer] -= sign * self.table.hours[column]
        self.places[offer] -= (self.held[key] > 0) - (before > 0)


def _order(table: Table, loss, urgency) -> np.ndarray:
    """Units by regret: pinned first, then those who lose most without their first choice."""
    live = np.flatnonzero(np.diff(table.part_start))
    if not len(live):
        return np.zeros(0, dtype=np.int64)
    start = table.part_start[live]
    finite = np.where(np.isfinite(loss), loss, 1e15)
    first = np.minimum.reduceat(finite, start)
    rank = np.searchsorted(live, table.part)
    beyond = np.where(finite > first[rank], finite, 1e15)
    # two equally good choices mean no regret
    ties = np.add.reduceat((finite == first[rank]).astype(np.int64), start)
    second = np.where(ties > 1, first, np.minimum.reduceat(beyond, start))
    regret = np.zeros(table.units)
    np.maximum.at(regret, table.part_unit[live], np.minimum(second - first, 1e9))
    score = regret + urgency + 1e12 * table.unit_pinned
    units = np.unique(table.part_unit[live])
    return units[np.argsort(-score[units], kind="stable")]


def _place(table: Table, room: _Room, loss, unit: int) -> list[int]:
    """The unit's columns of least loss that fit, or none if one of its parts finds no room."""
    chosen: list[int] = []
    for part in range(table.unit_start[unit], table.unit_start[unit + 1]):
        columns = np.arange(table.part_start[part], table.part_start[part + 1])
        offer = table.offer[columns]
        fitting = columns[(room.hours[offer] >= table.hours[columns]) & (room.places[offer] > 0)]
        if not len(fitting):
            for column in chosen:
                room.take(column, -1)
            return []
        best = int(fitting[np.argmin(loss[fitting])])
        room.take(best)
        chosen.append(best)
    return chosen
