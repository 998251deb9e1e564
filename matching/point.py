"""The price of a point of priority that proves the highest cost for a given number of hours.

With `value` priority-weighted hours to be placed, any price of a point left out gives a bound: that
of the penalties it makes, less what the points that may stay out would pay. It is highest at one
price of a point and prices of parts that go with it; both climb together.
"""

from math import exp

import numpy as np

from matching.bound import LAST_SHARE, MEAN_KEPT, PINNED, Prices, Slope, evaluate, within
from matching.core import Core
from matching.run import Run

STEP = 0.3
"""The first steps of a price, in mean costs."""
FULL_SHARE = 0.02
"""Points too many or too few, as a share of all, at which the price of a point moves fastest."""


def price_a_point(
    core: Core,
    cost: np.ndarray,
    guide: Prices,
    point: float,
    spare: float,
    run: Run,
    *,
    climbs: int,
    until_s: float,
) -> tuple[Prices, float]:
    """Prices of parts and of a point (pence) that prove most while `spare` points are left out.

    guide: prices at a first price of a point, to climb from. until_s: second of the run at which
        to end; the steps shorten in time for it.
    """
    bids = core.bids(cost)
    least = np.minimum.reduceat(cost, core.start).astype(float)
    kept = np.r_[least, np.zeros(core.shared.rows)]
    slope = Slope.at(core, STEP * float(cost.mean()))
    here, best, best_point = guide, guide, point
    price = mean = guide.both
    mean_point, began, done = point, run.seconds, 0.0
    while done < 1 and not run.is_over():
        step = slope.step(here, done)
        lean = _lean(core, here, slope.usual[: core.parts], least, point, spare)
        more = exp(STEP * LAST_SHARE**done * lean)
        # what a price holds beyond its cheapest place is worth in points, and moves with them
        point, price = point * more, kept + (price - kept) * more + step
        mean_point = MEAN_KEPT * mean_point + (1 - MEAN_KEPT) * point
        mean = MEAN_KEPT * mean + (1 - MEAN_KEPT) * price
        done = max(done + 1 / climbs, (run.seconds - began) / max(until_s - began, 1e-9))
        last = done > 1 - 1e-9
        at = mean_point if last else point
        penalty = np.where(core.pinned, PINNED, at * core.value)
        price = within(core, mean if last else price, penalty)
        here = evaluate(core, bids, cost, penalty, price, guide.offer_hour, run.workers)
        if here.bound - at * spare > best.bound - best_point * spare:
            best, best_point = here, at
        if last:
            break
    return best, best_point


def _lean(core: Core, here: Prices, slope, least, point: float, spare: float) -> float:
    """Whether a dearer point would prove more (to 1) or a cheaper one (to -1).

    That is the priority-weighted hours left out at these prices, beyond those that may be. Where
    a unit is at its penalty that is told by the slope of its parts; elsewhere what the prices
    hold beyond the cheapest place would move with the point.
    """
    claimed = np.bincount(core.part_unit, here.price, core.units)
    full = claimed >= here.penalty * (1 - 1e-9)
    parts = np.bincount(core.part_unit, minlength=core.units)
    left = np.clip(np.bincount(core.part_unit, slope, core.units) / parts, 0, 1)
    beyond = np.where(full[core.part_unit], 0.0, here.price - least)
    more = core.value[full] @ left[full] + slope @ beyond / point - spare
    return float(np.clip(more / (FULL_SHARE * core.value.sum()), -1, 1))
