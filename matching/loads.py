"""A linear program over whole loads of offers: the strongest bound there is here.

A load is a set of columns that one offer can hold together. Each column counts as chosen as far
as loads with it are; an offer has at most one load; every other rule stands as a row over the
columns. Loads come in only as the prices of the rows call for them (column generation): the
knapsack of each offer finds its best one exactly. Prices that come up on the way prove a
Lagrangian bound, whether or not the program is solved to its end.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from matching.core import Core
from matching.knapsack import Bids
from matching.rows import Rows, power_of_two
from matching.run import Run
from matching.table import Table

BARRED = -1e12
"""Profit of a column that may not be used."""
SMALLEST = 1e-9
CAUTION = 0.5
"""How far new prices keep to those with the best bound so far: they wander less."""
MOST_ROUNDS = 200
WHOLLY_SHORT = 1e-5
"""By how much rows must fall short at prices of up to 1 before nothing can keep them all."""
DUAL, PRIMAL = 1, 4
"""The simplex methods of HiGHS: dual after limits have moved, primal after loads have come in."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What a part of the search may use: barred columns, and limits of the other variables."""

    barred: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """What prices of rows prove: bound, best profit and load of offers, and leftover costs.

    value_price: the price of a priority-weighted hour where the value is held.
    """

    bound: float
    gain: np.ndarray
    taken: np.ndarray
    profit: np.ndarray
    reduced: np.ndarray
    value_price: float


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A solved relaxation; columns and rest are None where the bound alone rules the part out."""

    bound: float
    priced: Priced | None
    columns: np.ndarray | None = None
    rest: np.ndarray | None = None


class LoadProgram:
    """The linear program, its loads so far, and the objective it has just now."""

    def __init__(self, table: Table, core: Core, run: Run) -> None:
        self.table, self.core, self.run = table, core, run
        self.bids = Bids.of_columns(core.knapsacks)
        self.rows = rows = Rows.of(table)
        self.offers = len(core.hours_limit)
        self.low, self.high = rows.low.copy(), rows.high.copy()
        self.on_columns = rows.matrix[:, : rows.columns].tocsc()
        self.on_rest = rows.matrix[:, rows.columns :].tocsc()
        self.rest = self.on_rest.shape[1]
        self.everything = Limits(
            np.zeros(rows.columns, dtype=bool),
            rows.lower[rows.columns :],
            rows.upper[rows.columns :],
        )
        self.by_offer = np.argsort(table.offer, kind="stable")
        self.known: set[bytes] = set()
        self.load_columns = np.zeros(0, dtype=np.int64)
        self.load_start = np.zeros(0, dtype=np.int64)
        self.cost = np.zeros(rows.columns)
        self.rest_cost = np.zeros(self.rest)
        self.scale = 1.0
        self.solver = self._empty_program()
        self.limits = self.everything
        self.solved = 0

    def _empty_program(self) -> highspy.Highs:
        """Rows of rules and of offers, with no load yet."""
        # all options at once: set one by one, the first would still print a banner
        options = highspy.HighsOptions()
        options.output_flag = options.log_to_console = False
        options.presolve, options.threads = "off", 1
        solver = highspy.Highs()
        solver.passOptions(options)
        body = sparse.vstack(
            [self.on_rest, sparse.csc_matrix((self.offers, self.rest))], format="csc"
        )
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = body.shape[1], body.shape[0]
        program.col_cost_ = self.rest_cost
        program.col_lower_, program.col_upper_ = self.everything.lower, self.everything.upper
        program.row_lower_ = np.r_[self.low, np.full(self.offers, -np.inf)]
        program.row_upper_ = np.r_[self.high, np.ones(self.offers)]
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = body.indptr
        program.a_matrix_.index_ = body.indices
        program.a_matrix_.value_ = body.data
        solver.passModel(program)
        return solver

    @property
    def loads(self) -> int:
        """How many loads have come in."""
        return len(self.load_start)

    def minimise(self, objective: np.ndarray) -> None:
        """Make an objective over the columns and the other variables of the rows small."""
        columns = self.rows.columns
        self.cost = objective[:columns].astype(float)
        self.rest_cost = objective[columns:].astype(float)
        self.scale = power_of_two(objective)
        of_loads = self._by_load(np.add, self.cost)
        count = self.rest + self.loads
        everything = np.r_[self.rest_cost, of_loads] / self.scale
        self.solver.changeColsCost(count, np.arange(count, dtype=np.int32), everything)

    def hold_value(self, least: float) -> None:
        """Ask for so many priority-weighted hours (minus infinity: any)."""
        self.low[-1] = least / self.rows.value_scale
        self.solver.changeRowBounds(len(self.low) - 1, self.low[-1], np.inf)

    def add_loads(self, columns: np.ndarray) -> int:
        """Take in, offer by offer, the loads made of these columns; how many of them are new."""
        offers = self.table.offer[columns]
        edges = np.flatnonzero(np.diff(offers)) + 1
        fresh = []
        for load in np.split(columns, edges):
            key = load.tobytes()
            if len(load) and key not in self.known:
                self.known.add(key)
                fresh.append(load)
        if fresh:
            self._append(fresh)
        return len(fresh)

    def _append(self, fresh: list[np.ndarray]) -> None:
        sizes = np.array([len(load) for load in fresh])
        flat = np.concatenate(fresh)
        ends = np.cumsum(sizes)
        count = len(fresh)
        members = sparse.csc_matrix(
            (np.ones(len(flat)), flat, np.r_[0, ends]), shape=(self.rows.columns, count)
        )
        body = (self.on_columns @ members).tocsc()
        own = len(self.low) + self.table.offer[flat[ends - 1]]
        index = np.insert(body.indices, body.indptr[1:], own).astype(np.int32)
        weight = np.insert(body.data, body.indptr[1:], 1.0)
        start = (body.indptr[:-1] + np.arange(count)).astype(np.int32)
        costs = np.add.reduceat(self.cost[flat], ends - sizes) / self.scale
        barred = np.logical_or.reduceat(self.limits.barred[flat], ends - sizes)
        self.solver.addCols(
            count,
            costs,
            np.zeros(count),
            np.where(barred, 0.0, np.inf),
            len(index),
            start,
            index,
            weight,
        )
        self.load_start = np.r_[self.load_start, len(self.load_columns) + ends - sizes]
        self.load_columns = np.r_[self.load_columns, flat]

    def _by_load(self, together: np.ufunc, of_columns: np.ndarray) -> np.ndarray:
        """What the columns of each load come to."""
        if not self.loads:
            return of_columns[:0]
        return together.reduceat(of_columns[self.load_columns], self.load_start)

    def keep_to(self, limits: Limits) -> None:
        """Let only these limits hold from now on."""
        self.limits = limits
        count = self.rest + self.loads
        barred = self._by_load(np.logical_or, limits.barred)
        self.solver.changeColsBounds(
            count,
            np.arange(count, dtype=np.int32),
            np.r_[limits.lower, np.zeros(self.loads)],
            np.r_[limits.upper, np.where(barred, 0.0, np.inf)],
        )

    def price(self, row_price: np.ndarray) -> Priced:
        """The Lagrangian bound at any prices of rows: no result within the limits is below it.

        Rows become prices; what is left falls apart into one knapsack for each offer, solved
        exactly, and the other variables one by one.
        """
        profit = self.on_columns.T @ row_price - self.cost
        profit[self.limits.barred] = BARRED
        gain, wanted = self.bids.best_loads(profit)
        reduced = self.rest_cost - self.on_rest.T @ row_price
        side = np.where(row_price > 0, self.low, self.high)
        rows = float(side[row_price != 0] @ row_price[row_price != 0])
        rest = np.minimum(reduced * self.limits.lower, reduced * self.limits.upper).sum()
        bound = float(rows - gain.sum() + rest)
        return Priced(
            bound, gain, wanted > 0, profit, reduced, float(row_price[-1]) / self.rows.value_scale
        )

    def relax(self, enough: float, rounds: int = MOST_ROUNDS) -> Relaxed:
        """Solve within the limits by taking in loads until none is called for.

        enough: a bound from which on the part is ruled out, and need not be solved any further.
        """
        solver, best, best_price, called = self.solver, None, None, 0
        for turn in range(rounds):
            status = self._solve(PRIMAL if turn else DUAL)
            if status == highspy.HighsModelStatus.kInfeasible:
                called = self._loads_that_help()
                if called is None:
                    return Relaxed(np.inf, best)
                if called:
                    continue
            if status != highspy.HighsModelStatus.kOptimal:
                break
            solution = solver.getSolution()
            here = self._signed(self.scale * np.array(solution.row_dual)[: len(self.low)])
            value = self.scale * solver.getInfo().objective_function_value
            for caution in (CAUTION, 0.0) if best else (0.0,):
                prices = caution * best_price + (1 - caution) * here if caution else here
                found = self.price(prices)
                if best is None or found.bound > best.bound:
                    best, best_price = found, prices
                if best.bound >= enough:
                    return Relaxed(best.bound, best)
                called = self.add_loads(self.by_offer[found.taken[self.by_offer]])
                if called:
                    break
            if not called or value - best.bound < SMALLEST * max(1.0, abs(value)):
                return Relaxed(best.bound, best, *self._chosen(solution))
            if self.run.is_over() or turn == rounds - 1:
                return Relaxed(best.bound, best, *self._chosen(solution))
        return Relaxed(best.bound if best else -np.inf, best)

    def _solve(self, method: int) -> highspy.HighsModelStatus:
        """Solve the program as it stands; once more from nothing if that goes wrong."""
        solved = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible
        for _ in range(2):
            self.solver.setOptionValue("simplex_strategy", method)
            self.solver.run()
            self.solved += 1
            status = self.solver.getModelStatus()
            if status in solved:
                break
            self.solver.clearSolver()
            method = DUAL
        return status

    def _loads_that_help(self) -> int | None:
        """How many loads have come in that the program lacked to be solvable; None: none can.

        By Farkas' lemma: prices of rows at which, with every cost at nothing, even the best loads
        of offers fall short of the rows prove that nothing keeps them all.
        """
        _, known, ray = self.solver.getDualRay()
        if not known:
            return 0
        ray = np.array(ray)[: len(self.low)]
        ray /= max(1e-12, np.abs(ray).max())
        cost, rest_cost = self.cost, self.rest_cost
        self.cost, self.rest_cost = np.zeros_like(cost), np.zeros_like(rest_cost)
        tried = [self.price(self._signed(prices)) for prices in (ray, -ray)]
        self.cost, self.rest_cost = cost, rest_cost
        if max(found.bound for found in tried) > WHOLLY_SHORT:
            return None
        return sum(self.add_loads(self.by_offer[each.taken[self.by_offer]]) for each in tried)

    def _signed(self, prices: np.ndarray) -> np.ndarray:
        """Prices of rows without those of limits that there are not."""
        nowhere = ((prices > 0) & np.isneginf(self.low)) | ((prices < 0) & np.isposinf(self.high))
        return np.where(nowhere, 0.0, prices)

    def _chosen(self, solution) -> tuple[np.ndarray, np.ndarray]:
        """How far each column, and each other variable, is chosen."""
        values = np.array(solution.col_value)
        # loads that have come in since are not in the solution
        weights = np.zeros(self.loads)
        weights[: len(values) - self.rest] = values[self.rest :]
        sizes = np.diff(np.r_[self.load_start, len(self.load_columns)])
        share = np.bincount(self.load_columns, np.repeat(weights, sizes), self.rows.columns)
        return share, values[: self.rest]
