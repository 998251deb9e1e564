"""The scalable way: a proven limit first, then placements that close in on it, in two phases.

Phase one places as many priority-weighted hours as it can, with pence to guide it; its limit is
the Lagrangian bound with every cost at nothing. Phase two holds those hours and lowers the pence
a week; its limit is the same bound with a price on each point of priority left out, the price
being whichever proves most.
"""

from math import ceil, floor

import numpy as np

from matching import cooling as heat
from matching.bound import Prices, price_parts
from matching.cooled import cooled
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS, Found
from matching.finish import settle_pence, settle_value
from matching.incumbent import Aim, Incumbent
from matching.pace import Pace
from matching.point import price_a_point
from matching.prove import Proof, loads_are_short
from matching.result import Gap, Result
from matching.run import Run
from matching.search import improve
from matching.table import Table
from matching.warm import keep_warm, read_before

ROUNDING = 1e-9
"""Share by which a bound is lowered before use, far above the error of floating point sums."""
GUIDING_POINT = 8.0
"""While hours come first, a point of priority left out costs this many times the mean pence that
a point costs to place: enough to come first, not so much that cost no longer guides at all."""
MANY_PAIRS = 1_000_000
"""Eligible pairs from which on prices climb in fewer steps: each takes longer."""
HOLDING_POINT = 4.0
"""While hours are held, a point left out counts this many times its price in annealing."""
PRICE_SHARE = 0.3
"""Share of the time left, once hours are placed, that goes to the price of a point."""
FINISHING_S = 2e-4
"""Seconds for each component to put the result together when the search has ended."""
PROOF_SHARE = 0.5
"""Share of the time left that branch and price may take for hours, and then for cost."""
FEW_STEPS, USUAL_STEPS = 8, 40
"""Steps at each temperature for first prices: few where whole loads prove more than they do."""
STRICT, STRICT_SHARE = 8.0, 0.15
"""In the last share of the search for hours a point left out counts so many times as much: what
would be left out for its cost is placed at last, if it can be."""
VALUE_SHARE = 0.8
"""Share of the time left after the first bounds that goes to placing as many as possible."""


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


