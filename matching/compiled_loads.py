"""The best load of each offer, as loops for numba; None where it is not installed.

Exact but at very large offers, and quick where offers are large: prices of an hour and of a place
split the items into those that are surely in, those that are surely out and a few that are near
the edge. Only these go through dynamic programming over hours and places. A load of them with the
sure ones is best as soon as putting any other in or out costs more than the prices leave above
it; until then more are taken from the edge.
"""

import numpy as np

from matching.compiled import fast_best
from matching.compiled_tools import SMALLEST_GAIN, compiled, only_where_compiled

WHOLE_PLANES = 12_000
"""Numbers (items by places by hours) up to which all items go through dynamic programming."""
MOST_PLANES = 16_000_000
"""Numbers in the planes of one offer up to which a load is made sure to be best: 16 MB a thread."""
EDGE = 24
"""Items nearest the edge that are tried first."""
FINEST = np.float32(3e-6)
"""Where the search for a price ends, as a share of the dearest it could be."""
SHIFT = 14
"""Bits that hold places in a count of hours and places together. Counts beyond them only make
the prices worse, never the answer."""


@compiled
def _used(gain, hours, uses, price):
    """Hours and places of the items that are worth an hour's price."""
    used = np.int32(0)
    # no branches, so that the compiler takes several items at once
    for k in range(len(gain)):
        used += uses[k] if gain[k] > price * hours[k] else np.int32(0)
    return used


@compiled
def _hour_price(gain, hours, uses, space, low, high, least):
    """The least price of an hour at which there are hours for all who pay it, and what they use."""
    used = _used(gain, hours, uses, low)
    if used >> SHIFT <= space:
        return low, used
    used = _used(gain, hours, uses, high)
    while high - low > least:
        price = np.float32(0.5) * (low + high)
        now = _used(gain, hours, uses, price)
        if now >> SHIFT > space:
            low = price
        else:
            high, used = price, now
    return high, used


@compiled
def _prices(gain, hours, place, uses, space, rooms):
    """Prices of an hour and of a place at which about as much is wanted as there is."""
    none = np.float32(0.0)
    dearest, high = none, none
    for k in range(len(gain)):
        dearest = max(dearest, gain[k] / hours[k])
        high = max(high, gain[k] * place[k])
    least = dearest * FINEST
    hour, used = _hour_price(gain, hours, uses, space, none, dearest, least)
    if rooms == 0 or used & ((1 << SHIFT) - 1) <= rooms:
        return float(hour), 0.0
    # the dearer a place, the cheaper an hour: each narrows the span of the other
    low, price, dear, cheap = none, high, hour, none
    net = np.empty_like(gain)
    while high - low > least:
        price = np.float32(0.5) * (low + high)
        for k in range(len(gain)):
            net[k] = gain[k] - price * place[k]
        hour, used = _hour_price(net, hours, uses, space, cheap, dear, least)
        if used & ((1 << SHIFT) - 1) > rooms:
            low, dear = price, hour
        else:
            high, cheap = price, max(none, hour - least)
    return float(hour), float(price)


