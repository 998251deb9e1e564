"""Annealing over a whole county: quick, rough improvement before the search looks closely.

Millions of small steps, with limits that are soft at first (see `compiled_moves`). The county is
cut in two (one part for each worker) along a random line, then cut anew, so that the parts are
annealed side by side and still repeat exactly from the seed. Only where numba is installed;
without it nothing happens here.
"""

from concurrent.futures import ThreadPoolExecutor
from math import ceil

import numpy as np

from matching.bound import PINNED
from matching.budgets import Budgets
from matching.compiled_moves import anneal, sit_down
from matching.cooling import HARD, OVER, Cooling
from matching.core import Core
from matching.draft import fits_with
from matching.ground import (
    AT,
    FIRST,
    FIRST_GUEST,
    FIRST_PART,
    FREE_HOURS,
    FREE_PLACES,
    HALF_DAYS,
    LAST,
    LAST_PART,
    MINE,
    MISSING,
    MOST_HOURS,
    MOST_PENCE,
    NEEDS,
    OFFER,
    OVER_HOUR,
    OVER_PLACE,
    PROVIDER,
    REGISTERED,
    SEATS,
    SHARE,
    SHARED,
    SIDE,
    UNIT,
    WHOLE,
    Ground,
)
from matching.incumbent import Incumbent, best_of_parts
from matching.parties import NO_LIMIT
from matching.repair import keep_the_rules
from matching.run import Run
from matching.table import Table
from matching.vocabulary import HALF_DAYS as WEEK

CUTS = 400
"""How often, at most, the county is cut anew while it cools, and its limits grow harder: what the
line crosses waits until the next, so that few cuts leave its neighbourhood behind."""
FEWEST_CUTS = 48
STEPS_A_CUT = 200_000
"""Fewest steps that a cut is worth."""
STEPS = 150_000
"""Most steps for each unit over the whole of the cooling."""
STEPS_A_SECOND = 4_500_000
"""About what one processor does: how many steps a run of so many seconds can afford."""
LATEST = 0.75
"""Share of a run's time by which the cooling has ended, however busy the machine is."""
MOST_PARTS = 5
"""Components of a package beyond which it keeps its places here."""
MORE_GUESTS = 8
"""Components that an offer may have beyond its limits while these are soft."""
WHOLE_BY = 0.6
"""Share of the cooling after which packages count only as a whole."""
FINE = 10_000
"""Pence are counted in parts where a column costs fewer than this: steps take whole numbers."""


def anneal_county(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    penalty: np.ndarray,
    loss: np.ndarray,
    run: Run,
    cooling: Cooling,
    shared: np.ndarray | None = None,
) -> np.ndarray | None:
    """Columns found by annealing from the incumbent; None where it cannot be tried.

    penalty: by live unit, pence of leaving it out. loss: by column, in pence. shared: prices of
    limits over several offers, in pence, where they are known.
    """
    if anneal is None:
        return None
    r = np.random.default_rng([run.seed, cooling.salt])
    mean = float(table.total.mean()) + 1.0
    fine = ceil(FINE / mean)
    ground, columns = _ground(incumbent, table, loss, cooling.options, fine)
    if not len(columns):
        return None
    stays = _stays(incumbent, table, ground)
    limits = _Limits(table, core, fine * np.minimum(penalty, PINNED), fine * OVER * mean, cooling)
    rates = {} if shared is None else core.shared.tier_rates(shared)
    budgets = Budgets(table, columns, rates, fine)
    afford = cooling.share * run.time_limit_s * run.workers * STEPS_A_SECOND
    clock = _Cuts(run, min(STEPS * core.units, afford), cooling)
    heat = fine * mean * np.geomspace(cooling.warm, cooling.cold, clock.cuts + 1)
    with ThreadPoolExecutor(run.workers) as pool:
        for cut in range(clock.cuts):
            if run.is_over():
                break
            run.report("Trying out placements", often=0.5)
            limits.harden(ground, cut / (clock.cuts - 1))
            budgets.lead(ground)
            jobs = [
                pool.submit(anneal, ground, *part, *heat[cut : cut + 2])
                for part in _sides(r, table, ground, stays, clock.steps(cut), run.workers)
            ]
            for job in jobs:
                job.result()
    held = np.sort(columns[ground.parts[ground.parts[:, AT] >= 0, AT]])
    whole = held[ground.units[table.unit[held], MISSING] == 0]
    return keep_the_rules(table, fits_with(table, whole))


