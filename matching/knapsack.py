"""Every offer on its own: which of the children who want it would it best take?

Each offer is a small knapsack with two limits, hours and places, solved exactly. The compiled
kernels and the plain numpy ones give the same answer; the compiled ones are used where numba is
installed and the problem is large enough to repay it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from matching.compiled_loads import fast_loads
from matching.compiled_losses import fast_losses
from matching.compiled_tools import SMALLEST_GAIN

WORTH_COMPILING = 400
"""Columns from which on the compiled kernels repay the seconds that loading them takes."""
WORTH_THREADS = 5_000
"""Columns in play from which on several threads repay their start."""
STRETCHES = 4
"""Stretches of offers for each worker: offers differ, so who is done takes the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Knapsacks:
    """The columns of each offer, and its limits; columns that never fit are left out.

    Offer j has the columns column[start[j]:start[j + 1]], in order of hours, then place; hours
    and place are in that order, limits by offer. size is the number of columns there are in all.
    """

    size: int
    start: np.ndarray
    column: np.ndarray
    hours: np.ndarray
    place: np.ndarray
    hours_limit: np.ndarray
    places_limit: np.ndarray

    @classmethod
    def of(cls, offer, hours, place, hours_limit, places_limit) -> "Knapsacks":
        """The knapsacks of columns given by their offers, hours and places."""
        fitting = (hours <= hours_limit[offer]) & (place <= places_limit[offer])
        column = np.flatnonzero(fitting)
        column = column[np.lexsort((place[column], hours[column], offer[column]))]
        start = np.searchsorted(offer[column], np.arange(len(hours_limit) + 1))
        return cls(
            len(offer),
            start,
            column,
            hours[column].astype(np.int32),
            place[column].astype(np.int32),
            hours_limit.astype(np.int64),
            places_limit.astype(np.int64),
        )

    def each(self, fast, plain, workers: int, *tables) -> None:
        """Run a kernel over all offers, where it is the compiled one in several threads."""
        tables = (
            *(self.start, self.hours, self.place, self.hours_limit, self.places_limit),
            *tables,
        )
        if fast is None or self.size < WORTH_COMPILING:
            plain(0, len(self.hours_limit), *tables)
            return
        if workers == 1 or len(self.column) < WORTH_THREADS:
            fast(0, len(self.hours_limit), *tables)
            return
        edges = self._edges(STRETCHES * workers)
        with ThreadPoolExecutor(workers) as pool:
            jobs = [
                pool.submit(fast, int(a), int(b), *tables)
                for a, b in zip(edges[:-1], edges[1:], strict=True)
            ]
            for job in jobs:
                job.result()

    def _edges(self, stretches: int) -> np.ndarray:
        """Offers cut into stretches of about equal work."""
        work = np.cumsum(np.diff(self.start) * np.minimum(self.hours_limit, 2_000).clip(1))
        inner = np.searchsorted(work, work[-1] * np.arange(1, stretches) / stretches)
        return np.unique(np.r_[0, inner, len(self.hours_limit)])


