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


@dataclass(frozen=True, slots=True, eq=False)
class Knapsacks:
    """The columns of each offer, and its limits.

    Offer j has the columns column[start[j]:start[j + 1]]; hours and place are by column, limits
    by offer.
    """

    start: np.ndarray
    column: np.ndarray
    hours: np.ndarray
    place: np.ndarray
    hours_limit: np.ndarray
    places_limit: np.ndarray

    @classmethod
    def of(cls, offer, hours, place, hours_limit, places_limit) -> "Knapsacks":
        """The knapsacks of columns given by their offers, hours and places."""
        column = np.argsort(offer, kind="stable")
        start = np.searchsorted(offer[column], np.arange(len(hours_limit) + 1))
        return cls(start, column, hours.astype(np.int64), place.astype(np.int64),
                   hours_limit.astype(np.int64), places_limit.astype(np.int64))

    def best_loads(self, profit: np.ndarray, workers: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """The most profit each offer can hold, and whether each column is in that load."""
        taken = np.zeros(len(profit), dtype=np.bool_)
        value = np.zeros(len(self.hours_limit))
        self._each(_fast_loads, _plain_loads, profit, workers, taken, value)
        return value, taken

    def losses(self, profit: np.ndarray, least: float, workers: int = 1) -> np.ndarray:
        """What forcing each column in would take off its offer's best profit (0: it is in one).

        Columns with a profit below `least`, or longer than the offer has hours, are infinite.
        """
        loss = np.full(len(profit), np.inf)
        self._each(_fast_losses, _plain_losses, profit, workers, least, loss)
        return loss

    def _each(self, fast, plain, profit, workers, *rest) -> None:
        """Run a kernel over all offers, in as many parts as there are workers."""
        kernel = fast if fast is not None and len(profit) >= WORTH_COMPILING else plain
        edges = self._edges(workers)
        tables = (self.start, self.column, self.hours, self.place, self.hours_limit,
                  self.places_limit, profit, *rest)
        if kernel is plain or len(edges) == 2:
            kernel(0, len(self.hours_limit), *tables)
            return
        with ThreadPoolExecutor(len(edges) - 1) as pool:
            jobs = [pool.submit(kernel, int(a), int(b), *tables)
                    for a, b in zip(edges[:-1], edges[1:], strict=True)]
            for job in jobs:
                job.result()

    def _edges(self, workers: int) -> np.ndarray:
        """Offers cut into stretches of about equal work."""
        work = np.cumsum(np.diff(self.start) * np.minimum(self.hours_limit, 2_000).clip(1))
        if workers == 1 or not len(work) or not work[-1]:
            return np.array([0, len(self.hours_limit)])
        inner = np.searchsorted(work, work[-1] * np.arange(1, workers) / workers)
        return np.unique(np.r_[0, inner, len(self.hours_limit)])


def _plain_loads(first, last, start, column, hours, place, hours_limit, places_limit, profit,
                 taken, value) -> None:
    """Best loads in numpy: one plane over places and hours, one item at a time."""
    for offer in range(first, last):
        items = column[start[offer] : start[offer + 1]]
        keep = (profit[items] > SMALLEST_GAIN) & (hours[items] <= hours_limit[offer])
        keep &= place[items] <= places_limit[offer]
        items = items[keep]
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


def _plain_losses(first, last, start, column, hours, place, hours_limit, places_limit, profit,
                  least, loss) -> None:
    """Losses in numpy: best of the items before meets best of the items after."""
    for offer in range(first, last):
        items = column[start[offer] : start[offer + 1]]
        keep = (profit[items] >= least) & (hours[items] <= hours_limit[offer])
        keep &= place[items] <= places_limit[offer]
        items = items[keep]
        if not len(items):
            continue
        wanted = items[profit[items] > 0]
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
        for item in items[profit[items] <= 0]:
            rest = before[-1, rooms - held[item], space - hours[item]]
            loss[item] = max(0.0, full - rest - profit[item])


def _add(best, into, w, p, gain) -> None:
    """One more item in a plane over places and hours."""
    into[:] = best
    rows, columns = best.shape
    np.maximum(best[p:, w:], best[: rows - p, : columns - w] + gain, out=into[p:, w:])


def _fast_loads(first, last, start, column, hours, place, hours_limit, places_limit, profit,
                taken, value):
    """Best loads as plain loops, to be compiled."""
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        items = np.empty(high - low, np.int64)
        n, weight, heads = 0, 0, 0
        for k in range(low, high):
            c = column[k]
            if (profit[c] > SMALLEST_GAIN and hours[c] <= hours_limit[offer]
                    and place[c] <= places_limit[offer]):
                items[n] = c
                n += 1
                weight += hours[c]
                heads += place[c]
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


def _fast_losses(first, last, start, column, hours, place, hours_limit, places_limit, profit,
                 least, loss):
    """Losses as plain loops, to be compiled."""
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        wanted = np.empty(high - low, np.int64)
        n, weight, heads, longest = 0, 0, 0, 0
        for k in range(low, high):
            c = column[k]
            if (profit[c] >= least and hours[c] <= hours_limit[offer]
                    and place[c] <= places_limit[offer]):
                longest = max(longest, hours[c])
                if profit[c] > 0:
                    wanted[n] = c
                    n += 1
                    weight += hours[c]
                    heads += place[c]
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
        for a in range(n):
            c = wanted[a]
            p = rooms - place[c] if rooms > 0 else 0
            left = space - hours[c]
            top = -np.inf
            for r in range(p + 1):
                for h in range(left + 1):
                    top = max(top, before[a, r, h] + after[a + 1, p - r, left - h])
            loss[c] = max(0.0, full - top - profit[c])
        for k in range(low, high):
            c = column[k]
            if (least <= profit[c] <= 0 and hours[c] <= hours_limit[offer]
                    and place[c] <= places_limit[offer]):
                p = rooms - place[c] if rooms > 0 else 0
                loss[c] = max(0.0, full - before[n, p, space - hours[c]] - profit[c])


if njit is None:
    _fast_loads = _fast_losses = None
else:
    _fast_loads = njit(cache=True, nogil=True)(_fast_loads)
    _fast_losses = njit(cache=True, nogil=True)(_fast_losses)
