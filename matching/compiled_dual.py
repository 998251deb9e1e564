"""The softened dual of the linear relaxation as plain loops; None where numba is not installed.

Gives the same answers as the numpy form in `relaxation`, which a test holds it to, without any
array as long as the columns.
"""

import numpy as np

from matching.compiled_tools import compiled, only_where_compiled

FAR = 30.0
"""Warmths above the least beyond which a column's weight is nothing."""


@compiled
def fast_soft_dual(
    first,
    last,
    unit_start,
    start,
    offer,
    hours,
    place,
    cost,
    penalty,
    hour_price,
    place_price,
    warmth,
    hours_used,
    places_used,
):
    """Add up units first to last - 1: their hard and their softened least pence.

    unit_start and start: the parts of each unit and the columns of each part, with one more at
    the end. hours_used and places_used: by offer, added to here.
    """
    longest = 0
    for unit in range(first, last):
        low, high = start[unit_start[unit]], start[unit_start[unit + 1]]
        longest = max(longest, high - low)
    weight = np.empty(longest)
    hard, soft = 0.0, 0.0
    for unit in range(first, last):
        from_here = start[unit_start[unit]]
        least_sum, soft_sum = 0.0, 0.0
        for part in range(unit_start[unit], unit_start[unit + 1]):
            low, high = start[part], start[part + 1]
            least = np.inf
            for k in range(low, high):
                j = offer[k]
                pence = cost[k] + hours[k] * hour_price[j] + place[k] * place_price[j]
                weight[k - from_here] = pence
                least = min(least, pence)
            mass = 0.0
            for k in range(low - from_here, high - from_here):
                above = (weight[k] - least) / warmth
                weight[k] = np.exp(-above) if above < FAR else 0.0
                mass += weight[k]
            for k in range(low - from_here, high - from_here):
                weight[k] /= mass
            least_sum += least
            soft_sum += least - warmth * np.log(mass)
        lean = min(500.0, max(-500.0, (soft_sum - penalty[unit]) / warmth))
        placed = 1.0 / (1.0 + np.exp(lean))
        hard += min(penalty[unit], least_sum)
        soft += min(penalty[unit], soft_sum) - warmth * np.log1p(np.exp(-abs(lean)))
        if placed > 1e-9:
            for k in range(from_here, start[unit_start[unit + 1]]):
                share = placed * weight[k - from_here]
                if share > 0.0:
                    hours_used[offer[k]] += share * hours[k]
                    places_used[offer[k]] += share * place[k]
    return hard, soft


fast_soft_dual = only_where_compiled(fast_soft_dual)
