"""Distances: an inexact fast one to prune with, and the WGS84 geodesic that is shown and decides.

The geodesic is rounded to the metre, so that a pair measured alone (geopy) and the same pair
measured among a million (pyproj, the same ellipsoid and algorithm) give the same figure.
"""

from functools import lru_cache
from math import ceil

import numpy as np
from geopy.distance import geodesic
from pyproj import Geod

from matching.vocabulary import Location

EARTH_RADIUS_KM = 6371.0088
SPHERE_ERROR = 0.006
"""The great circle differs from the ellipsoid by less than 0.6%; pruning leaves that margin."""
KM_IN_A_MILE = 1.609344

_WGS84 = Geod(ellps="WGS84")


@lru_cache(maxsize=50_000)
def distance_km(here: Location | None, there: Location | None) -> float | None:
    """Kilometres along the geodesic to the nearest metre; None if either place is unknown."""
    if here is None or there is None:
        return None
    measured = geodesic((here.latitude, here.longitude), (there.latitude, there.longitude))
    return round(measured.km, 3)


def geodesics_km(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Kilometres to the nearest metre between two (n, 2) arrays of latitude and longitude."""
    metres = _WGS84.inv(here[:, 1], here[:, 0], there[:, 1], there[:, 0])[2]
    return np.round(np.asarray(metres) / 1000, 3)


def great_circles_km(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Kilometres on a sphere from each of (n, 2) to each of (m, 2) points; shape (n, m)."""
    a, b = np.radians(here), np.radians(there)
    across = np.sin((a[:, None, 0] - b[None, :, 0]) / 2) ** 2
    along = np.sin((a[:, None, 1] - b[None, :, 1]) / 2) ** 2
    along *= np.cos(a[:, 0])[:, None] * np.cos(b[:, 0])[None, :]
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, across + along)))


def at_least_in_words(kilometres: float) -> str:
    """A distance as a limit that reaches it: rounded up, so that whoever sets it gets there."""
    miles, km = (ceil(each * 10) / 10 for each in (kilometres / KM_IN_A_MILE, kilometres))
    return f"{miles:g} miles ({km:g} km)"


def beyond_in_words(kilometres: float, limit_km: float) -> str:
    """A distance beside a limit that it exceeds, though both may read the same when rounded."""
    text = in_words(kilometres)
    return f"just over {text}" if text == in_words(limit_km) else text


def in_words(kilometres: float) -> str:
    """A distance for a page, miles first because officers think in miles."""
    miles = kilometres / KM_IN_A_MILE
    if kilometres >= 20:
        return f"{miles:.0f} miles ({kilometres:.0f} km)"
    return f"{miles:.1f} miles ({kilometres:.1f} km)"
