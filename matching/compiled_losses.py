"""What forcing each column into its offer would cost, as plain loops for numba.

None where numba is not installed. The answers are those of `knapsack._plain_losses`, which a test
holds them to, but at very large offers: there they are close to it and never above.
"""

import numpy as np

from matching.compiled import fast_best
from matching.compiled_tools import compiled, only_where_compiled

LARGE_PLANES = 4_000_000
"""Numbers in the planes of one offer (items by places by hours) beyond which its places get a
price instead: 64 MB for a worker."""
PRICE_HALVINGS = 16
"""Halvings of the span in which the price of a place is looked for."""


@compiled
def _fast_layers(n, items, hours, place, rooms, space, profit, layers):
    """Best loads of the first 0, 1, ... n items, each over all places (rows) and hours."""
    for a in range(n):
        w, q = hours[items[a]], profit[items[a]]
        p = place[items[a]] if rooms > 0 else 0
        for r in range(rooms + 1):
            old, new = layers[a, r], layers[a + 1, r]
            if r < p:
                new[:] = old
                continue
            below = layers[a, r - p]
            head = min(w, space + 1)
            for h in range(head):
                new[h] = old[h]
            # plain slices without branches, so that the compiler takes several hours at once
            base, with_it, out = old[head:], below[: space + 1 - head], new[head:]
            for h in range(space + 1 - head):
                trial = with_it[h] + q
                out[h] = trial if trial > base[h] else base[h]


@compiled
def _best_of_all(n, items, hours, place, profit, rooms, space):
    """The most profit of the items within the places and hours: one plane, no choices kept."""
    best = np.zeros((rooms + 1, space + 1))
    row = np.empty(space + 1)
    for a in range(n):
        w, q, p = hours[items[a]], profit[items[a]], place[items[a]]
        for r in range(rooms, p - 1, -1):
            row[:] = best[r - p]
            out, with_it = best[r, w:], row[: space + 1 - w]
            for h in range(space + 1 - w):
                trial = with_it[h] + q
                out[h] = trial if trial > out[h] else out[h]
    return best[rooms, space]


@compiled
def _at_place_price(n, items, hours, place, profit, price, space, best, heads):
    """The most profit of the items within the hours if each place costs `price`, in `best`.

    Returns that profit and how many places it takes; heads: room for those, by hours.
    """
    best[:] = 0.0
    heads[:] = 0
    for a in range(n):
        w, p = hours[items[a]], place[items[a]]
        q = profit[items[a]] - price * p
        for h in range(space, w - 1, -1):
            if best[h - w] + q > best[h]:
                best[h] = best[h - w] + q
                heads[h] = heads[h - w] + p
    return best[space], heads[space]


@compiled
def _price_of_place(n, items, hours, place, profit, rooms, space):
    """The price of a place at which an offer keeps least beyond its hours, by bisection."""
    low, high = 0.0, 0.0
    for a in range(n):
        high = max(high, profit[items[a]])
    best, heads = np.empty(space + 1), np.empty(space + 1, np.int64)
    kept, found = np.inf, 0.0
    for _ in range(PRICE_HALVINGS):
        price = (low + high) / 2
        most, taken = _at_place_price(n, items, hours, place, profit, price, space, best, heads)
        if most + price * rooms < kept:
            kept, found = most + price * rooms, price
        if taken > rooms:
            low = price
        else:
            high = price
    return found


@compiled
def _priced_losses(n, wanted, hours, place, profit, rooms, space, loss):
    """Losses at a large offer: exact in hours, with a price on each of its places.

    A place at any price can only make a forced column look better, so these never say too much.
    Planes over hours alone are some hundred times smaller than those over places as well.
    """
    price = _price_of_place(n, wanted, hours, place, profit, rooms, space)
    net = profit - price * place
    none = np.zeros_like(place)
    before = np.zeros((n + 1, 1, space + 1))
    _fast_layers(n, wanted, hours, none, 0, space, net, before)
    after = np.zeros((n + 1, 1, space + 1))
    _fast_layers(n, wanted[:n][::-1].copy(), hours, none, 0, space, net, after)
    full = _best_of_all(n, wanted, hours, place, profit, rooms, space) - price * rooms
    for k in range(len(hours)):
        loss[k] = max(0.0, full - before[n, 0, space - hours[k]] - net[k])
    for a in range(n):
        left = space - hours[wanted[a]]
        one, other = before[a, 0], after[n - 1 - a, 0]
        top = 0.0
        for h in range(left + 1):
            both = one[h] + other[left - h]
            if both > top:
                top = both
        loss[wanted[a]] = max(0.0, full - top - net[wanted[a]])


@compiled
def _exact_losses(n, wanted, hours, place, profit, rooms, space, loss):
    """Losses at one offer, exact in hours and in places."""
    before = np.empty((n + 1, rooms + 1, space + 1))
    before[0] = 0.0
    _fast_layers(n, wanted, hours, place, rooms, space, profit, before)
    after = np.empty((n + 1, rooms + 1, space + 1))
    after[0] = 0.0
    _fast_layers(n, wanted[:n][::-1].copy(), hours, place, rooms, space, profit, after)
    full = before[n, rooms, space]
    # what is not wanted, or never among the best of its kind, comes on top of the others
    for k in range(len(hours)):
        p = rooms - place[k] if rooms > 0 else 0
        loss[k] = max(0.0, full - before[n, p, space - hours[k]] - profit[k])
    for a in range(n):
        c = wanted[a]
        p = rooms - place[c] if rooms > 0 else 0
        left = space - hours[c]
        top = 0.0
        for r in range(p + 1):
            one, other = before[a, r], after[n - 1 - a, p - r]
            for h in range(left + 1):
                both = one[h] + other[left - h]
                if both > top:
                    top = both
        loss[c] = max(0.0, full - top - profit[c])


@compiled
def fast_losses(
    first, last, start, hours, place, hours_limit, places_limit, part, cost, price, loss
):
    """Losses of the columns of offers first to last - 1, as plain loops to be compiled."""
    for offer in range(first, last):
        low, high = start[offer], start[offer + 1]
        if low == high:
            continue
        here, held, mine = hours[low:high], place[low:high], loss[low:high]
        profit, wanted = np.empty(high - low), np.empty(high - low, np.int64)
        for k in range(low, high):
            profit[k - low] = price[part[k]] - cost[k]
        n, weight, heads = fast_best(
            here, held, hours_limit[offer], places_limit[offer], profit, wanted
        )
        space = min(hours_limit[offer], weight + here.max())
        rooms = places_limit[offer] if heads + 1 > places_limit[offer] else 0
        large = rooms > 0 and (n + 1) * (rooms + 1) * (space + 1) > LARGE_PLANES
        if large:
            _priced_losses(n, wanted, here, held, profit, rooms, space, mine)
        else:
            _exact_losses(n, wanted, here, held, profit, rooms, space, mine)


fast_losses = only_where_compiled(fast_losses)
