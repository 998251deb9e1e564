"""The room that placements leave, kept up to date as children move, at the cost of those alone."""

from dataclasses import dataclass

import numpy as np

from matching.exact import NO_COLUMNS
from matching.residue import Residue, needs_there, residue
from matching.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What placements leave free.

    All is counted child by child, so what some children take can be given back and taken by
    itself. Columns must always be all those of the children concerned. nothing: the room where
    no one is placed.
    """

    table: Table
    nothing: Residue
    left: Residue

    @classmethod
    def of(cls, table: Table, columns: np.ndarray) -> "Room":
        """The room that chosen columns leave."""
        return cls(table, residue(table, NO_COLUMNS), residue(table, columns))

    def changed(self, old: np.ndarray, new: np.ndarray) -> "Room":
        """The room with new columns in the stead of old ones."""
        table, left = self.table, self.left
        gone = residue(table, old)
        come = residue(table, new) if len(new) else self.nothing
        brought = left.brought + come.brought - gone.brought
        now = Residue(
            hours=left.hours + come.hours - gone.hours,
            places=left.places + come.places - gone.places,
            provider_places=left.provider_places + come.provider_places - gone.provider_places,
            full_time=left.full_time + come.full_time - gone.full_time,
            budgets={
                tier: pence + come.budgets[tier] - gone.budgets[tier]
                for tier, pence in left.budgets.items()
            },
            needs=needs_there(table, brought),
            brought=brought,
        )
        return Room(table, self.nothing, now)

    def is_kept(self) -> bool:
        """Whether the placements stay within all that there is."""
        for name in ("hours", "places", "provider_places", "full_time"):
            # a provider may be over a limit before anyone is placed
            if np.any(getattr(self.left, name) < np.minimum(0, getattr(self.nothing, name))):
                return False
        for row, needs in self.left.needs.items():
            provider = self.table.problem.providers[row]
            if any(
                {a, b} <= needs and not {a, b} <= provider.needs_present
                for a, b in provider.must_not_mix
            ):
                return False
        return all(pence >= 0 for pence in self.left.budgets.values())
