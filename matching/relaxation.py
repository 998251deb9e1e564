"""First prices: the linear relaxation's dual, smoothed so that a quasi-Newton method climbs it.

The unknowns are a price per hour and per place of each offer; a part takes its cheapest offer, a
unit its parts or its penalty, each softened by a temperature that falls.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.optimize import minimize

from matching.compiled_dual import fast_soft_dual
from matching.core import Core
from matching.knapsack import WORTH_COMPILING, WORTH_THREADS
from matching.run import Run

WARMTHS = (0.1, 0.04, 0.015, 0.006)
"""Temperatures, as shares of what leaving a unit out usually costs."""


def relaxed_prices(core: Core, cost, penalty, usual: float, steps: int, run: Run):
    """Prices of live parts, and of an hour at each offer, after so many steps a temperature.

    usual: what leaving a unit out usually costs.
    """
    dual = _SoftDual(core, cost, penalty, usual, run.workers)

    def stop_in_time(_x):
        if run.is_over():
            raise StopIteration

    x = np.zeros(2 * dual.offers)
    for share in WARMTHS:
        found = minimize(
            dual,
            x,
            args=(share * usual,),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * len(x),
            callback=stop_in_time,
            options={"maxiter": steps, "maxcor": 15, "ftol": 1e-9, "gtol": 1e-9},
        )
        x = found.x
    price = dual.least(dual.best_at)
    return np.r_[price, np.zeros(core.shared.rows)], dual.best_at[: dual.offers]


class _SoftDual:
    """The softened dual as a function to make small; remembers where the hard one was highest."""

    def __init__(self, core: Core, cost, penalty, usual: float, workers: int) -> None:
        self.core, self.cost, self.penalty = core, cost, penalty
        self.usual, self.workers = usual, workers
        self.offers = len(core.hours_limit)
        # a place counts as many hours as is usual, so that both prices are of one size
        self.place_scale = float(core.hours.mean())
        self.best, self.best_at = -np.inf, np.zeros(2 * self.offers)
        self.unit_start = np.searchsorted(core.part_unit, np.arange(core.units + 1))
        self.start = np.r_[core.start, len(core.part)]

    def __call__(self, x: np.ndarray, warmth: float) -> tuple[float, np.ndarray]:
        """Minus the softened bound and its slope, both in units of what is usual."""
        hour, place = x[: self.offers], self.place_scale * x[self.offers :]
        compiled = fast_soft_dual is not None and len(self.core.part) >= WORTH_COMPILING
        hard, soft, hours, places = (self._fast if compiled else self._plain)(hour, place, warmth)
        core = self.core
        rent = hour @ core.hours_limit + place @ core.places_limit
        if hard - rent > self.best:
            self.best, self.best_at = hard - rent, x.copy()
        slope = np.r_[
            hours - core.hours_limit,
            (places - core.places_limit) * self.place_scale,
        ]
        return (rent - soft) / self.usual, -slope / self.usual

    def least(self, x: np.ndarray) -> np.ndarray:
        """What the cheapest column of each part costs with the rents of offers."""
        return np.minimum.reduceat(
            self._with_rent(x[: self.offers], self.place_scale * x[self.offers :]),
            self.core.start,
        )

    def _with_rent(self, hour, place) -> np.ndarray:
        core = self.core
        pence = core.hours * hour[core.offer]
        pence += core.place * place[core.offer]
        pence += self.cost
        return pence

    def _fast(self, hour, place, warmth):
        """Hard and soft sums over units, hours and places used by offer: compiled, in threads."""
        core, workers = self.core, self.workers if len(self.core.part) >= WORTH_THREADS else 1
        shares = self.start[-1] * np.arange(1, workers) / workers
        inner = np.searchsorted(self.start[self.unit_start], shares)
        edges = np.r_[0, inner, core.units]
        used = np.zeros((workers, 2, self.offers))
        tables = self.unit_start, self.start, core.offer, core.hours, core.place

        def side(n: int):
            return fast_soft_dual(
                int(edges[n]),
                int(edges[n + 1]),
                *tables,
                self.cost,
                self.penalty,
                hour,
                place,
                warmth,
                *used[n],
            )

        if workers == 1:
            return *side(0), *used[0]
        with ThreadPoolExecutor(workers) as pool:
            sums = np.array(list(pool.map(side, range(workers)))).sum(axis=0)
        return *sums, *used.sum(axis=0)

    def _plain(self, hour, place, warmth):
        """The same in numpy."""
        core, penalty = self.core, self.penalty
        weight = self._with_rent(hour, place)
        least = np.minimum.reduceat(weight, core.start)
        hard = np.minimum(penalty, np.bincount(core.part_unit, least, core.units)).sum()
        weight -= least[core.part]
        np.exp(weight / -warmth, out=weight)
        mass = np.add.reduceat(weight, core.start)
        unit = np.bincount(core.part_unit, least - warmth * np.log(mass), core.units)
        lean = np.clip((unit - penalty) / warmth, -500, 500)
        placed = 1 / (1 + np.exp(lean))
        soft = (np.minimum(unit, penalty) - warmth * np.log1p(np.exp(-np.abs(lean)))).sum()
        weight *= (placed[core.part_unit] / mass)[core.part]
        hours = np.bincount(core.offer, weight * core.hours, self.offers)
        return hard, soft, hours, np.bincount(core.offer, weight * core.place, self.offers)