class _Limits:
    """What going beyond a limit, or leaving a component out, costs as the county cools."""

    def __init__(self, table: Table, core: Core, penalty, over: float, cooling: Cooling) -> None:
        self.over, self.cooling = over, cooling
        self.place_hours = float(core.hours.mean())
        self.penalty = np.zeros(table.units)
        self.penalty[core.unit_rows] = penalty
        hours = np.ones(table.parts)
        hours[table.part] = table.hours
        self.share = hours / np.bincount(table.part_unit, hours, table.units)[table.part_unit]

    def harden(self, ground: Ground, done: float) -> None:
        """Set the prices of a cut: done is the share of the cooling that is behind it."""
        cooling, times = self.cooling, HARD
        if done < cooling.hard_by:
            times = cooling.soft * (cooling.grown / cooling.soft) ** (done / cooling.hard_by)
        ground.offers[:, OVER_HOUR] = int(times * self.over)
        ground.offers[:, OVER_PLACE] = int(times * self.over * self.place_hours)
        whole = max(cooling.whole, min(1.0, done / WHOLE_BY))
        ground.units[:, WHOLE] = whole * self.penalty
        apart = (1 - whole) * self.penalty[ground.parts[:, UNIT]] * self.share
        ground.parts[:, SHARE] = apart


