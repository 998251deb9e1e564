"""Which columns can be in an offer's best load, as loops for numba; None where it is missing.

They give the same answers as the plain numpy ones in `knapsack`, which a test holds them to.
"""

import numpy as np

from matching.compiled_tools import SMALLEST_GAIN, compiled


@compiled
def _keep_seated(first, n, profit, items, seats, full):
    """Of items first to n - 1 keep those worth more than the least of the seated.

    seats: the profits of the best that take a place, from the first `full` on, none over as many
    as there are. Returns how many items there are then, and how many are seated.
    """
    kept = first
    for a in range(first, n):
        gain = profit[items[a]]
        if full == len(seats):
            if gain <= seats[full - 1]:
                break
            full -= 1
        row = full
        while row > 0 and seats[row - 1] < gain:
            seats[row] = seats[row - 1]
            row -= 1
        seats[row] = gain
        full += 1
        items[kept] = items[a]
        kept += 1
    return kept, full


@compiled
def fast_best(hours, place, hours_limit, places_limit, profit, items):
    """Write to `items` those that can be in a best load, and say how many and how much they use.

    The columns of one offer, in order of hours, then place. Of those alike no more than would fit
    matter, the most profitable; they are kept in order by insertion. Of those that take a place,
    one is dropped too where as many others as there are places take no more hours and are worth
    no less: one of them is always left to put in its stead.
    """
    columns = len(hours)
    seats, full = np.empty(min(places_limit, columns)), 0
    n, weight, heads, k = 0, 0, 0, 0
    while k < columns:
        w, p, first = hours[k], place[k], n
        fitting = hours_limit // w
        if p == 1:
            fitting = min(fitting, places_limit)
        while k < columns and hours[k] == w and place[k] == p:
            at = n
            if n - first == fitting:
                at -= 1
            if profit[k] > SMALLEST_GAIN and (at == n or profit[k] > profit[items[at]]):
                n = at + 1
                while at > first and profit[items[at - 1]] < profit[k]:
                    items[at] = items[at - 1]
                    at -= 1
                items[at] = k
            k += 1
        if p == 1:
            n, full = _keep_seated(first, n, profit, items, seats, full)
        weight += w * (n - first)
        heads += p * (n - first)
    return n, weight, heads
