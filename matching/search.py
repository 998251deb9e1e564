"""Improving placements: neighbourhood after neighbourhood is decided anew, several at a time.

Neighbourhoods are taken back in the order in which they were set off, and each has a limit of
effort that is counted in a solver's own steps, so a run that is not cut short by the clock repeats
exactly from its seed.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.bound import Prices
from matching.core import Core
from matching.exact import NO_COLUMNS, value_of
from matching.incumbent import Incumbent
from matching.neighbourhood import Neighbourhoods
from matching.pace import Pace, Way, close_ways
from matching.reconsider import POINT, Answer, Question, decide
from matching.residue import residue
from matching.run import Run
from matching.table import Table

MOST_OPTIONS = 24
"""Columns a component may choose from in one neighbourhood, least loss first."""
WAITING = 1
"""Neighbourhoods set off beyond one for each worker, so that nobody waits for the next."""
LONGEST_S = 10.0
"""No neighbourhood takes longer than this, whatever its effort."""
RECOVERY = 0.99
"""How fast offers that brought nothing come into question again."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A neighbourhood under way, along offers visited; changes: improvements known to it."""

    way: Way
    question: Question
    visited: list[int]
    changes: int
    answer: Future[Answer]


class Search:
    """One search over one incumbent: see `improve`."""

    def __init__(
        self, incumbent, table, core, prices, loss, run, pool, floor, salt, around
    ) -> None:
        self.incumbent, self.table, self.loss, self.run = incumbent, table, loss, run
        self.pool, self.floor = pool, floor
        self.r = np.random.default_rng([run.seed, salt])
        self.grounds = Neighbourhoods(table, core, prices, loss)
        self.grounds.asked_for = list(around or [])
        self.close = around is not None
        self.pace = Pace(close_ways()) if self.close else Pace()
        self.reach = usual_reach(prices)
        self.jobs: deque[Job] = deque()
        self.changes = 0
        self.nobody = residue(table, NO_COLUMNS)

    def is_full(self) -> bool:
        """No more neighbourhoods are to be set off for now."""
        done = self.close and not self.grounds.asked_for
        return done or len(self.jobs) >= self.run.workers + WAITING

    def set_off(self) -> None:
        """Begin one more neighbourhood, disjoint from those under way, if one is found."""
        incumbent, table, r = self.incumbent, self.table, self.r
        self.grounds.prepare(incumbent)
        way = self.pace.choose(r)
        reach = self.reach * way.width
        busy = {unit for job in self.jobs for unit in job.question.units.tolist()}
        visited_now = {offer for job in self.jobs for offer in job.visited}
        size = int(way.size * r.uniform(0.7, 1.3))
        units, visited = self.grounds.grow(r, size, reach, busy, visited_now, incumbent)
        if len(units) < 2:
            return
        old = incumbent.columns_of(units)
        room = residue(table, np.setdiff1d(incumbent.columns, old))
        columns = _options(incumbent, table, self.loss, units, reach)
        columns = columns[
            (room.hours[table.offer[columns]] >= table.hours[columns])
            & (room.places[table.offer[columns]] > 0)
        ]
        columns = np.union1d(columns, old)
        sharers = self.run.workers + WAITING
        keep = None if self.floor is None else _value_to_keep(incumbent, old, self.floor, sharers)
        question = Question(table, units, columns, room, old, keep)
        answer = self.pool.submit(self._decide, question, way.solver, int(r.integers(1 << 30)))
        self.jobs.append(Job(way, question, visited, self.changes, answer))

    def _decide(self, question: Question, solver: str, seed: int) -> Answer:
        """Runs on a worker; what waited until the time was up is let go."""
        left = 0.0 if self.run.stopped else self.run.left
        return decide(question, solver, seed, min(left, LONGEST_S))

    def take(self) -> bool:
        """Wait for the oldest neighbourhood under way; True if it made the incumbent better."""
        job, incumbent = self.jobs.popleft(), self.incumbent
        answer, units = job.answer.result(), job.question.units
        value, pence = incumbent.value, incumbent.pence
        better = (
            answer.columns is not None
            and (job.changes == self.changes or self._still_fits(units, answer.columns))
            and incumbent.replace(units, answer.columns, self.floor)
        )
        self.changes += better
        gained = pence - incumbent.pence
        if self.floor is None:
            gained += POINT * (incumbent.value - value)
        job.way.learn(gained, answer.effort, answer.proven)
        self.grounds.rest(job.visited, better)
        self.grounds.tired *= RECOVERY
        return better

    def _still_fits(self, units: np.ndarray, columns: np.ndarray) -> bool:
        """Whether new columns fit with what other neighbourhoods have changed meanwhile.

        They are disjoint, but two may count on the same free room.
        """
        table, incumbent, nobody = self.table, self.incumbent, self.nobody
        others = np.setdiff1d(incumbent.columns, incumbent.columns_of(units))
        left = residue(table, np.r_[others, columns])
        for name in ("hours", "places", "provider_places", "full_time"):
            # a provider may be over a limit before anyone is placed
            if np.any(getattr(left, name) < np.minimum(0, getattr(nobody, name))):
                return False
        for row, needs in left.needs.items():
            provider = table.problem.providers[row]
            if any(
                {a, b} <= needs and not {a, b} <= provider.needs_present
                for a, b in provider.must_not_mix
            ):
                return False
        return all(pence >= 0 for pence in left.budgets.values())


