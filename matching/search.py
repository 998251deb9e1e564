"""Improving placements: CP-SAT re-decides neighbourhood after neighbourhood, several at a time.

Rounds are synchronous and every sub-problem has a limit of deterministic effort, so a run that
is not cut short by the clock repeats exactly from its seed.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from matching.bound import Prices
from matching.core import Core
from matching.exact import value_of
from matching.incumbent import Incumbent
from matching.model import PlacementModel
from matching.neighbourhood import Neighbourhoods
from matching.residue import Residue, residue
from matching.run import Run
from matching.table import Table

POINT = 1_000
"""Pence a point of priority counts for while hours come first: more than it ever costs."""
WIDTHS = (0.03, 0.1, 0.3, 1.0, 2.0)
"""Multiples of the usual reach: narrow looks at more children and only their best offers."""
AROUND = {"size": 50.0, "effort": 0.3}
"""How many units, and how much effort, around one change to an earlier result."""
MOST_OPTIONS = 24
"""Columns a component may choose from in one neighbourhood, least loss first."""


@dataclass(slots=True, eq=False)
class Pace:
    """How large neighbourhoods are and how much effort each gets; adapts to what pays."""

    size: float = 120.0
    effort: float = 1.5
    smallest: float = 30.0
    largest: float = 400.0
    luck: list[float] = field(default_factory=lambda: [0.05, 0.15, 0.5, 1.0, 1.0])

    def width(self, r: np.random.Generator) -> int:
        """Which of the WIDTHS to try next: those that have paid more often."""
        luck = np.array(self.luck)
        return int(r.choice(len(WIDTHS), p=luck / luck.sum()))

    def paid(self, width: int, improved: bool) -> None:
        """A neighbourhood of this width improved something, or did not."""
        self.luck[width] = 0.05 + 0.9 * (self.luck[width] - 0.05) + 0.1 * improved

    def learn(self, solved: float, improved: float) -> None:
        """After a round: shares of neighbourhoods solved to the end, and improved."""
        if solved > 0.6 and improved < 0.35:
            self.size = min(self.largest, self.size * 1.2)
            self.effort = min(8.0, self.effort * 1.2)
        elif solved < 0.3:
            self.size = max(self.smallest, self.size * 0.85)


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
    patience: int = 40,
    least_value: int = 0,
    around: list[list[int]] | None = None,
) -> None:
    """Improve the incumbent until `until_s` seconds into the run, or `enough()` says so.

    value_first: look for more priority-weighted hours, pence breaking ties; otherwise keep the
    hours (or `least_value` of them) and look for less pence. salt separates the random choices of
    phases; patience is how many rounds without any improvement end the search. around: groups
    of offers to look around, once each and closely, and nowhere else.
    """
    r = np.random.default_rng([run.seed, salt])
    grounds = Neighbourhoods(table, core, prices, loss)
    grounds.asked_for = list(around or [])
    pace, reach = Pace() if around is None else Pace(**AROUND), usual_reach(prices)
    barren, floor = 0, None if value_first else least_value
    with ThreadPoolExecutor(run.workers) as pool:
        while (
            barren < patience
            and (around is None or grounds.asked_for)
            and run.seconds < until_s
            and not (run.is_over() or enough())
        ):
            jobs = _round(incumbent, table, grounds, loss, run, pool, r, pace, reach, floor)
            solved = improved = 0
            for units, visited, width, job in jobs:
                columns, proven = job.result()
                better = (
                    columns is not None
                    and _within_budgets(incumbent, units, columns)
                    and (incumbent.replace(units, columns, floor))
                )
                grounds.rest(visited, better)
                pace.paid(width, better)
                solved, improved = solved + proven, improved + better
            if jobs:
                pace.learn(solved / len(jobs), improved / len(jobs))
            barren = 0 if improved else barren + 1
            grounds.tired *= 0.95
            tell(incumbent, run)


def _within_budgets(incumbent: Incumbent, units, columns) -> bool:
    """Budgets span all providers, so what two neighbourhoods spent is added up here."""
    table = incumbent.table
    if not table.problem.policy.tier_budgets:
        return True
    others = np.setdiff1d(incumbent.columns, incumbent.columns_of(units))
    return min(residue(table, np.r_[others, columns]).budgets.values()) >= 0


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


def _round(incumbent, table, grounds, loss, run, pool, r, pace, reach, floor) -> list:
    """Set off disjoint neighbourhoods, about three for each worker."""
    grounds.prepare(incumbent)
    closely = bool(grounds.asked_for)
    busy: set[int] = set()
    claimed: set[int] = set()
    jobs = []
    for _ in range(9 * run.workers):
        if len(jobs) == 3 * run.workers or (closely and not grounds.asked_for):
            break
        width = pace.width(r)
        wide = WIDTHS[width]
        size = int(pace.size * r.uniform(0.6, 1.4) * wide**-0.25)
        units, visited = grounds.grow(r, size, reach * wide, busy, incumbent)
        if len(units) < 2:
            continue
        old = incumbent.columns_of(units)
        room = residue(table, np.setdiff1d(incumbent.columns, old))
        columns = _options(incumbent, table, loss, units, reach * wide)
        columns = columns[
            (room.hours[table.offer[columns]] >= table.hours[columns])
            & (room.places[table.offer[columns]] > 0)
        ]
        # two neighbourhoods that share a provider would both count on its free room
        columns = columns[~np.isin(table.provider[columns], list(claimed))]
        columns = np.union1d(columns, old)
        busy.update(units.tolist())
        claimed |= set(table.provider[columns].tolist())
        seed = int(r.integers(1 << 30))
        limit = max(0.1, min(run.left, 10.0))
        jobs.append(
            (
                units,
                visited,
                width,
                pool.submit(
                    decide,
                    table,
                    units,
                    columns,
                    room,
                    old,
                    None
                    if floor is None
                    else _value_to_keep(incumbent, old, floor, 3 * run.workers),
                    pace.effort,
                    limit,
                    seed,
                ),
            )
        )
    return jobs


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


def decide(
    table: Table,
    units: np.ndarray,
    columns: np.ndarray,
    room: Residue,
    old: np.ndarray,
    least_value: int | None,
    effort: float,
    limit_s: float,
    seed: int,
) -> tuple[np.ndarray | None, bool]:
    """The best columns for some units while all else stays, and whether that is proven.

    least_value: priority-weighted hours to keep while pence are lowered; None looks for more.
    """
    model = PlacementModel(table, units, columns, room)
    model.hint(old)
    if least_value is None:
        model.cp.minimize(model.pence() - POINT * model.value())
    else:
        model.cp.add(model.value() >= least_value)
        model.cp.minimize(model.pence())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.linearization_level = 2
    # neighbourhoods are small: probing them costs more than it saves
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    chosen = [column for column, x in model.chosen.items() if solver.boolean_value(x)]
    return np.array(chosen, dtype=np.int64), status == cp_model.OPTIMAL
