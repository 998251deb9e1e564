"""Limits that several offers share: the places of a provider, and the budget of a tier.

The knapsack of an offer knows nothing of them. A price on each brings them into the bound: what a
column uses of a limit is charged to it, and what the whole limit would cost is taken off the
bound. That holds for any prices that are not negative (Lagrangian duality).
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.parties import NO_LIMIT
from matching.table import Table

PROVIDER, TIER = "provider", "tier"


@dataclass(frozen=True, slots=True, eq=False)
class SharedLimits:
    """Rows over all columns: use @ chosen <= limit holds for every result.

    A row is in units of its usual column, so that all prices are of one size; unit: that column's
    places or pence. names: what each row is, as ("provider", id) or ("tier", number).
    """

    use: sparse.csr_matrix
    limit: np.ndarray
    unit: np.ndarray
    names: tuple[tuple[str, Hashable], ...]

    @classmethod
    def of(cls, table: Table) -> "SharedLimits":
        """The limits of a table that more could claim than there is."""
        found = [*_places_of_providers(table), *_tier_budgets(table)]
        shape = len(found), table.columns
        column = np.concatenate([each[1] for each in found] or [np.zeros(0, dtype=np.int64)])
        sizes = [len(each[1]) for each in found]
        unit = np.array([each[2].mean() for each in found])
        use = np.concatenate([each[2] for each in found] or [np.zeros(0)]) / np.repeat(unit, sizes)
        start = np.r_[0, np.cumsum(sizes)].astype(np.int64)
        return cls(
            sparse.csr_matrix((use, column, start), shape=shape),
            np.array([each[3] for each in found]) / unit,
            unit,
            tuple(each[0] for each in found),
        )

    @property
    def rows(self) -> int:
        """How many limits there are."""
        return len(self.limit)

    def rent(self, price: np.ndarray) -> np.ndarray:
        """What the prices of the rows charge each column."""
        return self.use.T @ price

    def tier_rates(self, price: np.ndarray) -> dict[int, float]:
        """Pence that the prices of the rows charge for each pence that a tier spends."""
        each = zip(self.names, price / self.unit, strict=True)
        return {name: float(rate) for (kind, name), rate in each if kind == TIER}

    def beyond(self, taken: np.ndarray, price: np.ndarray) -> np.ndarray:
        """How far the columns taken go beyond each limit, against its usual scatter.

        A limit that is kept and has no price is at rest.
        """
        over = (self.use @ taken - self.limit) / np.sqrt(np.maximum(1.0, self.limit))
        return np.where(price > 0, over, np.maximum(0.0, over))


def _places_of_providers(table: Table):
    """Providers whom more children want than they have places for: name, columns, use, places.

    A child with several components that could be there takes one place: each counts in part.
    """
    parties, children = table.parties, len(table.problem.children)
    scarce = np.flatnonzero(parties.provider_places < NO_LIMIT)
    columns = np.flatnonzero(np.isin(table.provider, scarce))
    columns = columns[table.exceptions.take_places(table.child[columns], table.provider[columns])]
    stay = table.provider[columns].astype(np.int64) * children + table.child[columns]
    order = np.argsort(stay, kind="stable")
    columns, stay = columns[order], stay[order]
    # each stay as often as components could make it
    asking = np.unique(stay * table.parts + table.part[columns]) // table.parts
    stays, count = np.unique(asking, return_counts=True)
    use = 1.0 / count[np.searchsorted(stays, stay)]
    edges = np.searchsorted(stay, np.arange(len(table.problem.providers) + 1) * children)
    for provider in scarce.tolist():
        mine = slice(edges[provider], edges[provider + 1])
        places = int(parties.provider_places[provider])
        if len(np.unique(stay[mine])) > places:
            name = PROVIDER, table.problem.providers[provider].id
            yield name, columns[mine], use[mine], float(places)


def _tier_budgets(table: Table):
    """Budgets that would not pay for everyone's dearest places: name, columns, pence, budget."""
    budgets = table.problem.policy.tier_budgets
    if not budgets:
        return
    tiers = np.array([c.tier for c in table.problem.children], dtype=object)
    pence = (table.cost + table.transport).astype(float)
    for tier, budget in budgets.items():
        columns = np.flatnonzero((tiers[table.child] == tier) & (pence > 0))
        dearest = np.zeros(table.parts)
        np.maximum.at(dearest, table.part[columns], pence[columns])
        if dearest.sum() > budget:
            yield (TIER, tier), columns, pence[columns], float(budget)