@dataclass(frozen=True, slots=True, eq=False)
class Bids:
    """What the columns of knapsacks can offer: a price for a part, less what the column costs.

    part and cost (pence) are in the order of the knapsacks; parts is how many there are.
    """

    sacks: Knapsacks
    parts: int
    part: np.ndarray
    cost: np.ndarray

    @classmethod
    def of(cls, sacks: Knapsacks, part: np.ndarray, cost: np.ndarray) -> "Bids":
        """From the part and the cost of every column."""
        mine = part[sacks.column].astype(np.int32)
        return cls(sacks, int(part.max()) + 1, mine, cost[sacks.column].astype(float))

    @classmethod
    def of_columns(cls, sacks: Knapsacks) -> "Bids":
        """Each column a part of its own, at no cost: a price is then the profit of a column."""
        return cls.of(sacks, np.arange(sacks.size), np.zeros(sacks.size))

    def best_loads(self, price: np.ndarray, workers: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """The most profit each offer can hold, and how many such loads each part is in.

        price: pence that each part may claim.
        """
        value, chosen = self._loads(price, workers)
        return value, np.bincount(self.part[chosen], minlength=self.parts)

    def best_columns(self, price, workers: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same, and whether each column of the table is in such a load."""
        value, chosen = self._loads(price, workers)
        taken = np.zeros(self.sacks.size, dtype=np.bool_)
        taken[self.sacks.column[chosen]] = True
        return value, np.bincount(self.part[chosen], minlength=self.parts), taken

    def dearer(self, rent: np.ndarray) -> "Bids":
        """The same at costs higher by so much, by column of the table."""
        return replace(self, cost=self.cost + rent[self.sacks.column])

    def taken(self, price: np.ndarray) -> np.ndarray:
        """Whether each column of the table is in a best load."""
        return self.best_columns(price)[2]

    def _loads(self, price, workers: int) -> tuple[np.ndarray, np.ndarray]:
        """What each best load is worth, and which columns (in order of the knapsacks) they hold."""
        value = np.zeros(len(self.sacks.hours_limit))
        chosen = np.zeros(len(self.part), dtype=np.bool_)
        asked = self.part, self.cost, price
        self.sacks.each(fast_loads, plain_loads, workers, *asked, chosen, value)
        return value, chosen

    def losses(self, price: np.ndarray, workers: int = 1) -> np.ndarray:
        """What forcing each column in would take off its offer's best profit (0: it is in one).

        By column of the table; those that never fit are infinite.
        """
        found = np.full(len(self.part), np.inf)
        asked = self.part, self.cost, price
        self.sacks.each(fast_losses, plain_losses, workers, *asked, found)
        loss = np.full(self.sacks.size, np.inf)
        loss[self.sacks.column] = found
        return loss


def plain_loads(
    first, last, start, hours, place, hours_limit, places_limit, part, cost, price, taken, value
) -> None:
    """Best loads in numpy: one plane over places and hours, one item at a time."""
    profit = price[part] - cost
    for offer in range(first, last):
        items = np.arange(start[offer], start[offer + 1])
        items = items[profit[items] > SMALLEST_GAIN]
        items = _plain_best(items, profit, hours, place, hours_limit[offer], places_limit[offer])
        if not len(items):
            continue
        space = int(min(hours_limit[offer], hours[items].sum()))
        held = place[items]
        rooms = int(places_limit[offer]) if held.sum() > places_limit[offer] else 0
        held = held if rooms else np.zeros_like(held)
        best = np.zeros((rooms + 1, space + 1))
        choices = np.zeros((len(items), rooms + 1, space + 1), dtype=np.bool_)
        for row, item in enumerate(items):
            w, p = hours[item], held[row]
            trial = best[: rooms + 1 - p, : space + 1 - w] + profit[item]
            better = trial > best[p:, w:] + SMALLEST_GAIN
            choices[row, p:, w:] = better
            best[p:, w:] = np.where(better, trial, best[p:, w:])
        value[offer] = best[rooms, space]
        h, p = space, rooms
        for row in range(len(items) - 1, -1, -1):
            if choices[row, p, h]:
                taken[items[row]] = True
                h, p = h - hours[items[row]], p - held[row]


def _plain_best(items, profit, hours, place, hours_limit, places_limit) -> np.ndarray:
    """The items that can be in a best load: of those alike in use, no more than would fit."""
    order = items[np.lexsort((-profit[items], place[items], hours[items]))]
    kind = hours[order] * 2 + place[order]
    first = np.searchsorted(kind, kind)
    fitting = hours_limit // hours[order]
    fitting = np.where(place[order] > 0, np.minimum(fitting, places_limit), fitting)
    order = order[np.arange(len(order)) - first < fitting]
    # nor one where as many others as there are places take no more hours and are worth no less
    held, gain, rank = place[order] > 0, profit[order], np.arange(len(order))
    beats = (gain[:, None] > gain) | ((gain[:, None] == gain) & (rank[:, None] < rank))
    beats &= held[:, None] & (rank[:, None] < rank)
    return order[~held | (beats.sum(axis=0) < places_limit)]


def plain_losses(
    first, last, start, hours, place, hours_limit, places_limit, part, cost, price, loss
) -> None:
    """Losses in numpy: best of the items before meets best of the items after."""
    profit = price[part] - cost
    for offer in range(first, last):
        items = np.arange(start[offer], start[offer + 1])
        if not len(items):
            continue
        wanted = _plain_best(
            items[profit[items] > 0], profit, hours, place, hours_limit[offer], places_limit[offer]
        )
        space = int(min(hours_limit[offer], hours[wanted].sum() + hours[items].max()))
        binding = place[wanted].sum() + 1 > places_limit[offer]
        rooms = int(places_limit[offer]) if binding else 0
        held = place * bool(rooms)
        before = np.zeros((len(wanted) + 1, rooms + 1, space + 1))
        after = np.zeros_like(before)
        for row, item in enumerate(wanted):
            _add(before[row], before[row + 1], hours[item], held[item], profit[item])
        for row in range(len(wanted) - 1, -1, -1):
            item = wanted[row]
            _add(after[row + 1], after[row], hours[item], held[item], profit[item])
        full = before[-1, rooms, space]
        for row, item in enumerate(wanted):
            p, h = rooms - held[item], space - hours[item]
            others = before[row, : p + 1, : h + 1] + after[row + 1, : p + 1, : h + 1][::-1, ::-1]
            loss[item] = max(0.0, full - others.max() - profit[item])
        # what is not wanted, or never among the best of its kind, comes on top of the others
        for item in np.setdiff1d(items, wanted):
            rest = before[-1, rooms - held[item], space - hours[item]]
            loss[item] = max(0.0, full - rest - profit[item])


def _add(best, into, w, p, gain) -> None:
    """One more item in a plane over places and hours."""
    into[:] = best
    rows, columns = best.shape
    np.maximum(best[p:, w:], best[: rows - p, : columns - w] + gain, out=into[p:, w:])
