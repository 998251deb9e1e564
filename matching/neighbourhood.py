"""Which children to reconsider together: those around the offers where most is being lost."""

import numpy as np

from matching.bound import Prices
from matching.core import Core
from matching.incumbent import Incumbent
from matching.table import Table

MOST_LEFT_OUT = 12
WIDEST = 8


class Neighbourhoods:
    """Grows sets of units along offers that want each other's children."""

    def __init__(self, table: Table, core: Core, prices: Prices, loss: np.ndarray) -> None:
        self.table, self.core, self.prices, self.loss = table, core, prices, loss
        self.tired = np.zeros(len(core.hours_limit))
        self.live = np.zeros(table.units, dtype=bool)
        self.live[core.unit_rows] = True
        self.asked_for: list[list[int]] = []

    def prepare(self, incumbent: Incumbent) -> None:
        """Look at the incumbent once for all neighbourhoods of a round."""
        table = self.table
        self.by_offer, self.by_unit = incumbent.shortfalls(self.prices)
        columns = incumbent.columns
        order = np.argsort(table.offer[columns], kind="stable")
        self.guests = table.unit[columns][order]
        self.guest_start = np.searchsorted(
            table.offer[columns][order], np.arange(len(self.core.hours_limit) + 1)
        )
        self.offer_of_part = np.full(table.parts, -1, dtype=np.int64)
        self.offer_of_part[table.part[columns]] = table.offer[columns]
        self.placed = incumbent.placed
        self.left_out = np.flatnonzero(~self.placed & self.live)
        self.typical = float(self.by_offer.mean()) + 1e-9

    def grow(
        self,
        r: np.random.Generator,
        size: int,
        reach: float,
        busy: set[int],
        visited_now: set[int],
        incumbent: Incumbent,
    ) -> tuple[np.ndarray, list[int]]:
        """Up to about `size` units around one offer, and the offers they were gathered along.

        reach: the largest loss of a column that still counts as wanted. busy: units of the
        neighbourhoods under way; visited_now: offers they were gathered along.
        """
        self.taken = list(visited_now)
        waiting, visited, free = self._first(r, reach), [], set()
        waiting = [offer for offer in waiting if offer not in visited_now]
        seen = visited_now | set(waiting)
        while waiting and len(free) < size:
            offer = waiting.pop(int(r.integers(min(len(waiting), 6))))
            visited.append(offer)
            guests = self.guests[self.guest_start[offer] : self.guest_start[offer + 1]]
            columns = self._columns_of_offer(offer)
            wanting = self.table.unit[columns[self.loss[columns] <= reach]]
            free.update(int(unit) for unit in guests)
            hopeful = wanting[~self.placed[wanting]]
            if len(hopeful):
                free.update(int(u) for u in r.permutation(hopeful)[:MOST_LEFT_OUT])
            for other in self._onward(r, guests[:40], wanting, reach):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        apart = free - busy
        units = incumbent.with_relatives(apart)
        if busy and not busy.isdisjoint(units.tolist()):
            # brothers and sisters of those that others have stay where they are
            units = incumbent.with_relatives(
                {u for u in apart if busy.isdisjoint(incumbent.with_relatives({u}).tolist())}
            )
        return units[self.live[units]], visited

    def rest(self, visited: list[int], improved: bool) -> None:
        """Let offers that brought nothing wait their turn."""
        if not improved:
            self.tired[visited] += 0.7

    def _first(self, r: np.random.Generator, reach: float) -> list[int]:
        """Offers to begin with: one asked for, those a child left out needs together, or one
        where much is lost."""
        if self.asked_for:
            return self.asked_for.pop()
        if len(self.left_out) and r.random() < 0.5:
            weight = self.by_unit[self.left_out]
            odds = weight / weight.sum() if weight.sum() > 0 else None
            return self._needed_by(int(r.choice(self.left_out, p=odds)), r, reach)
        weight = self.by_offer * np.exp(-self.tired)
        weight[self.taken] = 0.0
        if weight.sum() <= 0:
            return [int(r.integers(len(weight)))]
        return [int(r.choice(len(weight), p=weight / weight.sum()))]

    def _needed_by(self, unit: int, r: np.random.Generator, reach: float) -> list[int]:
        """For each component of a unit, an offer that suits it: a package needs all at once."""
        found = []
        for part in range(self.table.unit_start[unit], self.table.unit_start[unit + 1]):
            columns = np.arange(self.table.part_start[part], self.table.part_start[part + 1])
            tempted = self.loss[columns] + r.random(len(columns)) * reach * 0.5
            found.append(int(self.table.offer[columns[np.argmin(tempted)]]))
        return list(dict.fromkeys(found))

    def _columns_of_offer(self, offer: int) -> np.ndarray:
        sacks = self.core.knapsacks
        return sacks.column[sacks.start[offer] : sacks.start[offer + 1]]

    def _onward(self, r, guests, wanting, reach) -> list[int]:
        """Offers that hold children who want this one, or that this one's children want."""
        table = self.table
        parts = (
            np.concatenate(
                [
                    np.arange(table.unit_start[u], table.unit_start[u + 1])
                    for u in np.unique(wanting)[:60]
                ]
            )
            if len(wanting)
            else np.zeros(0, dtype=np.int64)
        )
        offers = [self.offer_of_part[parts]]
        for unit in guests:
            first, last = table.unit_start[unit], table.unit_start[unit + 1]
            columns = np.arange(table.part_start[first], table.part_start[last])
            offers.append(table.offer[columns[self.loss[columns] <= reach]])
        near = np.concatenate(offers)
        found, count = np.unique(near[near >= 0], return_counts=True)
        pull = count * (1 + self.by_offer[found] / self.typical) * r.uniform(0.5, 1.5, len(found))
        return [int(offer) for offer in found[np.argsort(-pull)][:WIDEST]]
