"""Stops of new placements; all of them invented."""

from itertools import count
from typing import Any

from app.kernel.audit import Actor
from providers import stops
from providers.models.provider import Provider
from providers.models.stop import PlacementStop, StopCause

LEAD = Actor(None, "Alex Lead")
_numbers = count(1)


def make_stop(provider: Provider, **values: Any) -> PlacementStop:
    """A stop of all a provider's offers after a visit's critical finding, in force."""
    number = next(_numbers)
    defaults = {
        "cause": StopCause.FINDING,
        "reason": "No single central register was kept.",
        "by": LEAD,
        "source": f"Report on visit {number}",
        "source_key": f"visit:{number}",
    }
    return stops.impose(provider, **defaults | values)
