"""Annealing over a whole county: quick, rough improvement before CP-SAT looks closely.

Millions of small steps: a child moves to another offer and pushes up to three others on, who look
for new places. The county is cut in two (one part for each worker) along a random line, then
cut anew, so that the parts are annealed side by side and still repeat exactly from the seed.
Only where numba is installed; without it nothing happens here.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matching.compiled_anneal import MOST_PUSHED, Ground, Places, anneal
from matching.core import Core
from matching.incumbent import Incumbent
from matching.repair import keep_the_rules
from matching.run import Run
from matching.table import Table
from matching.vocabulary import HALF_DAYS

CUTS = 16
"""How often the county is cut anew while it cools."""
STEPS = 3_000
"""Most steps for each unit over the whole of the cooling."""
STEPS_A_SECOND = 250_000
"""About what one processor does: how many steps a run of so many seconds can afford."""
SHARE = 0.35
"""Share of a run's time that annealing may take."""
BEST_OF_PART = 40
"""Columns that a part may move to, those with least loss."""
MOST_PARTS = 5
"""Components of a package beyond which it keeps its places here."""
WARM, COLD = 0.2, 0.002
"""First and last temperature, as shares of the mean pence of a column."""


def anneal_county(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    penalty: np.ndarray,
    loss: np.ndarray,
    run: Run,
    salt: int,
) -> np.ndarray | None:
    """Columns found by annealing from the incumbent; None where it cannot be tried.

    penalty: by live unit, pence of leaving it out. loss: by column, in pence.
    """
    if anneal is None or table.problem.policy.tier_budgets:
        return None
    r = np.random.default_rng([run.seed, salt])
    ground = _ground(incumbent, table, core, penalty, loss)
    places = _places(table, ground, incumbent)
    mean = float(table.total.mean()) + 1.0
    heat = np.geomspace(WARM * mean, COLD * mean, CUTS + 1)
    afford = SHARE * run.time_limit_s * run.workers * STEPS_A_SECOND
    each = max(1, int(min(STEPS * core.units, afford) / CUTS))
    late = run.seconds + 1.5 * SHARE * run.time_limit_s
    with ThreadPoolExecutor(run.workers) as pool:
        for cut in range(CUTS):
            if run.is_over():
                break
            run.report("Drafting placements", often=0.5)
            # on a busy machine it cools faster rather than stopping warm
            steps = each if run.seconds < late else each // 10 + 1
            jobs = [
                pool.submit(anneal, ground, mine, units, offers, count, *heat[cut : cut + 2])
                for mine, units, offers, count in _parts(r, table, ground, places, steps, run)
            ]
            for job in jobs:
                job.result()
    columns = np.sort(places.at[places.at >= 0])
    return keep_the_rules(table, columns)


