"""The words every part of matching shares: delivery, transport, places on the map, half-days."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class InvalidProblem(ValueError):
    """The question put to the matcher is not well formed; `faults` lists every reason in words."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class Delivery(StrEnum):
    """Where a component of a package is delivered."""

    AT_BASE = "at_base"
    AT_HOME = "at_home"
    IN_COMMUNITY = "in_community"
    ONLINE = "online"

    @property
    def words(self) -> str:
        """The mode as it reads in a sentence."""
        return {
            Delivery.AT_BASE: "at the provider's site",
            Delivery.AT_HOME: "at the child's home",
            Delivery.IN_COMMUNITY: "in the community",
            Delivery.ONLINE: "online",
        }[self]


class Transport(StrEnum):
    """How the council takes a child to a provider's site; NONE costs the council nothing."""

    NONE = "none"
    MINIBUS = "minibus"
    TAXI = "taxi"
    ESCORTED_TAXI = "escorted_taxi"


DAYS = ("mon", "tue", "wed", "thu", "fri")
HALF_DAYS = frozenset(f"{day}_{half}" for day in DAYS for half in ("am", "pm"))
"""The ten half-days of a school week, such as "mon_am"."""


@dataclass(frozen=True, slots=True)
class Location:
    """A point on the map in WGS84 degrees; InvalidProblem when off the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        faults = [
            f"{name} must be a number, not {value!r}"
            for name, value in (("latitude", self.latitude), ("longitude", self.longitude))
            if not isinstance(value, int | float) or isinstance(value, bool)
        ]
        if faults:
            raise InvalidProblem(*faults)
        if not (isfinite(self.latitude) and -90 <= self.latitude <= 90):
            faults.append(f"latitude must be from -90 to 90, not {self.latitude}")
        if not (isfinite(self.longitude) and -180 <= self.longitude <= 180):
            faults.append(f"longitude must be from -180 to 180, not {self.longitude}")
        if faults:
            raise InvalidProblem(*faults)


def is_whole(value: object) -> bool:
    """True for a whole number that is not a truth value in disguise."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_amount(value: object) -> bool:
    """True for a finite real number that is not a truth value in disguise."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
