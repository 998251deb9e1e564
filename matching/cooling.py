"""How annealing cools: temperatures, and what goes beyond a limit costs, over a share of a run."""

from dataclasses import dataclass

from matching.bound import Prices
from matching.core import Core
from matching.run import Run

REACH_HOURS = 1.0
"""Where no one may be left out, columns that lose less than so many hours are worth count as
wanted: others cost more than the fitting in that they could spare."""
BEST_OF_PART = 24
"""Columns that a part may move to, those with least loss."""
OVER = 0.13
"""What an hour beyond an offer's limit costs, as a share of the mean pence of a column, before it
is made dearer by `Cooling.soft` and `HARD`."""
HARD = 1_000.0
"""How many times dearer an hour beyond the limit is in the end: more than any child is worth."""
HARD_BY = 0.5
"""Share of the cooling after which limits are hard."""

SEEN_A_SECOND = 500
"""Units that one processor goes over in neighbourhoods each second."""
OFTEN, OFTEN_SINGLE = 20, 2
"""How often all units should be gone over where placements grow from the draft by neighbourhoods
alone, and how often where nearly all have a single component."""
MANY_SINGLE = 1.1
"""Components that units have on average where nearly all have one."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """First and last temperature as shares of the mean pence of a column, how dear hours beyond
    a limit are at first (in `OVER`s), how far packages count only as a whole at first, the share
    of a run's time that it may take, and what keeps its random choices apart from others.

    grown: how dear hours beyond a limit have become by hard_by, the share of the cooling after
    which limits are hard. options: columns that a part may move to, those with least loss.
    """

    warm: float
    cold: float
    soft: float
    whole: float
    share: float
    salt: int
    grown: float = HARD
    hard_by: float = HARD_BY
    options: int = BEST_OF_PART


FROM_A_DRAFT = Cooling(warm=0.6, cold=0.02, soft=0.3, whole=0.0, share=0.4, salt=3)
FOR_THE_PENCE = Cooling(warm=0.03, cold=0.004, soft=100.0, whole=1.0, share=0.1, salt=4)


def is_soon_seen(core: Core, run: Run, most_value: int) -> bool:
    """Whether neighbourhoods go over the whole county often enough to be better than annealing.

    Small ones that begin at the draft follow the prices of the bound. What annealing has mixed,
    they set right slowly. But where no one may have to be left out (by most_value, the most that
    is possible by the bound) it is hard to fit the last ones in, and annealing does that.
    """
    if most_value >= core.value.sum():
        return False
    often = OFTEN_SINGLE if core.parts < MANY_SINGLE * core.units else OFTEN
    return SEEN_A_SECOND * run.workers * run.time_limit_s > often * core.units


def all_are_placed(hour: float, mean: float) -> Cooling:
    """For the pence, where no one is left out: hours beyond a limit cost little for long.

    What cannot be left out must be fitted in, to the last hour of an offer, which hard limits
    hinder. hour: pence that one more hour at an offer is usually worth. mean: pence of a column.
    """
    return Cooling(
        warm=0.4 * hour / mean,
        cold=0.2 * hour / mean,
        soft=1.03 * hour / (OVER * mean),
        grown=15.0 * hour / (OVER * mean),
        hard_by=0.8,
        whole=1.0,
        share=0.4,
        salt=6,
        options=5,
    )


def last_coolings(hour: float, mean: float) -> list[Cooling]:
    """What to try for the pence, in order, until one helps: hard limits leave no one out.

    hour: as in `all_are_placed`, 0 where someone may be left out. mean: pence of a column.
    """
    return [all_are_placed(hour, mean)] * bool(hour) + [FOR_THE_PENCE]


def worth_of_an_hour(core: Core, prices: Prices, least_value: int) -> float:
    """Pence that one more hour at an offer is usually worth; 0 where someone may be left out."""
    if least_value < core.value.sum():
        return 0.0
    return float(prices.offer_hour.mean())
