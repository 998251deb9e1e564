"""Going on from what annealing makes of the placements so far, where that is better."""

from collections.abc import Callable

import numpy as np

from matching.anneal import anneal_county
from matching.cooling import Cooling
from matching.core import Core
from matching.incumbent import Incumbent
from matching.run import Run
from matching.search import tell
from matching.table import Table


def cooled(
    incumbent: Incumbent,
    table: Table,
    core: Core,
    penalty: np.ndarray,
    loss: np.ndarray,
    run: Run,
    cooling: Cooling,
    is_better: Callable[[Incumbent], bool],
    shared: np.ndarray | None = None,
) -> Incumbent:
    """What annealing finds from the incumbent if `is_better` says so, else the incumbent.

    penalty: by live unit, pence of leaving it out. loss: by column, in pence. shared: prices of
    limits over several offers, in pence, where they are known.
    """
    columns = anneal_county(incumbent, table, core, penalty, loss, run, cooling, shared)
    if columns is None:
        return incumbent
    found = Incumbent(table, core, columns)
    kept = found if is_better(found) else incumbent
    tell(kept, run)
    return kept