class _Cuts:
    """How many steps each cut gets: as planned, or fewer on a machine too busy for so many.

    It then cools faster, rather than stopping while it is warm.
    """

    def __init__(self, run: Run, steps: float, cooling: Cooling) -> None:
        self.cuts = int(np.clip(steps / STEPS_A_CUT, FEWEST_CUTS, CUTS))
        self.run, self.planned, self.done = run, max(1, int(steps / self.cuts)), 0
        self.began = run.seconds
        span = cooling.share * run.time_limit_s
        self.until = min(self.began + span, max(LATEST * run.time_limit_s, self.began + span / 8))

    def steps(self, cut: int) -> int:
        """Steps for this cut, the first being 0."""
        steps = self.planned
        spent = self.run.seconds - self.began
        if self.done and spent > 0:
            left = max(0.0, self.until - self.run.seconds)
            afford = int(left * self.done / spent / (self.cuts - cut))
            steps = max(steps // 20 + 1, min(steps, afford))
        self.done += steps
        return steps


def _ground(incumbent, table: Table, loss, best: int, fine: int) -> tuple[Ground, np.ndarray]:
    """The county with the incumbent in it, and the column of each option.

    best: options of a part. fine: parts that a penny is counted in.
    """
    parties = table.parties
    most = _most_hours(table)
    allowed = np.isfinite(loss) & _plainly_allowed(table, most)
    columns = _options(incumbent, table, loss, allowed, best)
    columns = columns[np.lexsort((loss[columns], table.part[columns]))]
    parts = np.zeros((table.parts, 7), dtype=np.int64)
    parts[:, AT] = -1
    parts[:, NEEDS], parts[:, UNIT] = parties.part_half_days, table.part_unit
    edges = np.searchsorted(table.part[columns], np.arange(table.parts + 1))
    parts[:, FIRST], parts[:, LAST] = edges[:-1], edges[1:]
    units = np.zeros((table.units, 6), dtype=np.int64)
    units[:, FIRST_PART], units[:, LAST_PART] = table.unit_start[:-1], table.unit_start[1:]
    units[:, MISSING] = np.diff(table.unit_start)
    units[:, MOST_HOURS] = most
    offers = _offer_rows(table, incumbent)
    ground = Ground(
        options=np.stack(
            (
                table.offer[columns],
                np.minimum(fine * table.total[columns], MOST_PENCE),
                table.hours[columns],
                table.exceptions.take_places(table.child[columns], table.provider[columns]),
            ),
            axis=1,
        ).astype(np.int32),
        offers=offers,
        parts=parts,
        units=units,
        guests=np.zeros(int(offers[:, SEATS].sum()), dtype=np.int32),
        provider_places=parties.provider_places.astype(np.int64),
    )
    held = np.flatnonzero(np.isin(columns, incumbent.columns))
    sit_down(ground, table.part[columns[held]], held)
    return ground, columns


def _stays(incumbent: Incumbent, table: Table, ground: Ground) -> np.ndarray:
    """Units that are not touched: pinned, very large, decided with others, or without options."""
    stays = (np.diff(table.unit_start) > MOST_PARTS) | table.unit_pinned
    stays[list(incumbent.relatives)] = True
    stays[table.part_unit[ground.parts[:, FIRST] == ground.parts[:, LAST]]] = True
    return stays


def _most_hours(table: Table) -> np.ndarray:
    """Hours a week that each unit may have at one unregistered provider."""
    compulsory = table.parties.child_compulsory[table.unit_child]
    most = np.where(compulsory, table.problem.policy.full_time_hours, 1 << 30)
    for unit in np.flatnonzero(compulsory):
        there = table.exceptions.there.get(int(table.unit_child[unit]))
        if there:
            most[unit] -= max(there.values())
    return most


def _options(incumbent, table: Table, loss, allowed, best: int) -> np.ndarray:
    """Of each part, the allowed columns with least loss, and the one it has."""
    columns = best_of_parts(table, np.flatnonzero(allowed), loss, best)
    return np.union1d(columns, incumbent.columns)


def _offer_rows(table: Table, incumbent: Incumbent) -> np.ndarray:
    """A row for each offer, with nobody there yet."""
    parties = table.parties
    offers = np.zeros((len(table.problem.offers), 12), dtype=np.int64)
    offers[:, FREE_HOURS], offers[:, FREE_PLACES] = parties.offer_hours, parties.offer_places
    offers[:, PROVIDER], offers[:, HALF_DAYS] = parties.offer_provider, _half_days(table)
    offers[:, SHARED] = parties.provider_places[parties.offer_provider] < NO_LIMIT
    offers[:, REGISTERED] = parties.provider_registered[parties.offer_provider]
    shortest = max(1, int(table.hours.min()))
    most = np.minimum(parties.offer_hours // shortest, parties.offer_places)
    # two components of one child may share a place, so that more can be there than places
    there = np.bincount(table.offer[incumbent.columns], minlength=len(offers))
    offers[:, SEATS] = np.maximum(most, there) + MORE_GUESTS
    offers[:, FIRST_GUEST] = np.r_[0, np.cumsum(offers[:-1, SEATS])]
    return offers


def _plainly_allowed(table: Table, most) -> np.ndarray:
    """Columns that no rule between children could touch."""
    problem, parties = table.problem, table.parties
    allowed = parties.provider_registered[table.provider] | (table.hours <= most[table.unit])
    for provider, each in enumerate(problem.providers):
        careful = {need for pair in each.must_not_mix for need in pair}
        for column in np.flatnonzero(table.provider == provider) if careful else ():
            primary = problem.children[table.child[column]].needs[:1]
            allowed[column] &= not careful.intersection(primary)
    return allowed


def _half_days(table: Table) -> np.ndarray:
    """A bit for each half-day that an offer opens."""
    bit = {half: 1 << number for number, half in enumerate(sorted(WEEK))}
    return np.array(
        [sum(bit[half] for half in offer.sessions) for offer in table.problem.offers],
        dtype=np.int64,
    )


def _sides(r, table: Table, ground: Ground, stays, steps: int, workers: int):
    """The county cut in one side for each worker: random state, parts, side and how many steps."""
    angle = r.uniform(0, np.pi)
    point = np.nan_to_num(table.parties.offer_point)
    along = point @ np.array([np.sin(angle), np.cos(angle)]) + r.random(len(point)) * 1e-9
    first = np.full(len(table.problem.providers), np.inf)
    np.minimum.at(first, table.parties.offer_provider, along)
    along = first[table.parties.offer_provider]
    order = np.argsort(along, kind="stable")
    share = np.cumsum(table.parties.offer_hours[order]) / max(1, table.parties.offer_hours.sum())
    edges = along[order][np.searchsorted(share, np.arange(1, workers) / workers)]
    ground.offers[:, SIDE] = np.searchsorted(edges, along, side="right")
    ground.units[:, MINE] = np.where(stays, -1, _side_of_units(table, ground))
    mine = ground.units[ground.parts[:, UNIT], MINE]
    for number in range(workers):
        parts = np.flatnonzero(mine == number)
        if len(parts):
            random = r.integers(1, 1 << 62, 1).astype(np.uint64)
            yield random, parts, number, max(1, int(steps * len(parts) / len(mine)))


def _side_of_units(table: Table, ground: Ground) -> np.ndarray:
    """The side that each unit lies on by its places, or its best wishes; -1 for more than one."""
    low = np.full(table.units, 1 << 30)
    high = np.full(table.units, -1)
    at, first = ground.parts[:, AT], ground.parts[:, FIRST]
    some = (at >= 0) | (first < ground.parts[:, LAST])
    option = np.where(at >= 0, at, first)[some]
    where = ground.offers[ground.options[option, OFFER], SIDE]
    # what is out counts only where nothing of the unit is placed, and then its first component
    placed = np.zeros(table.units, dtype=bool)
    placed[table.part_unit[at >= 0]] = True
    unit = table.part_unit[some]
    counts = np.where(placed[unit], at[some] >= 0, np.r_[True, unit[1:] != unit[:-1]])
    np.minimum.at(low, unit[counts], where[counts])
    np.maximum.at(high, unit[counts], where[counts])
    return np.where(low == high, low, -1)
