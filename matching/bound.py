"""A proven limit: no result can cost less than this, unplaced children counted at a penalty.

Every component gets a price that placing it may claim. An offer then keeps the load that is
worth most to it (see `knapsack`), which is the children's prices less their costs. The sum of
prices less the offers' gains is a lower bound for any prices (Lagrangian duality); the work is to
find prices that make it high. They start from a smoothed dual of the linear relaxation and climb
by subgradients.
"""

from dataclasses import dataclass

import numpy as np

from matching.core import Core
from matching.relaxation import relaxed_prices
from matching.run import Run

PINNED = 1e12
"""Penalty of leaving out a unit that an officer has pinned: never worth it."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices of live parts and what they prove.

    cost by column and penalty by unit are what is being made small. gain: the most each offer
    can keep at these prices. bound: sum of prices less gains. offer_hour: about what one more
    hour at each offer is worth.
    """

    cost: np.ndarray
    penalty: np.ndarray
    price: np.ndarray
    gain: np.ndarray
    taken: np.ndarray
    bound: float
    offer_hour: np.ndarray

    def profit(self, core: Core) -> np.ndarray:
        """What each column is worth to its offer at these prices."""
        return self.price[core.part] - self.cost

    def unplaced_value(self, core: Core) -> float:
        """Priority-weighted hours that the relaxed solution leaves out."""
        claimed = np.bincount(core.part_unit, self.price, core.units)
        wanted = np.bincount(core.part[self.taken], minlength=core.parts)
        full = np.ones(core.units)
        np.minimum.at(full, core.part_unit, np.minimum(wanted, 1))
        left_out = (full < 1) & (claimed >= self.penalty * (1 - 1e-9))
        return float(core.value[left_out].sum())


def price_parts(
    core: Core,
    cost: np.ndarray,
    penalty: np.ndarray,
    run: Run,
    *,
    climbs: int,
    smooth_steps: int = 40,
    start: tuple[np.ndarray, np.ndarray] | None = None,
    target: float | None = None,
) -> Prices:
    """The best prices found within `climbs` subgradient steps.

    start: prices of parts and of an hour at each offer from an earlier, similar question, to
        climb from instead of the relaxation.
    target: the cost of a known result, which sets the length of the steps.
    """
    penalty = np.where(core.pinned, PINNED, penalty.astype(float))
    cost = cost.astype(float)
    if start is None:
        finite = penalty < PINNED
        usual = float(np.mean(penalty[finite])) if finite.any() else float(np.mean(cost)) + 1
        price, offer_hour = relaxed_prices(core, cost, penalty, usual, smooth_steps, run)
    else:
        price, offer_hour = start
    price = _within_penalty(core, price, penalty)
    return _climb(core, cost, penalty, price, offer_hour, run, climbs, target)


def evaluate(core: Core, cost, penalty, price, offer_hour, workers: int = 1) -> Prices:
    """What given prices prove; they must claim no more than the penalties."""
    gain, taken = core.knapsacks.best_loads(price[core.part] - cost, workers)
    return Prices(cost, penalty, price, gain, taken, float(price.sum() - gain.sum()), offer_hour)


def _within_penalty(core: Core, price, penalty) -> np.ndarray:
    """Take off, evenly over a unit's parts, what its prices claim beyond its penalty."""
    claimed = np.bincount(core.part_unit, price, core.units)
    over = np.maximum(0.0, claimed - penalty) / np.bincount(core.part_unit, minlength=core.units)
    return price - over[core.part_unit]


def _climb(core: Core, cost, penalty, price, offer_hour, run, climbs, target) -> Prices:
    """Subgradient steps with a running mean direction and steps aimed at a falling target."""
    here = best = evaluate(core, cost, penalty, price, offer_hour, run.workers)
    aim, eager, idle = 0.01, 1.0, 0
    direction = np.zeros(core.parts)
    for _ in range(climbs):
        if run.is_over():
            break
        wanted = np.bincount(core.part[here.taken], minlength=core.parts)
        slope = 1.0 - wanted
        # a unit already at its penalty can claim no more as a whole
        direction = 0.6 * direction + 0.4 * slope
        goal = best.bound + max(abs(best.bound), 1.0) * aim
        if target is not None:
            goal = min(goal, max(target, best.bound + 1e-4 * abs(best.bound)))
        size = eager * (goal - here.bound) / max(direction @ direction, 1e-9)
        price = _within_penalty(core, price + size * direction, penalty)
        here = evaluate(core, cost, penalty, price, offer_hour, run.workers)
        if here.bound > best.bound * (1 + 1e-12) + 1e-9:
            idle = 0 if here.bound > best.bound + 2e-5 * abs(best.bound) else idle + 1
            best = here
        else:
            idle += 1
        if idle >= 8:
            idle, eager, aim = 0, eager * 0.7, aim * 0.7
            price, here = best.price, best
            direction[:] = 0
            if eager < 0.01:
                break
    return best
