"""Annealing over a whole county: quick, rough improvement before CP-SAT looks closely.

Millions of small steps: a child moves to another offer and pushes up to three others on, who look
for new places. The county is cut in two (one part for each worker) along a random line, then
cut anew, so that the parts are annealed side by side and still repeat exactly from the seed.
Only where numba is installed; without it nothing happens here.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.bound import PINNED
from matching.compiled_moves import (
    AT,
    FIRST,
    FIRST_GUEST,
    FIRST_PART,
    FREE_HOURS,
    FREE_PLACES,
    GUESTS,
    HALF_DAYS,
    LAST,
    LAST_PART,
    LEAST,
    MOST_HOURS,
    MOST_PUSHED,
    NEEDS,
    OFFER,
    PENALTY,
    PROVIDER,
    REGISTERED,
    SEAT,
    SIDE,
    STAYS,
    UNIT,
    Ground,
    Hand,
    anneal,
)
from matching.core import Core
from matching.incumbent import Incumbent
from matching.repair import keep_the_rules
from matching.run import Run
from matching.table import Table
from matching.vocabulary import HALF_DAYS as WEEK

CUTS = 16
"""How often the county is cut anew while it cools."""
STEPS = 60_000
"""Most steps for each unit over the whole of the cooling."""
STEPS_A_SECOND = 650_000
"""About what one processor does: how many steps a run of so many seconds can afford."""
LATEST = 0.75
"""Share of a run's time by which the cooling has ended, however busy the machine is."""
BEST_OF_PART = 24
"""Columns that a part may move to, those with least loss."""
MOST_PARTS = 5
"""Components of a package beyond which it keeps its places here."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """First and last temperature as shares of the mean pence of a column, the share of a run's
    time that it may take, and what keeps its random choices apart from others."""

    warm: float
    cold: float
    share: float
    salt: int


FROM_A_DRAFT = Cooling(warm=0.5, cold=0.01, share=0.7, salt=3)
FOR_THE_PENCE = Cooling(warm=0.03, cold=0.004, share=0.1, salt=4)


def anneal_county(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    penalty: np.ndarray,
    loss: np.ndarray,
    run: Run,
    cooling: Cooling,
) -> np.ndarray | None:
    """Columns found by annealing from the incumbent; None where it cannot be tried.

    penalty: by live unit, pence of leaving it out. loss: by column, in pence.
    """
    if anneal is None or table.problem.policy.tier_budgets:
        return None
    r = np.random.default_rng([run.seed, cooling.salt])
    ground, columns = _ground(incumbent, table, core, penalty, loss)
    if not len(columns):
        return None
    mean = float(table.total.mean()) + 1.0
    heat = np.geomspace(cooling.warm * mean, cooling.cold * mean, CUTS + 1)
    afford = cooling.share * run.time_limit_s * run.workers * STEPS_A_SECOND
    each = max(1, int(min(STEPS * core.units, afford) / CUTS))
    clock = _Cuts(run, each, cooling)
    with ThreadPoolExecutor(run.workers) as pool:
        for cut in range(CUTS):
            if run.is_over():
                break
            run.report("Trying out placements", often=0.5)
            jobs = [
                pool.submit(anneal, ground, *part, *heat[cut : cut + 2])
                for part in _parts(r, table, ground, clock.steps(cut), run.workers)
            ]
            for job in jobs:
                job.result()
    held = ground.parts[:, AT]
    return keep_the_rules(table, np.sort(columns[held[held >= 0]]))


class _Cuts:
    """How many steps each cut gets: as planned, or fewer on a machine too busy for so many.

    It then cools faster, rather than stopping while it is warm.
    """

    def __init__(self, run: Run, planned: int, cooling: Cooling) -> None:
        self.run, self.planned, self.done = run, planned, 0
        self.began = run.seconds
        span = cooling.share * run.time_limit_s
        self.until = min(self.began + span, max(LATEST * run.time_limit_s, self.began + span / 8))

    def steps(self, cut: int) -> int:
        """Steps for this cut, the first being 0."""
        steps = self.planned
        spent = self.run.seconds - self.began
        if self.done and spent > 0:
            left = max(0.0, self.until - self.run.seconds)
            afford = int(left * self.done / spent / (CUTS - cut))
            steps = max(steps // 20 + 1, min(steps, afford))
        self.done += steps
        return steps


def _ground(incumbent, table: Table, core: Core, penalty, loss) -> tuple[Ground, np.ndarray]:
    """The county with the incumbent in it, and the column of each option."""
    parties = table.parties
    most = _most_hours(table)
    columns = _options(incumbent, table, loss, np.isfinite(loss) & _plainly_allowed(table, most))
    columns = columns[np.lexsort((table.total[columns], table.part[columns]))]
    by_loss = np.lexsort((loss[columns], table.part[columns]))
    parts = _part_rows(table, columns)
    some = parts[:, FIRST] < parts[:, LAST]
    least = np.zeros(table.parts)
    least[some] = table.total[columns[parts[some, FIRST]]]
    units = np.zeros((table.units, 6), dtype=np.int64)
    units[:, FIRST_PART], units[:, LAST_PART] = table.unit_start[:-1], table.unit_start[1:]
    units[core.unit_rows, PENALTY] = np.minimum(penalty, PINNED).astype(np.int64)
    units[:, MOST_HOURS] = most
    units[:, LEAST] = np.bincount(table.part_unit, least, table.units)
    units[:, STAYS] = (np.diff(table.unit_start) > MOST_PARTS) | table.unit_pinned
    units[list(incumbent.relatives), STAYS] = 1
    shortest = max(1, int(table.hours.min()))
    first_guest = np.r_[0, np.cumsum(parties.offer_hours // shortest + 2)]
    ground = Ground(
        options=np.stack(
            (table.offer[columns], table.total[columns], table.hours[columns]), axis=1
        ).astype(np.int32),
        by_loss=by_loss.astype(np.int32),
        offers=_offer_rows(table, first_guest[:-1]),
        parts=parts,
        units=units,
        guests=np.zeros(first_guest[-1], dtype=np.int32),
        provider_places=parties.provider_places.astype(np.int64),
    )
    _seat(ground, table, columns, incumbent)
    return ground, columns


def _most_hours(table: Table) -> np.ndarray:
    """Hours a week that each unit may have at one unregistered provider."""
    compulsory = table.parties.child_compulsory[table.unit_child]
    most = np.where(compulsory, table.problem.policy.full_time_hours, 1 << 30)
    for unit in np.flatnonzero(compulsory):
        there = table.exceptions.there.get(int(table.unit_child[unit]))
        if there:
            most[unit] -= max(there.values())
    return most


def _options(incumbent, table: Table, loss, allowed) -> np.ndarray:
    """Of each part, the allowed columns with least loss, and the one it has."""
    columns = np.flatnonzero(allowed)
    columns = columns[np.lexsort((loss[columns], table.part[columns]))]
    start = np.searchsorted(table.part[columns], np.arange(table.parts + 1))
    rank = np.arange(len(columns)) - start[table.part[columns]]
    return np.union1d(columns[rank < BEST_OF_PART], incumbent.columns)


def _part_rows(table: Table, columns) -> np.ndarray:
    """A row for each part: half-days, unit, and where its options are."""
    parts = np.zeros((table.parts, 6), dtype=np.int64)
    parts[:, AT] = -1
    parts[:, NEEDS] = table.parties.part_half_days
    parts[:, UNIT] = table.part_unit
    edges = np.searchsorted(table.part[columns], np.arange(table.parts + 1))
    parts[:, FIRST], parts[:, LAST] = edges[:-1], edges[1:]
    return parts


def _offer_rows(table: Table, first_guest) -> np.ndarray:
    """A row for each offer, with nobody there yet."""
    parties = table.parties
    offers = np.zeros((len(table.problem.offers), 8), dtype=np.int64)
    offers[:, FREE_HOURS], offers[:, FREE_PLACES] = parties.offer_hours, parties.offer_places
    offers[:, PROVIDER], offers[:, HALF_DAYS] = parties.offer_provider, _half_days(table)
    offers[:, REGISTERED] = parties.provider_registered[parties.offer_provider]
    offers[:, FIRST_GUEST] = first_guest
    return offers


def _seat(ground: Ground, table: Table, columns, incumbent) -> None:
    """Put the incumbent in its places."""
    option_of = np.full(table.columns, -1, dtype=np.int64)
    option_of[columns] = np.arange(len(columns))
    for column in incumbent.columns:
        part, offer = table.part[column], ground.offers[table.offer[column]]
        ground.parts[part, AT] = option_of[column]
        ground.parts[part, SEAT] = offer[GUESTS]
        ground.guests[offer[FIRST_GUEST] + offer[GUESTS]] = part
        offer[GUESTS] += 1
        offer[FREE_HOURS] -= table.hours[column]
        offer[FREE_PLACES] -= 1
        ground.provider_places[offer[PROVIDER]] -= 1


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


def _parts(r, table: Table, ground: Ground, steps: int, workers: int):
    """The county cut in one part for each worker: a hand, units, side and how many steps."""
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
    low, high = _sides(table, ground)
    notes = 4 * MOST_PARTS * (MOST_PUSHED + 2)
    for number in range(workers):
        units = np.flatnonzero((low == number) & (high == number) & (ground.units[:, STAYS] == 0))
        if not len(units):
            continue
        hand = Hand(
            note=np.zeros((notes, 2), dtype=np.int64),
            noted=np.zeros(1, dtype=np.int64),
            pushed=np.zeros(MOST_PUSHED, dtype=np.int64),
            random=r.integers(1, 1 << 62, 1).astype(np.uint64),
        )
        yield hand, units, number, max(1, int(steps * len(units) / len(low)))


def _sides(table: Table, ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    """The first and last part of the county that each unit touches, by its places or wishes."""
    low = np.full(table.units, 1 << 30)
    high = np.full(table.units, -1)
    parts = ground.parts
    has = parts[:, LAST] > parts[:, FIRST]
    option = parts[:, AT].copy()
    out = option < 0
    option[out & has] = ground.by_loss[parts[out & has, FIRST]]
    where = np.where(option >= 0, ground.offers[ground.options[option, OFFER], SIDE], -1)
    # a unit left out is looked for places in the part where its first component would go
    first = table.unit_start[:-1][table.part_unit]
    where = np.where(out[first], where[first], where)
    np.minimum.at(low, table.part_unit, where)
    np.maximum.at(high, table.part_unit, where)
    return low, high
