"""A proven limit: no result can cost less than this, unplaced children counted at a penalty.

Every component gets a price that placing it may claim. An offer then keeps the load that is
worth most to it (see `knapsack`), which is the children's prices less their costs and less the
rent of the limits that offers share (see `shared`). The sum of prices less the offers' gains and
the rent of whole limits is a lower bound for any prices (Lagrangian duality); the work is to find
prices that make it high. They start from a smoothed dual of the linear relaxation and climb by
subgradients, each price with a step of its own.
"""

from dataclasses import dataclass

import numpy as np

from matching.core import Core
from matching.knapsack import Bids
from matching.relaxation import relaxed_prices
from matching.run import Run

PINNED = 1e12
"""Penalty of leaving out a unit that an officer has pinned: never worth it."""
FIRST_STEP, AGAIN_STEP = 0.3, 0.02
"""The first steps of a price, in mean costs: from the relaxation, and from earlier prices."""
LAST_SHARE = 0.01
"""The last steps as a share of the first."""
SCATTERED = 25.0
"""Offers for a part up to which steps keep that length: with more of them, prices lie closer."""
SHARED_PACE = 4.0
"""Steps of the prices of shared limits, as multiples of the others: they begin at nothing."""
MEAN_KEPT = 0.9
"""How much of the mean of prices is kept at each step."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices of live parts and what they prove.

    cost by column and penalty by unit are what is being made small. shared: prices of limits that
    offers share. gain: the most each offer can keep at these prices. wanted: how many offers take
    each part for it. over: how far that goes beyond each shared limit (`SharedLimits.beyond`).
    bound: sum of prices less gains and less what all of the shared limits would cost. offer_hour:
    about what one more hour at each offer is worth.
    """

    cost: np.ndarray
    penalty: np.ndarray
    price: np.ndarray
    shared: np.ndarray
    gain: np.ndarray
    wanted: np.ndarray
    over: np.ndarray
    bound: float
    offer_hour: np.ndarray

    def profit(self, core: Core, columns: np.ndarray) -> np.ndarray:
        """What each of the columns is worth to its offer at these prices."""
        worth = self.price[core.part[columns]] - self.cost[columns]
        return worth - core.shared.rent(self.shared)[columns]

    def bids(self, core: Core) -> Bids:
        """What columns can offer once the rent of shared limits is paid."""
        return core.bids(self.cost + core.shared.rent(self.shared))

    def losses(self, core: Core, workers: int) -> np.ndarray:
        """What forcing each column in would cost the bound."""
        return self.bids(core).losses(self.price, workers)

    @property
    def both(self) -> np.ndarray:
        """Prices of parts, then those of shared limits."""
        return np.r_[self.price, self.shared]


def price_parts(
    core: Core,
    cost: np.ndarray,
    penalty: np.ndarray,
    run: Run,
    *,
    climbs: int,
    smooth_steps: int = 40,
    start: tuple[np.ndarray, np.ndarray] | None = None,
) -> Prices:
    """The best prices found within `climbs` subgradient steps.

    start: prices of parts and shared limits, and of an hour at each offer, from an earlier,
        similar question, to climb from, in small steps, instead of the relaxation.
    """
    penalty = np.where(core.pinned, PINNED, penalty.astype(float))
    first_step = FIRST_STEP if start is None else AGAIN_STEP
    if start is None:
        start = relaxed_prices(core, cost, penalty, _usual(cost, penalty), smooth_steps, run)
    price, offer_hour = start
    bids, price = core.bids(cost), within(core, price, penalty)
    best = evaluate(core, bids, cost, penalty, price, offer_hour, run.workers)
    slope = Slope.at(core, first_step * _step_scale(cost, penalty))
    here, mean = best, price
    for climb in range(climbs):
        if run.is_over() or slope.is_flat(here):
            break
        price = within(core, price + slope.step(here, climb / climbs), penalty)
        mean = MEAN_KEPT * mean + (1 - MEAN_KEPT) * price
        # the steps go to and fro over the top: their mean lies above them at the end
        last = climb == climbs - 1
        at = mean if last else price
        here = evaluate(core, bids, cost, penalty, at, offer_hour, run.workers)
        best = here if here.bound > best.bound else best
    return best


