"""Which children to reconsider together: those around the offers where most is being lost."""

import numpy as np

from matching.bound import PINNED, Prices
from matching.core import Core
from matching.exact import NO_COLUMNS
from matching.incumbent import Incumbent, spans

MOST_LEFT_OUT = 12
WIDEST = 8


class Neighbourhoods:
    """Grows sets of units along offers that want each other's children.

    Keeps who is where and what each offer holds, and follows every change to the incumbent.
    """

    def __init__(self, incumbent: Incumbent, core: Core, prices: Prices, loss: np.ndarray) -> None:
        table = self.table = incumbent.table
        self.core, self.loss, self.gain = core, loss, prices.gain
        self.tired = np.zeros(len(core.hours_limit))
        self.live = np.zeros(table.units, dtype=bool)
        self.live[core.unit_rows] = True
        self.asked_for: list[list[int]] = []
        self.worth = prices.profit(core, np.arange(table.columns))
        claimed = np.bincount(core.part_unit, prices.price, core.units)
        penalty = np.where(prices.penalty >= PINNED, 0.0, prices.penalty - claimed)
        self.regret = np.zeros(table.units)
        self.regret[core.unit_rows] = np.maximum(0.0, penalty)
        self.held = np.zeros(len(core.hours_limit))
        self.guests: list[set[int]] = [set() for _ in core.hours_limit]
        self.offer_of_part = np.full(table.parts, -1, dtype=np.int64)
        self.change(NO_COLUMNS, incumbent.columns)

    def change(self, old: np.ndarray, new: np.ndarray) -> None:
        """Follow a change: old columns of some units went, and new ones came."""
        table = self.table
        for columns, sign in (old, -1.0), (new, 1.0):
            np.add.at(self.held, table.offer[columns], sign * self.worth[columns])
        self.offer_of_part[table.part[old]] = -1
        self.offer_of_part[table.part[new]] = table.offer[new]
        for offer, unit in zip(table.offer[old].tolist(), table.unit[old].tolist(), strict=True):
            self.guests[offer].discard(unit)
        for offer, unit in zip(table.offer[new].tolist(), table.unit[new].tolist(), strict=True):
            self.guests[offer].add(unit)

    def look(self) -> None:
        """Take apart how far the placements are from the bound, for the next neighbourhood.

        An offer falls short by what its best load is worth beyond the one it has, a unit left out
        by its penalty beyond what it could claim. Both are exact and never negative.
        """
        self.by_offer = np.maximum(0.0, self.gain - self.held)
        self.typical = float(self.by_offer.mean()) + 1e-9
        self.placed = self.offer_of_part[self.table.unit_start[:-1]] >= 0
        self.left_out = np.flatnonzero(~self.placed & self.live)

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
            guests = sorted(self.guests[offer])
            columns = self._columns_of_offer(offer)
            wanting = self.table.unit[columns[self.loss[columns] <= reach]]
            free.update(guests)
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
            weight = self.regret[self.left_out]
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
        wanting = np.unique(wanting)[:60]
        parts = spans(table.unit_start[wanting], table.unit_start[wanting + 1])
        guests = np.array(guests, dtype=np.int64)
        first, end = table.unit_start[guests], table.unit_start[guests + 1]
        columns = spans(table.part_start[first], table.part_start[end])
        offers = self.offer_of_part[parts], table.offer[columns[self.loss[columns] <= reach]]
        near = np.concatenate(offers)
        found, count = np.unique(near[near >= 0], return_counts=True)
        pull = count * (1 + self.by_offer[found] / self.typical) * r.uniform(0.5, 1.5, len(found))
        return [int(offer) for offer in found[np.argsort(-pull)][:WIDEST]]
