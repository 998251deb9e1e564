"""How far it is by road: asked of a table server where the authority has one, else estimated.

What decides a match is the straight line (`matching.distance`); the road is shown beside it. The
server speaks OSRM's table service (http://project-osrm.org/docs/v5.24.0/api/#table-service). It
is sent the coordinates of homes, so it should be the authority's own.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

log = logging.getLogger(__name__)
PAUSE = 60.0
"""Seconds for which a server that did not answer is left alone."""

Place = tuple[float, float]


@dataclass(frozen=True)
class Road:
    """One way by road: km, minutes where a server measured them, and whether one did."""

    km: float
    minutes: float | None = None

    @property
    def measured(self) -> bool:
        """Whether a server said so; otherwise it is an estimate from the straight line."""
        return self.minutes is not None


@dataclass
class RoadServer:
    """A table server at an address. seconds: the longest to wait for it."""

    address: str
    seconds: float = 2.0
    _away_until: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise ValueError("The road server's address must begin with http:// or https://.")

    def table(self, home: Place, sites: Sequence[Place]) -> list[Road | None]:
        """From one home to each site, latitude before longitude; None where it does not know.

        Nothing but None where the server is away; it is then left alone for a minute.
        """
        unknown: list[Road | None] = [None] * len(sites)
        if not sites or monotonic() < self._away_until:
            return unknown
        try:
            with urlopen(self._question(home, sites), timeout=self.seconds) as answer:
                return _read(json.load(answer), len(sites))
        except (OSError, HTTPException, ValueError, KeyError, TypeError, IndexError) as fault:
            self._away_until = monotonic() + PAUSE
            log.warning("the road server did not answer as it should: %s", fault)
            return unknown

    def _question(self, home: Place, sites: Sequence[Place]) -> str:
        places = ";".join(
            f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in (home, *sites)
        )
        ends = ";".join(str(number) for number in range(1, len(sites) + 1))
        return (
            f"{self.address.rstrip('/')}/table/v1/driving/{places}"
            f"?sources=0&destinations={ends}&annotations=distance,duration"
        )


def _read(answer: dict[str, Any], count: int) -> list[Road | None]:
    """The one row of the table: metres and seconds, null where there is no way."""
    if answer["code"] != "Ok":
        raise ValueError(f"it answered {answer['code']!r}")
    metres, seconds = answer["distances"][0], answer["durations"][0]
    if len(metres) != count or len(seconds) != count:
        raise ValueError("its table has another size")
    return [
        None if m is None or s is None else Road(round(m / 1000, 3), round(s / 60, 1))
        for m, s in zip(metres, seconds, strict=True)
    ]


def by_road(
    home: Place, sites: Sequence[tuple[Place, float]], factor: float, server: RoadServer | None
) -> list[Road]:
    """From a home to each site, given with its straight line in km: measured, else estimated.

    factor: road kilometres for each straight one, by the policy.
    """
    measured = server.table(home, [place for place, _ in sites]) if server else [None] * len(sites)
    return [
        known or Road(round(km * factor, 3)) for known, (_, km) in zip(measured, sites, strict=True)
    ]
