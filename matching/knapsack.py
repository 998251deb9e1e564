"""Every offer on its own: which of the children who want it would it best take?

Each offer is a small knapsack with two limits, hours and places, solved exactly by dynamic
programming over both. The compiled kernels and the plain numpy ones give the same answer; the
compiled ones are used where numba is installed and the problem is large enough to repay it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

try:
    from numba import njit
except ImportError:
    njit = None

SMALLEST_GAIN = 1e-9
WORTH_COMPILING = 400
"""Columns from which on the compiled kernels repay the seconds that loading them takes."""
WORTH_THREADS = 5_000
"""Columns in play from which on several threads repay their start."""


@dataclass(frozen=True, slots=True, eq=False)
class Knapsacks:
    """The columns of each offer, and its limits; columns that never fit are left out.

    Offer j has the columns column[start[j]:start[j + 1]], and hours and place in that order;
    limits are by offer. size is the number of columns there are in all.
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
        column = column[np.argsort(offer[column], kind="stable")]
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

    def best_loads(self, profit: np.ndarray, workers: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """The most profit each offer can hold, and whether each column is in that load."""
        value = np.zeros(len(self.hours_limit))
        mine = profit[self.column]
        keep = np.flatnonzero(mine > SMALLEST_GAIN)
        chosen = np.zeros(len(keep), dtype=np.bool_)
        self._each(_fast_loads, _plain_loads, keep, mine, workers, chosen, value)
        taken = np.zeros(self.size, dtype=np.bool_)
        taken[self.column[keep[chosen]]] = True
        return value, taken

    def losses(self, profit: np.ndarray, least: float, workers: int = 1) -> np.ndarray:
        """What forcing each column in would take off its offer's best profit (0: it is in one).

        Columns with a profit below `least`, and those that never fit, are infinite.
        """
        mine = profit[self.column]
        keep = np.flatnonzero(mine >= least)
        found = np.full(len(keep), np.inf)
        self._each(_fast_losses, _plain_losses, keep, mine, workers, found)
        loss = np.full(self.size, np.inf)
        loss[self.column[keep]] = found
        return loss

    def _each(self, fast, plain, keep, profit, workers, *rest) -> None:
        """Run a kernel over all offers with the columns kept, in a part for each worker."""
        start = np.searchsorted(keep, self.start)
        tables = (
            start,
            self.hours[keep],
            self.place[keep],
            self.hours_limit,
            self.places_limit,
            profit[keep],
            *rest,
        )
        if fast is None or self.size < WORTH_COMPILING:
            plain(0, len(self.hours_limit), *tables)
            return
        if workers == 1 or len(keep) < WORTH_THREADS:
            fast(0, len(self.hours_limit), *tables)
            return
        edges = self._edges(start, workers)
        with ThreadPoolExecutor(workers) as pool:
            jobs = [
                pool.submit(fast, int(a), int(b), *tables)
                for a, b in zip(edges[:-1], edges[1:], strict=True)
            ]
            for job in jobs:
                job.result()

    def _edges(self, start: np.ndarray, workers: int) -> np.ndarray:
        """Offers cut into stretches of about equal work."""
        work = np.cumsum(np.diff(start) * np.minimum(self.hours_limit, 2_000).clip(1))
        inner = np.searchsorted(work, work[-1] * np.arange(1, workers) / workers)
        return np.unique(np.r_[0, inner, len(self.hours_limit)])


def _plain_loads(
    first, last, start, hours, place, hours_limit, places_limit, profit, taken, value
) -> None:
    """Best loads in numpy: one plane over places and hours, one item at a time."""
    for offer in range(first, last):
        items = np.arange(start[offer], start[offer + 1])
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
    return order[np.arange(len(order)) - first < fitting]


def _plain_losses(
    first, last, start, hours, place, hours_limit, places_limit, profit, loss
) -> None:
    """Losses in numpy: best of the items before meets best of the items after."""
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


def _fast_best(low, high, hours, place, hours_limit, places_limit, profit, items):
    """Write to `items` those that can be in a best load, and say how many and how much they use.

    Of columns alike in hours and place no more than would fit matter, the most profitable; they
    are kept in order by insertion, kind by kind.
    """
    longest = 0
    for k in range(low, high):
        longest = max(longest, hours[k])
    kinds = 2 * (longest + 1)
    count = np.zeros(kinds, np.int64)
    fitting = np.zeros(kinds, np.int64)
    for k in range(low, high):
        if profit[k] > SMALLEST_GAIN:
            count[2 * hours[k] + place[k]] += 1
    start = np.zeros(kinds + 1, np.int64)
    for kind in range(kinds):
        w, p = kind // 2, kind % 2
        if count[kind] > 0:
            fitting[kind] = hours_limit // w
            if p == 1:
                fitting[kind] = min(fitting[kind], places_limit)
            fitting[kind] = min(fitting[kind], count[kind])
        start[kind + 1] = start[kind] + fitting[kind]
        count[kind] = 0
    for k in range(low, high):
        if profit[k] <= SMALLEST_GAIN:
            continue
        kind = 2 * hours[k] + place[k]
        at = start[kind] + count[kind]
        if count[kind] == fitting[kind]:
            if profit[items[at - 1]] >= profit[k]:
                continue
            at -= 1
        else:
            count[kind] += 1
        while at > start[kind] and profit[items[at - 1]] < profit[k]:
            items[at] = items[at - 1]
            at -= 1
        items[at] = k
    n = start[kinds]
    weight, heads = 0, 0
    for a in range(n):
        weight += hours[items[a]]
        heads += place[items[a]]
    return n, weight, heads


def _fast_loads(first, last, start, hours, place, hours_limit, places_limit, profit, taken, value):
    """Best loads as plain loops, to be compiled."""
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        items = np.empty(high - low, np.int64)
        n, weight, heads = _fast_best(
            low, high, hours, place, hours_limit[offer], places_limit[offer], profit, items
        )
        if n == 0:
            continue
        space = min(hours_limit[offer], weight)
        rooms = places_limit[offer] if heads > places_limit[offer] else 0
        best = np.zeros((rooms + 1, space + 1))
        choices = np.zeros((n, rooms + 1, space + 1), np.bool_)
        for a in range(n):
            w, q = hours[items[a]], profit[items[a]]
            p = place[items[a]] if rooms > 0 else 0
            for r in range(rooms, p - 1, -1):
                for h in range(space, w - 1, -1):
                    trial = best[r - p, h - w] + q
                    if trial > best[r, h] + SMALLEST_GAIN:
                        best[r, h] = trial
                        choices[a, r, h] = True
        value[offer] = best[rooms, space]
        h, r = space, rooms
        for a in range(n - 1, -1, -1):
            if choices[a, r, h]:
                taken[items[a]] = True
                h -= hours[items[a]]
                if rooms > 0:
                    r -= place[items[a]]


def _fast_losses(first, last, start, hours, place, hours_limit, places_limit, profit, loss):
    """Losses as plain loops, to be compiled."""
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        wanted = np.empty(high - low, np.int64)
        n, weight, heads = _fast_best(
            low, high, hours, place, hours_limit[offer], places_limit[offer], profit, wanted
        )
        longest = 0
        for k in range(low, high):
            longest = max(longest, hours[k])
        if longest == 0:
            continue
        space = min(hours_limit[offer], weight + longest)
        rooms = places_limit[offer] if heads + 1 > places_limit[offer] else 0
        before = np.zeros((n + 1, rooms + 1, space + 1))
        after = np.zeros((n + 1, rooms + 1, space + 1))
        for a in range(n):
            w, q = hours[wanted[a]], profit[wanted[a]]
            p = place[wanted[a]] if rooms > 0 else 0
            for r in range(rooms + 1):
                for h in range(space + 1):
                    top = before[a, r, h]
                    if r >= p and h >= w:
                        top = max(top, before[a, r - p, h - w] + q)
                    before[a + 1, r, h] = top
        for a in range(n - 1, -1, -1):
            w, q = hours[wanted[a]], profit[wanted[a]]
            p = place[wanted[a]] if rooms > 0 else 0
            for r in range(rooms + 1):
                for h in range(space + 1):
                    top = after[a + 1, r, h]
                    if r >= p and h >= w:
                        top = max(top, after[a + 1, r - p, h - w] + q)
                    after[a, r, h] = top
        full = before[n, rooms, space]
        # what is not wanted, or never among the best of its kind, comes on top of the others
        for k in range(low, high):
            p = rooms - place[k] if rooms > 0 else 0
            loss[k] = max(0.0, full - before[n, p, space - hours[k]] - profit[k])
        for a in range(n):
            c = wanted[a]
            p = rooms - place[c] if rooms > 0 else 0
            left = space - hours[c]
            top = -np.inf
            for r in range(p + 1):
                for h in range(left + 1):
                    top = max(top, before[a, r, h] + after[a + 1, p - r, left - h])
            loss[c] = max(0.0, full - top - profit[c])


if njit is None:
    _fast_loads = _fast_losses = None
else:
    _fast_best = njit(cache=True, nogil=True)(_fast_best)
    _fast_loads = njit(cache=True, nogil=True)(_fast_loads)
    _fast_losses = njit(cache=True, nogil=True)(_fast_losses)
