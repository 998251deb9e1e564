"""A county as annealing sees it: one row for each option, offer, part and unit, packed for speed.

All that a step looks at lies close together; the options of a part lie side by side, those with
least loss first.
"""

from typing import NamedTuple

import numpy as np

# columns of `Ground.options`: NEW is 1 unless the child is at the provider already
OFFER, PENCE, HOURS, NEW = range(4)
# columns of `Ground.offers`: the first three move; SEATS is how many rows of guests there are,
# OVER_HOUR and OVER_PLACE what each hour and place beyond the limit costs now, in pence, SHARED
# is 1 where the provider has a limit over all its offers
FREE_HOURS, FREE_PLACES, GUESTS, PROVIDER, HALF_DAYS, REGISTERED = range(6)
FIRST_GUEST, SEATS, SIDE, OVER_HOUR, OVER_PLACE, SHARED = range(6, 12)
# columns of `Ground.parts`: AT is the option a part has (-1: none), SEAT its row among the guests,
# SHARE the pence that leaving this part out costs now
AT, SEAT, NEEDS, UNIT, FIRST, LAST, SHARE = range(7)
# columns of `Ground.units`: WHOLE is what it costs now that any part is missing; MINE is the side
# of the cut that all of it lies on, -1 where it is not to be touched
FIRST_PART, LAST_PART, WHOLE, MISSING, MOST_HOURS, MINE = range(6)

MOST_PENCE = 2**31 - 1
"""The dearest that an option can be: they are kept in 32 bits."""


class Ground(NamedTuple):
    """A county as annealing sees it; a row for each option, offer, part and unit.

    options: offer, parts of a penny (`anneal.FINE`) and hours a week, and whether the child is new
    there; those of a part side by side, least loss first. offers, parts and units: see the names
    above. guests: parts at each offer. provider_places: places free, by provider.
    """

    options: np.ndarray
    offers: np.ndarray
    parts: np.ndarray
    units: np.ndarray
    guests: np.ndarray
    provider_places: np.ndarray