class Engine:
    """One run over one table: prices, incumbent and limits as they move."""

    def __init__(self, table: Table, run: Run) -> None:
        self.table, self.run = table, run
        run.reserve_s = min(0.1 * run.time_limit_s, FINISHING_S * table.parts)
        self.core = Core.of(table)
        self.most_value = int(self.core.value.sum())
        self.least_pence = 0
        self.least_value = 0
        self.proof: Proof | None = None
        # what placing a component usually costs, over the points that it usually counts
        usual_points = float(self.core.value.sum()) / self.core.parts
        self.point = GUIDING_POINT * max(1.0, float(table.total.mean())) / usual_points

    def solve(self, previous: Result | None = None) -> Found:
        """Both phases, from an earlier result if there is one that fits."""
        self.before = read_before(self.table, self.core, previous) if previous else None
        if self.before:
            self.point = self.before.point
        self.by_loads = (
            self._is_small() and not self.before and loads_are_short(self.table, self.core)
        )
        self.place_most()
        self.cost_least()
        run = self.run
        return Found(
            self.incumbent.columns,
            run.hours_gap,
            run.cost_gap,
            optimal=run.hours_gap.ratio == 0 and run.cost_gap.ratio == 0,
            offer_hours=self.prices.offer_hour,
            warm_start=keep_warm(self.table, self.core, self.hours_prices, self.prices, self.point),
        )

    def place_most(self) -> None:
        """Phase one: as many priority-weighted hours as possible, and the limit on them."""
        table, core, run = self.table, self.core, self.run
        run.report("Proving how many hours can be placed", share=0.01)
        free = np.zeros(table.columns, np.int64)
        self.hours_prices = self._price(
            free, core.value, 200, self.before and self.before.hours_price
        )
        self.most_value = most_value(core, self.hours_prices)
        run.report("Working out what each place is worth", share=0.03)
        self.guide = self._price(
            table.total, core.value * self.point, 60, self.before and self.before.pence_price
        )
        loss = self.guide.losses(self.core, self.run.workers)
        urgency = np.zeros(table.units)
        urgency[core.unit_rows] = self.guide.penalty - np.bincount(
            core.part_unit, self.guide.price, core.units
        )
        kept = self.before.columns if self.before else NO_COLUMNS
        self.incumbent = Incumbent(table, core, draft(table, loss, urgency, kept))
        self._value_proven()
        if self.by_loads:
            if self._place_by_loads():
                return
            self.by_loads = False
            self.hours_prices = self._price(free, core.value, 200)
        if not (self.before or self._is_small() or heat.is_soon_seen(core, run, self.most_value)):
            self._anneal(loss, heat.FROM_A_DRAFT)
        self._look_for_hours(loss)
        if not (self._value_proven() or self.before or run.is_over()):
            self.most_value = settle_value(
                self.incumbent,
                table,
                core,
                self.hours_prices,
                self.most_value,
                run,
                0.5 * run.left,
            )
            self._value_proven()

    def _place_by_loads(self) -> bool:
        """Phase one by branch and price, where offers hold few: whether it is proven to the end."""
        run = self.run
        run.report("Placing as many as possible")
        self.proof = Proof.begin(self.incumbent, self.table, self.core, self.guide, run, self.point)
        self.proof.first_results()
        until_s = run.seconds + PROOF_SHARE * run.left
        if not self._value_proven():
            self.most_value = self.proof.most_value(self.most_value, until_s)
        return self._value_proven()

    def _cost_by_loads(self) -> bool:
        """Phase two by branch and price: whether it is proven to the end."""
        run = self.run
        run.report("Making the placements nearer and better value")
        until_s = run.seconds + PROOF_SHARE * run.left
        self.least_pence = self.proof.least_pence(self.least_pence, until_s, self.least_value)
        if not self._cost_proven():
            return False
        self.point = self.proof.point
        self.prices = self._price(
            self.table.total, self.core.value * self.point, 20, self.guide.both
        )
        return True

    def _look_for_hours(self, loss: np.ndarray) -> None:
        """Search with hours and pence in one, and at last for hours at almost any cost."""
        run, pace = self.run, None if self.before else Pace()
        until_s = run.seconds + VALUE_SHARE * run.left
        last_s = until_s - STRICT_SHARE * (until_s - run.seconds)
        stretches = ((1.0, last_s), (STRICT, until_s))
        for number, (times, stretch_s) in enumerate(stretches[self.before is not None :]):
            run.report("Placing as many as possible")
            improve(
                self.incumbent,
                self.core,
                self.guide,
                loss,
                run,
                Aim(round(times * self.point)),
                until_s=stretch_s,
                enough=self._value_proven,
                patience=self._patience(),
                salt=1 + 10 * number,
                pace=pace,
                **self._where_changed(),
            )
            if self._value_proven() or run.is_over():
                return

    def _anneal(self, loss: np.ndarray, cooling: heat.Cooling) -> None:
        """Anneal, and go on from there if it is better by the guide."""

        def is_better(found: Incumbent) -> bool:
            more = found.value - self.incumbent.value
            return found.pence - self.incumbent.pence < self.point * more

        self._cool(self.guide, self.guide.penalty, loss, cooling, is_better)

    def _anneal_pence(self, loss: np.ndarray) -> None:
        """Go on from a last, cool annealing if it holds the hours for less pence."""

        def is_better(found: Incumbent) -> bool:
            return found.value >= self.least_value and found.pence < self.incumbent.pence

        penalty = HOLDING_POINT * self.point * self.core.value
        for cooling in heat.last_coolings(self.hour, self.table.total.mean() + 1.0):
            before = self.incumbent
            self._cool(self.prices, penalty, loss, cooling, is_better)
            if self.incumbent is not before:
                break

    def _cool(self, prices: Prices, penalty, loss, cooling: heat.Cooling, is_better) -> None:
        asked = penalty, loss, self.run, cooling, is_better, prices.shared
        self.incumbent = cooled(self.incumbent, self.table, self.core, *asked)

    def cost_least(self) -> None:
        """Phase two: hold the hours found, less what the policy gives up, and lower the cost."""
        table, core, run = self.table, self.core, self.run
        tolerance = table.problem.policy.hours_tolerance
        self.least_value = self.incumbent.value - floor(tolerance * self.incumbent.value)
        if self.proof and self._cost_by_loads():
            return
        prices, point = self._price_of_a_point()
        self.prices, self.point = prices, point
        self.hour = heat.worth_of_an_hour(core, prices, self.least_value)
        loss = prices.losses(self.core, self.run.workers)

        def proven() -> bool:
            self.least_pence = max(
                self.least_pence, least_pence(core, prices, point, self.least_value)
            )
            return self._cost_proven()

        if not (proven() or self.before or self._is_small()):
            self._anneal_pence(loss)
        run.report("Making the placements nearer and better value")
        reserve = 0.5 * run.left if self._is_small() else 0.0
        improve(
            self.incumbent,
            core,
            prices,
            loss,
            run,
            Aim(least_value=self.least_value),
            until_s=run.seconds + run.left - reserve,
            enough=proven,
            patience=self._patience(),
            salt=2,
            reach=heat.REACH_HOURS * self.hour,
            **self._where_changed(),
        )
        if not (proven() or self.before or run.is_over()):
            self.least_pence = max(
                self.least_pence,
                settle_pence(
                    self.incumbent,
                    table,
                    core,
                    prices,
                    point,
                    self.least_pence,
                    run,
                    run.left,
                    self.least_value,
                ),
            )
            self._cost_proven()

    def _price_of_a_point(self) -> tuple[Prices, float]:
        """The price on a point of priority whose prices prove the highest cost."""
        core, run = self.core, self.run
        if self.before:
            return self.guide, self.point
        return price_a_point(
            core,
            self.table.total,
            self.guide,
            self.point,
            float(core.value.sum()) - self.least_value,
            run,
            climbs=self._climbs(200),
            until_s=run.seconds + PRICE_SHARE * run.left,
        )

    def _price(self, cost, penalty, climbs: int, start=None) -> Prices:
        """Prices of all parts, from those of an earlier run if there are any."""
        if start is not None:
            start = start, np.zeros(len(self.core.hours_limit))
        climbs = self._climbs(climbs)
        return price_parts(
            self.core,
            cost,
            penalty,
            self.run,
            climbs=climbs,
            smooth_steps=FEW_STEPS if self.by_loads else USUAL_STEPS,
            start=start,
        )

    def _climbs(self, usual: int) -> int:
        """Steps to climb: more where they are quick, few where they go on from an earlier run."""
        if self.before:
            return 4
        if self.by_loads:
            return ceil(0.1 * usual)
        if self._is_small():
            return 3 * usual
        return ceil(usual * min(1.0, (MANY_PAIRS / self.table.columns) ** 0.5))

    def _value_proven(self) -> bool:
        """Note the gap of hours; True once it is closed."""
        self.run.hours_gap = Gap(self.incumbent.value, max(self.most_value, self.incumbent.value))
        return self.incumbent.value >= self.most_value

    def _cost_proven(self) -> bool:
        """Note both gaps; True once that of cost is closed."""
        self._value_proven()
        found = self.incumbent.pence
        self.run.cost_gap = Gap(found, min(self.least_pence, found))
        return found <= self.least_pence

    def _where_changed(self) -> dict:
        """After an earlier run: where to look again, and nowhere else."""
        return {"around": self.before.changed} if self.before else {}

    def _is_small(self) -> bool:
        return self.table.columns <= 8_000

    def _patience(self) -> int:
        """Neighbourhoods without any improvement after which a search gives up."""
        if self.before:
            return 6
        return 12 if self._is_small() else 1_000


def solve_large(table: Table, run: Run, previous: Result | None = None) -> Found:
    """Solve a table by bound and search, from an earlier result of much the same problem."""
    return Engine(table, run).solve(previous)
