"""The sites and offers that an applicant proposes: what may be wrong with them, and in words.

They are kept as they were written, beside the application, until it is admitted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from providers.needs import (
    ALL_SESSIONS,
    Delivery,
    NeedType,
    PriceUnit,
    VatBasis,
    sessions_in_words,
)
from providers.pricing import Cap, Price, above_cap, cap_on
from providers.stages import OLDEST_AGE, YOUNGEST_AGE

MOST_PLACES = 2_000
MOST_HOURS = 10_000


NEW = 0
"""The number of what has none yet."""


@dataclass(frozen=True)
class ProposedSite:
    """An address. number: within the application, NEW for a further one.

    postcode: without a space.
    """

    number: int
    name: str
    postcode: str

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


@dataclass(frozen=True)
class ProposedOffer:
    """A service at a price. number: within the application, NEW for a further one.

    service: its code. site: its number.
    Ages in years; hours a week; sessions as bits; travel_radius_km for work away from the site;
    price_pence per price_unit on vat_basis.
    """

    number: int
    service: str
    site: int
    needs: tuple[str, ...]
    min_age: int
    max_age: int
    deliveries: tuple[str, ...]
    travel_radius_km: float | None
    sessions: int
    hours_free: int
    places_free: int
    group_size: int
    min_hours: int
    price_pence: int
    price_unit: str
    vat_basis: str

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        values = asdict(self).items()
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "ProposedOffer":
        """From how it was stored."""
        lists = {"needs": tuple(kept["needs"]), "deliveries": tuple(kept["deliveries"])}
        return cls(**{**kept, **lists})

    @property
    def price(self) -> Price:
        """The price as quoted."""
        return Price(self.price_pence, PriceUnit(self.price_unit), VatBasis(self.vat_basis))

    @property
    def at_home(self) -> bool:
        """Whether staff work in the child's home."""
        return Delivery.AT_HOME.value in self.deliveries

    @property
    def days(self) -> str:
        """The days of the week in words."""
        return sessions_in_words(self.sessions)

    @property
    def need_types(self) -> list[NeedType]:
        """The needs that it can meet."""
        return [NeedType(value) for value in self.needs]

    @property
    def ways(self) -> list[Delivery]:
        """Where it is given."""
        return [way for way in Delivery if way.value in self.deliveries]


def offer_faults(
    offer: ProposedOffer,
    *,
    services: Mapping[str, str],
    sites: Collection[int],
    caps: Iterable[Cap],
    on: date,
) -> dict[str, str]:
    """What is wrong with a proposed offer, by field; empty where nothing is.

    services: those of the framework, code to name. sites: numbers of the application's sites.
    """
    faults = {}
    if offer.service not in services:
        faults["service"] = "Select a service of the framework"
    elif reason := above_cap(offer.price, cap_on(caps, offer.service, on), services[offer.service]):
        faults["price_pence"] = reason
    if offer.site not in sites:
        faults["site"] = "Select one of your sites"
    if not offer.needs:
        faults["needs"] = "Select at least one type of need"
    if not YOUNGEST_AGE <= offer.min_age <= OLDEST_AGE:
        faults["min_age"] = f"Enter an age from {YOUNGEST_AGE} to {OLDEST_AGE}"
    elif not offer.min_age <= offer.max_age <= OLDEST_AGE:
        faults["max_age"] = (
            f"Enter an age from {offer.min_age}, the youngest that you take, to {OLDEST_AGE}"
        )
    if not offer.deliveries:
        faults["deliveries"] = "Select where you give it"
    if offer.at_home and offer.travel_radius_km is None:
        faults["travel_radius_km"] = "Enter how many miles your staff travel to a child’s home"
    if not 1 <= offer.sessions <= ALL_SESSIONS:
        faults["sessions"] = "Select at least one half-day"
    return faults
