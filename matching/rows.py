"""The rules of the exact model as rows of a sparse matrix, for linear programs.

The hours and places of offers are left out where the loads of `loads` keep them already.
"""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from matching.exact import NO_COLUMNS, live_units
from matching.model import PlacementModel
from matching.residue import residue
from matching.table import Table

UNBOUNDED = 1 << 60
"""CP-SAT writes its largest whole numbers where there is no bound."""


class RulesBesideLoads(PlacementModel):
    """The exact model of a whole table without what every load of an offer keeps by itself."""

    def __init__(self, table: Table) -> None:
        nothing = residue(table, NO_COLUMNS)
        super().__init__(table, live_units(table), np.arange(table.columns), nothing)

    def hours_of_offers(self) -> None:
        """Every load is within the hours of its offer."""

    def places_of_offers(self) -> None:
        """A load counts places one by one: only where two columns may share one is there a row."""
        everywhere, child = self._by_offer, self.table.child
        self._by_offer = {
            offer: columns
            for offer, columns in everywhere.items()
            if len({int(child[c]) for c in columns}) < len(columns)
        }
        super().places_of_offers()
        self._by_offer = everywhere


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows over columns and rest: low <= matrix @ x <= high, within lower and upper.

    The first `columns` variables are the columns of the table. value and pence are what each
    variable adds to the priority-weighted hours and to the pence a week; placed is the variable
    of each live unit. The last row is the value in `value_scale`s, as yet without a limit.
    """

    columns: int
    matrix: sparse.csc_matrix
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    value: np.ndarray
    pence: np.ndarray
    placed: dict[int, int]
    value_scale: float

    @classmethod
    def of(cls, table: Table) -> "Rows":
        """All rules of a table but those that its loads keep."""
        model = RulesBesideLoads(table)
        variables = model.cp.proto.variables
        lower, upper = np.array(
            [(span[0], span[-1]) for span in (list(v.domain) for v in variables)], dtype=float
        ).T
        value, pence = np.zeros(len(lower)), np.zeros(len(lower))
        placed = {unit: flag.index for unit, flag in model.placed.items()}
        value[list(placed.values())] = table.unit_value[list(placed)]
        pence[[x.index for x in model.chosen.values()]] = table.total[list(model.chosen)]
        pence[[x.index for x in model.apart]] = table.problem.policy.weights.sibling_apart
        entries, limits = _read(model.cp)
        scale = power_of_two(value)
        entries += [(len(limits), int(n), value[n] / scale) for n in np.flatnonzero(value)]
        limits.append((-np.inf, np.inf))
        row, column, weight = zip(*entries, strict=True)
        shape = len(limits), len(lower)
        low, high = np.array(limits, dtype=float).T
        matrix = sparse.csc_matrix((np.array(weight, dtype=float), (row, column)), shape=shape)
        return cls(table.columns, matrix, low, high, lower, upper, value, pence, placed, scale)


def power_of_two(values: np.ndarray) -> float:
    """About the usual size of the values that are not nothing, so that solvers deal with ones."""
    size = np.abs(values[values != 0])
    return float(2.0 ** round(np.log2(size.mean()))) if len(size) else 1.0


def _read(cp: cp_model.CpModel) -> tuple[list, list]:
    """Entries (row, variable, weight) and limits of rows; ValueError without a linear form."""
    entries, limits = [], []

    def add(variables, weights, low, high) -> None:
        shift = 0
        for number, weight in zip(variables, weights, strict=True):
            if number < 0:
                # the opposite of a truth value: 1 less it
                shift, number, weight = shift + weight, -number - 1, -weight
            entries.append((len(limits), number, weight))
        low = low - shift if low > -UNBOUNDED else -np.inf
        limits.append((low, high - shift if high < UNBOUNDED else np.inf))

    for constraint in cp.proto.constraints:
        if constraint.has_exactly_one():
            literals = list(constraint.exactly_one.literals)
            add(literals, [1] * len(literals), 1, 1)
        elif constraint.has_linear():
            span = list(constraint.linear.domain)
            body = constraint.linear
            add(list(body.vars), list(body.coeffs), span[0], span[-1])
        elif constraint.has_lin_max():
            target = constraint.lin_max.target.vars[0]
            options = [option.vars[0] for option in constraint.lin_max.exprs]
            for option in options:
                add([target, option], [1, -1], 0, UNBOUNDED)
            add([target, *options], [1] + [-1] * len(options), -UNBOUNDED, 0)
        else:
            raise ValueError("this constraint has no linear form here")
    return entries, limits
