"""Budgets of tiers while a county is annealed: what they charge for each pence that is spent."""

import numpy as np

from matching.ground import AT, MOST_PENCE, PENCE, Ground
from matching.table import Table

FIRM = 0.5
"""How fast a rate follows what is spent: a budget exceeded by a tenth raises it by a twentieth."""
LEAST_RATE, MOST_RATE = 0.01, 1_000.0
CALM = 1e-3
"""Share of a budget that is left free, so that it is kept in the end."""


class Budgets:
    """The rate of each tier, led so that what is spent meets the budget as the county cools."""

    def __init__(
        self, table: Table, columns: np.ndarray, rates: dict[int, float], fine: int
    ) -> None:
        """columns: of each option. rates: what to begin with, by tier that has one in the bound.

        fine: parts of a penny that options are counted in.
        """
        budgets = table.problem.policy.tier_budgets
        self.limit = np.array([max(1, pence) for pence in budgets.values()], dtype=float)
        self.rate = np.array([max(LEAST_RATE, rates.get(tier, 0.0)) for tier in budgets])
        number = {tier: row for row, tier in enumerate(budgets)}
        of_child = np.array([number.get(c.tier, -1) for c in table.problem.children])
        self.tier = of_child[table.child[columns]]
        self.spent = (table.cost[columns] + table.transport[columns]).astype(float)
        self.pence, self.fine = table.total[columns], fine

    def lead(self, ground: Ground) -> None:
        """Move the rates by what is spent now, and charge the options anew."""
        if not len(self.limit):
            return
        at = ground.parts[:, AT]
        at = at[at >= 0]
        at = at[self.tier[at] >= 0]
        spent = np.bincount(self.tier[at], self.spent[at], len(self.limit))
        over = np.clip(spent / self.limit - 1 + CALM, -1.0, 1.0)
        self.rate = np.clip(self.rate * np.exp(FIRM * over), LEAST_RATE, MOST_RATE)
        rate = np.where(self.tier >= 0, self.rate[self.tier], 0.0)
        pence = self.fine * (self.pence + rate * self.spent)
        ground.options[:, PENCE] = np.minimum(pence, MOST_PENCE)