def _usual(cost, penalty) -> float:
    """What leaving a unit out usually costs."""
    finite = penalty < PINNED
    return float(np.mean(penalty[finite])) if finite.any() else float(np.mean(cost)) + 1


def _step_scale(cost, penalty) -> float:
    """The size of a usual price: the mean cost, or a share of the penalty where nothing costs."""
    return float(np.mean(cost)) or _usual(cost, penalty) / 8


def evaluate(core: Core, bids: Bids, cost, penalty, both, offer_hour, workers: int = 1) -> Prices:
    """What given prices of parts and shared limits prove; see `within` for what they must keep.

    bids: of the cost.
    """
    price, shared, limits = both[: core.parts], both[core.parts :], core.shared
    over = shared
    if limits.rows:
        bids = bids.dearer(limits.rent(shared))
        gain, wanted, taken = bids.best_columns(price, workers)
        over = limits.beyond(taken, shared)
    else:
        gain, wanted = bids.best_loads(price, workers)
    bound = float(price.sum() - gain.sum() - shared @ limits.limit)
    return Prices(cost, penalty, price, shared, gain, wanted, over, bound, offer_hour)


def within(core: Core, both: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Prices that may be asked: no unit's beyond its penalty, no shared limit's below nothing.

    What the prices of a unit claim beyond its penalty is taken off evenly over its parts.
    """
    price, shared = both[: core.parts], both[core.parts :]
    claimed = np.bincount(core.part_unit, price, core.units)
    over = np.maximum(0.0, claimed - penalty) / np.bincount(core.part_unit, minlength=core.units)
    return np.r_[price - over[core.part_unit], np.maximum(0.0, shared)]


@dataclass(slots=True, eq=False)
class Slope:
    """Running means of the slope at each price and of its square, and the steps they give.

    Prices are those of parts, then those of shared limits. pace: multiples of the usual step.

    A price whose slope changes sign again and again moves little, one that is pulled the same
    way moves much; `longest` is the length of the first step of a price, in pence. Steps shorten
    to `last_share` of it.
    """

    pace: np.ndarray
    longest: float
    last_share: float
    mean: np.ndarray
    square: np.ndarray
    seen: float = 0.0

    @classmethod
    def at(cls, core: Core, longest: float) -> "Slope":
        """Nothing seen yet. longest: for a county whose parts have few offers each."""
        closer = min(1.0, SCATTERED * core.parts / len(core.part))
        last_share = LAST_SHARE / closer
        pace = np.repeat([1.0, SHARED_PACE], [core.parts, core.shared.rows])
        mean, square = np.zeros(len(pace)), np.full(len(pace), 0.3)
        return cls(pace, longest * closer**2, last_share, mean, square)

    def is_flat(self, prices: Prices) -> bool:
        """True where every part is wanted by just one offer, and no shared limit is in doubt."""
        return bool(np.all(prices.wanted == 1) and np.all(prices.over == 0))

    def step(self, prices: Prices, progress: float) -> np.ndarray:
        """What to add to each price next; progress: share of the climb that is behind."""
        slope = np.r_[1.0 - prices.wanted, prices.over]
        self.mean = 0.8 * self.mean + 0.2 * slope
        self.square = 0.98 * self.square + 0.02 * slope**2
        self.seen = 0.8 * self.seen + 0.2
        size = self.longest * self.last_share**progress
        return size * self.pace * self.mean / np.sqrt(self.square + 0.02)

    @property
    def usual(self) -> np.ndarray:
        """The mean of the slopes seen, without what it started from."""
        return self.mean / self.seen
