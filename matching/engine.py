"""The scalable way: a proven limit first, then placements that close in on it, in two phases.

Phase one places as many priority-weighted hours as it can; its limit is the Lagrangian bound with
every cost at nothing. Phase two holds those hours and lowers the pence a week; its limit is the
same bound with a price on each point of priority left out, the price being whichever proves most.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from matching.bound import Prices, price_parts
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS, Found
from matching.incumbent import Incumbent
from matching.result import Gap
from matching.run import Run
from matching.search import improve
from matching.table import Table

ROUNDING = 1e-9
"""Share by which a bound is lowered before use, far above the error of floating point sums."""


@dataclass(slots=True, eq=False)
class Limits:
    """The proven limits: most priority-weighted hours, least pence for hours found."""

    most_value: int
    least_pence: int = 0


def most_value(core: Core, prices: Prices) -> int:
    """The most priority-weighted hours, from prices found with every cost at nothing."""
    total = float(core.value.sum())
    least_left_out = prices.bound - ROUNDING * total - 1e-6
    return floor(total - max(0.0, least_left_out))


def least_pence(core: Core, prices: Prices, point: float, value: int) -> int:
    """The least pence a week of any result with at least `value` priority-weighted hours.

    point: pence charged for each priority-weighted hour left out when the prices were found.
    """
    spared = point * (float(core.value.sum()) - value)
    return max(0, ceil(prices.bound - spared - ROUNDING * abs(prices.bound) - 1e-3))


def losses_of(core: Core, prices: Prices, run: Run) -> np.ndarray:
    """What forcing each column in would cost the bound; infinite where it is far too much."""
    profit = prices.profit(core)
    return core.knapsacks.losses(profit, -float(np.inf), run.workers)


def solve_large(table: Table, run: Run, start: np.ndarray = NO_COLUMNS) -> Found:
    """Solve a table by bound and search, from the feasible columns `start` if there are any."""
    core = Core.of(table)
    nothing = np.zeros(table.columns)
    run.report("Proving how many hours can be placed", share=0.01)
    hours_prices = price_parts(core, nothing, core.value, run, climbs=200)
    limits = Limits(most_value(core, hours_prices))
    point = 10.0 * float(table.total.sum()) / float((table.hours * 1.0).sum()) / 100
    guide = price_parts(core, table.total, core.value * point, run, climbs=120)
    loss = losses_of(core, guide, run)
    urgency = np.zeros(table.units)
    urgency[core.unit_rows] = guide.penalty - np.bincount(
        core.part_unit, guide.price, core.units)
    incumbent = Incumbent(table, core, draft(table, loss, urgency, start))

    def value_proven() -> bool:
        run.hours_gap = Gap(incumbent.value, max(limits.most_value, incumbent.value))
        return incumbent.value >= limits.most_value

    value_proven()
    run.report("Placing as many as possible", often=0)
    improve(incumbent, table, core, guide, loss, run, until_s=0.45 * run.time_limit_s,
            value_first=True, enough=value_proven, salt=1)
    return _lower_cost(table, core, run, incumbent, limits, guide, point)


def _lower_cost(table, core, run, incumbent, limits, guide, point) -> Found:
    """Phase two: find the price of a point that proves most, then search under its prices."""
    best, best_point = guide, point
    proven = least_pence(core, guide, point, incumbent.value)
    spare = float(core.value.sum()) - incumbent.value
    low, high = 0.0, point
    prices = guide
    for _ in range(5):
        trial = (low + high) / 2
        prices = price_parts(core, table.total, core.value * trial, run, climbs=60, start=prices)
        found = least_pence(core, prices, trial, incumbent.value)
        if found > proven:
            proven, best, best_point = found, prices, trial
        if prices.unplaced_value(core) > spare:
            low = trial
        else:
            high = trial
    limits.least_pence = proven
    loss = losses_of(core, best, run)

    def proven_best() -> bool:
        limits.least_pence = max(
            limits.least_pence, least_pence(core, best, best_point, incumbent.value))
        run.hours_gap = Gap(incumbent.value, max(limits.most_value, incumbent.value))
        run.cost_gap = Gap(incumbent.pence, min(limits.least_pence, incumbent.pence))
        return incumbent.pence <= limits.least_pence

    proven_best()
    run.report("Making the placements nearer and better value", often=0)
    improve(incumbent, table, core, best, loss, run, until_s=run.time_limit_s,
            value_first=False, enough=proven_best, salt=2)
    proven_best()
    optimal = run.hours_gap.ratio == 0 and run.cost_gap.ratio == 0
    return Found(incumbent.columns, run.hours_gap, run.cost_gap, optimal)