@compiled
def _priced(items, hours, place, profit, space, rooms):
    """What the prices leave of each item's profit, and the most that any load can be worth."""
    n = len(items)
    gain, weight = np.empty(n, np.float32), np.empty(n, np.float32)
    seat, uses = np.zeros(n, np.float32), np.empty(n, np.int32)
    for a in range(n):
        k = items[a]
        gain[a], weight[a], uses[a] = profit[k], hours[k], hours[k] << SHIFT
        if rooms > 0:
            seat[a] = place[k]
            uses[a] += place[k]
    hour, room = _prices(gain, weight, seat, uses, space, rooms)
    left, most = np.empty(n), hour * space + room * rooms
    for a in range(n):
        k = items[a]
        left[a] = profit[k] - hour * hours[k] - room * seat[a]
        most += max(0.0, left[a])
    return left, most


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
def _best_at_edge(edge, items, left, order, hours, place, profit, space, rooms, taken, store):
    """The best load with the first `edge` items of the order free and the others as priced.

    Marks it in `taken` and returns what it is worth and how many items were free: more than
    asked for where the sure ones would not fit otherwise. store: room for choices, given back.
    """
    n, fixed = len(items), 0.0
    hours_left, places_left = space, rooms
    taken[:] = False
    for b in range(n - 1, -1, -1):
        k = items[order[b]]
        if b >= edge and left[order[b]] > 0.0:
            if hours[k] > hours_left or (rooms > 0 and place[k] > places_left):
                edge = b + 1
                continue
            taken[k] = True
            fixed += profit[k]
            hours_left -= hours[k]
            places_left -= place[k] if rooms > 0 else 0
    free, m, weight, heads = np.empty(edge, np.int64), 0, 0, 0
    for b in range(edge):
        k = items[order[b]]
        if hours[k] <= hours_left and (rooms == 0 or place[k] <= places_left):
            free[m] = k
            m += 1
            weight += hours[k]
            heads += place[k]
    h = min(hours_left, weight)
    r = places_left if rooms > 0 and heads > places_left else 0
    size = m * (r + 1) * (h + 1)
    if size > len(store):
        store = np.empty(size + size // 4, np.bool_)
    chosen = store[:size].reshape(m, r + 1, h + 1)
    best = np.empty((r + 1, h + 1))
    _choose(m, free, hours, place, profit, best, np.empty(h + 1), chosen)
    worth, seated = fixed + best[r, h], r > 0
    for a in range(m - 1, -1, -1):
        if chosen[a, r, h]:
            taken[free[a]] = True
            h -= hours[free[a]]
            r -= place[free[a]] if seated else 0
    return worth, edge, store


@compiled
def _best_load(items, hours, place, profit, space, rooms, taken, store):
    """The most profit of the items within hours and places; marks the load in `taken`.

    At a very large offer the most that the prices allow, if the load is not sure to be best: that
    is a little more than any load is worth, so what it proves still holds.
    """
    n = len(items)
    if n * (rooms + 1) * (space + 1) <= WHOLE_PLANES:
        edge, most = n, 0.0
        left, order = np.zeros(n), np.arange(n)
    else:
        edge = min(n, EDGE)
        left, most = _priced(items, hours, place, profit, space, rooms)
        order = np.argsort(np.abs(left))
    while True:
        worth, edge, store = _best_at_edge(
            edge, items, left, order, hours, place, profit, space, rooms, taken, store
        )
        if edge == n or abs(left[order[edge]]) >= most - worth - SMALLEST_GAIN:
            return worth, store
        further = min(n, 2 * edge)
        while edge < further and abs(left[order[edge]]) < most - worth:
            edge += 1
        if edge * (rooms + 1) * (space + 1) > MOST_PLANES:
            return most, store


@compiled
def fast_loads(
    first, last, start, hours, place, hours_limit, places_limit, part, cost, price, taken, value
):
    """Best loads of offers first to last - 1, as plain loops to be compiled."""
    longest = 0
    for offer in range(first, last):
        longest = max(longest, start[offer + 1] - start[offer])
    store, profit = np.empty(1, np.bool_), np.empty(longest)
    items = np.empty(longest, np.int64)
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        for k in range(low, high):
            profit[k - low] = price[part[k]] - cost[k]
        here, held, mine = hours[low:high], place[low:high], taken[low:high]
        n, weight, heads = fast_best(
            here, held, hours_limit[offer], places_limit[offer], profit, items
        )
        rooms = places_limit[offer] if heads > places_limit[offer] else 0
        if rooms == 0 and weight <= hours_limit[offer]:
            for a in range(n):
                mine[items[a]] = True
                value[offer] += profit[items[a]]
            continue
        space = min(hours_limit[offer], weight)
        value[offer], store = _best_load(items[:n], here, held, profit, space, rooms, mine, store)


fast_loads = only_where_compiled(fast_loads)
