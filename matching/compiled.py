"""The loops of `knapsack` as numba compiles them; None where numba is not installed.

They give the same answers as the plain numpy ones, which a test holds them to.
"""

import numpy as np

from matching.compiled_tools import SMALLEST_GAIN, compiled, only_where_compiled


@compiled
def _undominated(kinds, start, places_limit, profit, items):
    """Close the gaps in `items` over those that enough others dominate; how many are left."""
    best = np.zeros(min(places_limit, start[kinds]) + 1)
    full, n = 0, 0
    for kind in range(kinds):
        for at in range(start[kind], start[kind + 1]):
            k = items[at]
            if kind % 2 == 1:
                if full == places_limit:
                    if profit[k] <= best[full - 1]:
                        break
                    full -= 1
                row = full
                while row > 0 and best[row - 1] < profit[k]:
                    best[row] = best[row - 1]
                    row -= 1
                best[row] = profit[k]
                full += 1
            items[n] = k
            n += 1
    return n


@compiled
def fast_best(low, high, hours, place, hours_limit, places_limit, profit, items):
    """Write to `items` those that can be in a best load, and say how many and how much they use.

    Of columns alike in hours and place no more than would fit matter, the most profitable; they
    are kept in order by insertion, kind by kind. Of those that take a place, one is dropped too
    where as many others as there are places take no more hours and are worth no less: one of
    them is always left to put in its stead.
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
    n = _undominated(kinds, start, places_limit, profit, items)
    weight, heads = 0, 0
    for a in range(n):
        weight += hours[items[a]]
        heads += place[items[a]]
    return n, weight, heads


@compiled
def _choose(n, items, hours, place, profit, best, row, chosen):
    """Best loads of the items over all places (rows) and hours, in `best`, and what is chosen.

    One plane is enough, because rows are gone through from the last on; it is small and stays
    near the processor, which planes for every item would not. row: room for a copy of one.
    """
    rooms, space = best.shape[0] - 1, best.shape[1] - 1
    best[:] = 0.0
    for a in range(n):
        w, q = hours[items[a]], profit[items[a]]
        p = place[items[a]] if rooms > 0 else 0
        for r in range(rooms, -1, -1):
            mark = chosen[a, r]
            if r < p or w > space:
                mark[:] = False
                continue
            row[:] = best[r - p]
            mark[:w] = False
            # plain slices without branches, so that the compiler takes several hours at once
            out, with_it, marks = best[r, w:], row[: space + 1 - w], mark[w:]
            for h in range(space + 1 - w):
                trial = with_it[h] + q
                better = trial > out[h] + SMALLEST_GAIN
                marks[h] = better
                out[h] = trial if better else out[h]


@compiled
def fast_loads(first, last, start, hours, place, hours_limit, places_limit, profit, taken, value):
    """Best loads as plain loops, to be compiled."""
    store = np.empty(1, np.bool_)
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        items = np.empty(high - low, np.int64)
        n, weight, heads = fast_best(
            low, high, hours, place, hours_limit[offer], places_limit[offer], profit, items
        )
        if n == 0:
            continue
        space = min(hours_limit[offer], weight)
        rooms = places_limit[offer] if heads > places_limit[offer] else 0
        size = n * (rooms + 1) * (space + 1)
        if size > len(store):
            store = np.empty(2 * size, np.bool_)
        chosen = store[:size].reshape(n, rooms + 1, space + 1)
        best = np.empty((rooms + 1, space + 1))
        _choose(n, items, hours, place, profit, best, np.empty(space + 1), chosen)
        value[offer] = best[rooms, space]
        h, r = space, rooms
        for a in range(n - 1, -1, -1):
            if chosen[a, r, h]:
                taken[items[a]] = True
                h -= hours[items[a]]
                if rooms > 0:
                    r -= place[items[a]]


fast_loads = only_where_compiled(fast_loads)
