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
from matching.incumbent import Aim, Incumbent, best_of_parts, spans
from matching.neighbourhood import Neighbourhoods
from matching.pace import Pace, Way, close_ways
from matching.reconsider import Answer, Question, decide
from matching.room import Room
from matching.run import Run

MOST_OPTIONS = 24
"""Columns a component may choose from in one neighbourhood, least loss first."""
WAITING = 3
"""Neighbourhoods set off beyond one for each worker, so that nobody waits for a long one."""
LONGEST_S = 10.0
"""No neighbourhood takes longer than this, whatever its effort."""
RECOVERY = 0.99
"""How fast offers that brought nothing come into question again."""
TELL_S = 0.25
"""Seconds between reports of the incumbent."""


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

    def __init__(self, incumbent, core, prices, loss, run, pool, aim, salt, around) -> None:
        self.incumbent, self.table, self.loss, self.run = incumbent, incumbent.table, loss, run
        self.pool, self.aim = pool, aim
        self.r = np.random.default_rng([run.seed, salt])
        self.grounds = Neighbourhoods(incumbent, core, prices, loss)
        self.grounds.asked_for = list(around or [])
        self.room = Room.of(self.table, incumbent.columns)
        self.close = around is not None
        self.pace = Pace(close_ways()) if self.close else Pace()
        self.reach = usual_reach(prices)
        self.jobs: deque[Job] = deque()
        self.changes = 0

    def is_full(self) -> bool:
        """No more neighbourhoods are to be set off for now."""
        done = self.close and not self.grounds.asked_for
        return done or len(self.jobs) >= self.run.workers + WAITING

    def set_off(self) -> None:
        """Begin one more neighbourhood, disjoint from those under way, if one is found."""
        incumbent, table, r = self.incumbent, self.table, self.r
        self.grounds.look()
        way = self.pace.choose(r)
        reach = self.reach * way.width
        busy = {unit for job in self.jobs for unit in job.question.units.tolist()}
        visited_now = {offer for job in self.jobs for offer in job.visited}
        size = int(way.size * r.uniform(0.7, 1.3))
        units, visited = self.grounds.grow(r, size, reach, busy, visited_now, incumbent)
        if len(units) < 2:
            return
        old = incumbent.columns_of(units)
        room = self.room.changed(old, NO_COLUMNS).left
        columns = _options(incumbent, table, self.loss, units, reach)
        columns = columns[
            (room.hours[table.offer[columns]] >= table.hours[columns])
            & (room.places[table.offer[columns]] > 0)
        ]
        columns = np.union1d(columns, old)
        sharers = self.run.workers + WAITING
        keep = _value_to_keep(incumbent, old, self.aim.least_value, sharers)
        question = Question(table, units, columns, room, old, self.aim.point, keep)
        answer = self.pool.submit(self._decide, question, int(r.integers(1 << 30)))
        self.jobs.append(Job(way, question, visited, self.changes, answer))

    def _decide(self, question: Question, seed: int) -> Answer:
        """Runs on a worker; what waited until the time was up is let go."""
        left = 0.0 if self.run.stopped else self.run.left
        return decide(question, seed, min(left, LONGEST_S))

    def take(self) -> bool:
        """Wait for the oldest neighbourhood under way; True if it made the incumbent better."""
        job, incumbent, aim = self.jobs.popleft(), self.incumbent, self.aim
        answer, units = job.answer.result(), job.question.units
        value, pence = incumbent.value, incumbent.pence
        old, new = incumbent.columns_of(units), answer.columns
        better = new is not None and self._takes(job, old, new)
        self.changes += better
        gained = pence - incumbent.pence + aim.point * (incumbent.value - value)
        job.way.learn(gained, answer.effort, answer.proven)
        self.grounds.rest(job.visited, better)
        self.grounds.tired *= RECOVERY
        return better

    def _takes(self, job: Job, old: np.ndarray, new: np.ndarray) -> bool:
        """Take new columns if they are better and still fit; True if so."""
        room = self.room.changed(old, new)
        # neighbourhoods are disjoint, but two may count on the same free room
        if job.changes != self.changes and not room.is_kept():
            return False
        if not self.incumbent.replace(job.question.units, new, self.aim):
            return False
        self.room = room
        self.grounds.change(old, new)
        return True


def improve(
    incumbent: Incumbent,
    core: Core,
    prices: Prices,
    loss: np.ndarray,
    run: Run,
    aim: Aim,
    *,
    until_s: float,
    enough,
    salt: int,
    patience: int,
    around: list[list[int]] | None = None,
    pace: Pace | None = None,
    reach: float | None = None,
) -> None:
    """Improve the incumbent until `until_s` seconds into the run, or `enough()` says so.

    salt separates the random choices of phases; patience is how many neighbourhoods without any
    improvement end the search. around: groups of offers to look around, once each and closely, and
    nowhere else. pace: what an earlier search has learnt of the ways to look. reach: the loss in
    pence up to which a column counts as wanted, where that is better known than `usual_reach`.
    """
    barren, told = 0, run.seconds
    with ThreadPoolExecutor(run.workers) as pool:
        search = Search(incumbent, core, prices, loss, run, pool, aim, salt, around)
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
            elif over or search.is_full():
                tell(incumbent, run)
                return
            else:
                barren += 1
            if run.seconds - told > TELL_S:
                told = run.seconds
                tell(incumbent, run)


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
    parts = incumbent.parts_of(units)
    columns = spans(table.part_start[parts], table.part_start[parts + 1])
    columns = columns[loss[columns] <= reach]
    return best_of_parts(table, columns, loss, MOST_OPTIONS)


def _value_to_keep(incumbent: Incumbent, old: np.ndarray, floor: int, sharers: int) -> int:
    """The value some units must keep: theirs, less their share of what may be given up."""
    spare = max(0, incumbent.value - floor) // sharers
    return max(0, value_of(incumbent.table, old) - spare)