def _ground(incumbent, table: Table, core: Core, penalty, loss) -> Ground:
    """What stays as it is while annealing."""
    parties, policy = table.parties, table.problem.policy
    full_penalty = np.zeros(table.units)
    full_penalty[core.unit_rows] = penalty
    size = np.diff(table.unit_start)
    stays = (size > MOST_PARTS) | table.unit_pinned
    stays[list(incumbent.relatives)] = True
    compulsory = parties.child_compulsory[table.unit_child]
    most = np.where(compulsory, policy.full_time_hours, 1 << 30)
    for unit in np.flatnonzero(compulsory):
        there = table.exceptions.there.get(int(table.unit_child[unit]))
        if there:
            most[unit] -= max(there.values())
    columns = np.flatnonzero(np.isfinite(loss) & _plainly_allowed(table, most))
    columns = columns[np.lexsort((loss[columns], table.part[columns]))]
    start = np.searchsorted(table.part[columns], np.arange(table.parts + 1))
    rank = np.arange(len(columns)) - start[table.part[columns]]
    columns = columns[rank < BEST_OF_PART]
    shortest = max(1, int(parties.part_hours.min()))
    return Ground(
        offer=table.offer,
        provider=table.provider,
        cost=table.total.astype(float),
        wanted=columns,
        wanted_start=np.searchsorted(table.part[columns], np.arange(table.parts + 1)),
        part_hours=parties.part_hours,
        part_half_days=parties.part_half_days,
        part_unit=table.part_unit,
        unit_start=table.unit_start,
        unit_most_hours=most.astype(np.int64),
        stays=stays,
        penalty=full_penalty,
        half_days=_half_days(table),
        registered=parties.provider_registered,
        guest_start=np.r_[0, np.cumsum(parties.offer_hours // shortest + 2)],
    )


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
    bit = {half: 1 << number for number, half in enumerate(sorted(HALF_DAYS))}
    return np.array(
        [sum(bit[half] for half in offer.sessions) for offer in table.problem.offers],
        dtype=np.int64,
    )


def _places(table: Table, ground: Ground, incumbent: Incumbent) -> Places:
    """The incumbent as annealing keeps it."""
    parties, columns = table.parties, incumbent.columns
    offers = len(table.problem.offers)
    guests = np.zeros(ground.guest_start[-1], dtype=np.int64)
    row = np.zeros(table.parts, dtype=np.int64)
    count = np.zeros(offers, dtype=np.int64)
    for column in columns:
        offer, part = table.offer[column], table.part[column]
        guests[ground.guest_start[offer] + count[offer]] = part
        row[part] = count[offer]
        count[offer] += 1
    providers = len(table.problem.providers)
    taken = np.bincount(table.provider[columns], minlength=providers)
    notes = 4 * MOST_PARTS * (MOST_PUSHED + 2)
    return Places(
        at=incumbent.chosen.copy(),
        hours=parties.offer_hours
        - np.bincount(table.offer[columns], table.hours[columns], offers).astype(np.int64),
        places=parties.offer_places - count,
        provider_places=parties.provider_places - taken,
        guests=guests,
        guest_row=row,
        guest_count=count,
        note=np.zeros((notes, 2), dtype=np.int64),
        noted=np.zeros(1, dtype=np.int64),
        random=np.ones(1, dtype=np.uint64),
    )


def _parts(r, table: Table, ground: Ground, places: Places, steps: int, run: Run):
    """The county in one part for each worker: places, units, offers and how many steps."""
    angle = r.uniform(0, np.pi)
    point = np.nan_to_num(table.parties.offer_point)
    along = point @ np.array([np.sin(angle), np.cos(angle)]) + r.random(len(point)) * 1e-9
    first = np.full(len(table.problem.providers), np.inf)
    np.minimum.at(first, table.parties.offer_provider, along)
    along = first[table.parties.offer_provider]
    order = np.argsort(along, kind="stable")
    share = np.cumsum(table.parties.offer_hours[order]) / max(1, table.parties.offer_hours.sum())
    edges = along[order][np.searchsorted(share, np.arange(1, run.workers) / run.workers)]
    side = np.searchsorted(edges, along, side="right")
    low, high = _sides(table, ground, places, side)
    for number in range(run.workers):
        units = np.flatnonzero((low == number) & (high == number) & ~ground.stays)
        if not len(units):
            continue
        mine = places._replace(
            note=np.zeros_like(places.note),
            noted=np.zeros(1, dtype=np.int64),
            random=r.integers(1, 1 << 62, 1).astype(np.uint64),
        )
        yield mine, units, side == number, max(1, int(steps * len(units) / len(low)))


def _sides(table: Table, ground: Ground, places: Places, side) -> tuple[np.ndarray, np.ndarray]:
    """The first and last part of the county that each unit touches, by its places or wishes."""
    low = np.full(table.units, 1 << 30)
    high = np.full(table.units, -1)
    has = np.diff(ground.wanted_start) > 0
    wish = np.full(table.parts, -1)
    wish[has] = ground.wanted[ground.wanted_start[:-1][has]]
    column = np.where(places.at >= 0, places.at, wish)
    where = np.where(column >= 0, side[ground.offer[column]], -1)
    # a unit left out is looked for places in the part where its first component would go
    out = places.at[table.unit_start[:-1]] < 0
    where = np.where(out[table.part_unit], where[table.unit_start[:-1]][table.part_unit], where)
    np.minimum.at(low, table.part_unit, where)
    np.maximum.at(high, table.part_unit, where)
    return low, high
