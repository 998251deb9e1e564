"""The hard kernel of a table, packed for speed: parts, units and offers without the rare rules.

Leaving rules out can only make more possible, so any bound proven here holds for the whole.
"""

from dataclasses import dataclass

import numpy as np

from matching.knapsack import Bids, Knapsacks
from matching.shared import SharedLimits
from matching.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Columns over live parts and units (those with any column), numbered without holes.

    start: the first column of each live part. part: live part of each column. part_unit: live
    unit of each live part. live_parts and unit_rows: what they are called in the table. pinned:
    units that must be placed. shared: limits over several offers, which the knapsacks leave out.
    """

    start: np.ndarray
    part: np.ndarray
    part_unit: np.ndarray
    live_parts: np.ndarray
    unit_rows: np.ndarray
    pinned: np.ndarray
    value: np.ndarray
    offer: np.ndarray
    hours: np.ndarray
    place: np.ndarray
    hours_limit: np.ndarray
    places_limit: np.ndarray
    knapsacks: Knapsacks
    shared: SharedLimits

    @classmethod
    def of(cls, table: Table) -> "Core":
        """The kernel of a table with at least one column."""
        live = np.flatnonzero(np.diff(table.part_start))
        unit_rows, part_unit = np.unique(table.part_unit[live], return_inverse=True)
        limits = table.parties.offer_hours, table.parties.offer_places
        return cls(
            start=table.part_start[live],
            part=np.searchsorted(live, table.part).astype(np.int32),
            part_unit=part_unit,
            live_parts=live,
            unit_rows=unit_rows,
            pinned=table.unit_pinned[unit_rows],
            value=table.unit_value[unit_rows].astype(float),
            offer=table.offer,
            hours=table.hours,
            place=table.place,
            hours_limit=limits[0],
            places_limit=limits[1],
            knapsacks=Knapsacks.of(table.offer, table.hours, table.place, *limits),
            shared=SharedLimits.of(table),
        )

    @property
    def parts(self) -> int:
        """Live parts."""
        return len(self.start)

    @property
    def units(self) -> int:
        """Live units."""
        return len(self.unit_rows)

    def bids(self, cost: np.ndarray) -> Bids:
        """The live parts and their knapsacks at these costs of columns (pence)."""
        return Bids.of(self.knapsacks, self.part, cost)
