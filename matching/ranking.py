"""One child now: the offers that could take each component, best first, by the same rules.

The capacity of the offers handed in is what is free now, with all promises already taken off.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.parties import MODES
from matching.policy import Policy
from matching.problem import Child, Offer, Problem, Provider
from matching.table import build_table
from matching.vocabulary import Delivery


@dataclass(frozen=True, slots=True)
class Ranked:
    """An offer that may take a component: pence a week, and km one way (None online)."""

    component_id: Hashable
    offer_id: Hashable
    provider_id: Hashable
    delivery: Delivery
    distance_km: float | None
    cost_pence: int
    transport_pence: int
    misfit_pence: int

    @property
    def total_pence(self) -> int:
        """What the ranking goes by: cost, transport and preferences together."""
        return self.cost_pence + self.transport_pence + self.misfit_pence


def rank(
    child: Child,
    offers: Sequence[Offer],
    providers: Sequence[Provider],
    policy: Policy | None = None,
) -> dict[Hashable, tuple[Ranked, ...]]:
    """For each component of the child, every offer that no rule refuses, best first.

    Packages are not weighed here: each component is ranked alone, as an officer chooses.
    Raises InvalidProblem as Problem does.
    """
    alone = replace(policy or Policy(), partial_packages=True)
    table = build_table(Problem((child,), tuple(offers), tuple(providers), alone))
    ranked = {}
    for part, component in enumerate(child.components):
        columns = np.arange(table.part_start[part], table.part_start[part + 1])
        order = columns[np.lexsort((table.offer[columns], table.total[columns]))]
        ranked[component.id] = tuple(_ranked(table, component.id, int(c)) for c in order)
    return ranked


def _ranked(table, component_id, column: int) -> Ranked:
    """One column of the table as a ranked offer."""
    offer = table.problem.offers[table.offer[column]]
    delivery = MODES[table.mode[column]]
    online = delivery is Delivery.ONLINE
    return Ranked(
        component_id,
        offer.id,
        offer.provider_id,
        delivery,
        None if online else float(table.km[column]),
        int(table.cost[column]),
        int(table.transport[column]),
        int(table.misfit[column]),
    )