def improve(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    prices: Prices,
    loss: np.ndarray,
    run: Run,
    *,
    until_s: float,
    value_first: bool,
    enough,
    salt: int,
    patience: int = 240,
    least_value: int = 0,
    around: list[list[int]] | None = None,
    pace: Pace | None = None,
    reach: float | None = None,
) -> None:
    """Improve the incumbent until `until_s` seconds into the run, or `enough()` says so.

    value_first: look for more priority-weighted hours, pence breaking ties; otherwise keep the
    hours (or `least_value` of them) and look for less pence. salt separates the random choices of
    phases; patience is how many neighbourhoods without any improvement end the search. around:
    groups of offers to look around, once each and closely, and nowhere else. pace: what an
    earlier search has learnt of the ways to look. reach: the loss in pence up to which a column
    counts as wanted, where that is better known than `usual_reach`.
    """
    floor, barren = None if value_first else least_value, 0
    with ThreadPoolExecutor(run.workers) as pool:
        search = Search(incumbent, table, core, prices, loss, run, pool, floor, salt, around)
        search.pace = pace or search.pace
        search.reach = reach or search.reach
        while True:
            for _ in range(3 * run.workers):
                over = barren >= patience or run.seconds >= until_s or run.is_over() or enough()
                if over or search.is_full():
                    break
                search.set_off()
            if search.jobs:
                barren = 0 if search.take() else barren + 1
                tell(incumbent, run)
            elif over or search.is_full():
                return
            else:
                barren += 1


def usual_reach(prices: Prices) -> float:
    """The loss in pence up to which a column counts as wanted: a share of the usual cost."""
    return 0.3 * float(np.mean(prices.cost)) + 1.0


def tell(incumbent: Incumbent, run: Run) -> None:
    """Report the incumbent to whoever watches."""
    columns, table = incumbent.columns, incumbent.table
    run.holds(
        int(incumbent.placed.sum()),
        int(table.hours[columns].sum()),
        int((table.cost[columns] + table.transport[columns]).sum()),
    )
    run.report("Improving the placements", often=0.5)


def _options(incumbent, table, loss, units, reach) -> np.ndarray:
    """The columns worth offering to the units: small loss, the best few of each component."""
    if not len(units):
        return np.zeros(0, dtype=np.int64)
    found = []
    for part in incumbent.parts_of(units):
        columns = np.arange(table.part_start[part], table.part_start[part + 1])
        columns = columns[loss[columns] <= reach]
        if len(columns) > MOST_OPTIONS:
            columns = columns[np.argsort(loss[columns], kind="stable")[:MOST_OPTIONS]]
        found.append(columns)
    return np.concatenate(found)


def _value_to_keep(incumbent: Incumbent, old: np.ndarray, floor: int, sharers: int) -> int:
    """The value some units must keep: theirs, less their share of what the policy may give up."""
    spare = max(0, incumbent.value - floor) // sharers
    return value_of(incumbent.table, old) - spare
