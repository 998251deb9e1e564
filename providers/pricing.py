"""Prices made comparable, and held against the framework's caps.

Providers quote by the hour, half-day, day or week, with, without or exempt from VAT. Here
every quote becomes pence an hour, exactly, and a cap is judged on the figure that its basis
names.

The basis of a cap is net of VAT unless the settings say otherwise. A local authority recovers
the VAT it pays (Value Added Tax Act 1994, section 33), so the net price is what a placement
costs it; and only net prices treat an exempt provider, who adds no VAT, and a registered one
alike. A price that only looks too high because VAT is inside it is therefore within the cap,
but `cap_remark` says so, so that a person can look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache

from app.kernel.money import pounds, round_half_up
from app.kernel.words import in_words
from providers.needs import Labelled, PriceUnit, VatBasis


class CapBasis(Labelled):
    """Which figure of a price a cap limits."""

    NET = "net", "net of VAT"
    QUOTED = "quoted", "as quoted"
    GROSS = "gross", "including VAT"


@dataclass(frozen=True)
class PricingSettings:
    """How quotes are made comparable.

    hours_per_day: taught hours that a day's price buys. hours_per_session: half of a day, so
    that two sessions and a day compare alike. hours_per_week: five such days, the 25 hours
    usually taken as full-time. vat_percent: standard rate. cap_basis: see the module.
    """

    hours_per_day: Fraction = Fraction(5)
    hours_per_session: Fraction = Fraction(5, 2)
    hours_per_week: Fraction = Fraction(25)
    vat_percent: Fraction = Fraction(20)
    cap_basis: CapBasis = CapBasis.NET

    def hours(self, unit: PriceUnit) -> Fraction:
        """Hours that one unit of price buys."""
        return {
            PriceUnit.HOUR: Fraction(1),
            PriceUnit.SESSION: self.hours_per_session,
            PriceUnit.DAY: self.hours_per_day,
            PriceUnit.WEEK: self.hours_per_week,
        }[unit]

    @cached_property
    def factors(self) -> Mapping[tuple[PriceUnit, VatBasis, CapBasis], Fraction]:
        """What a penny of a quote is an hour, by how it is quoted and on which basis it is held."""
        with_vat = 1 + self.vat_percent / 100
        taxed = {
            (VatBasis.INCLUSIVE, CapBasis.NET): 1 / with_vat,
            (VatBasis.EXCLUSIVE, CapBasis.GROSS): with_vat,
        }
        return {
            (unit, vat, basis): taxed.get((vat, basis), Fraction(1)) / self.hours(unit)
            for unit in PriceUnit
            for vat in VatBasis
            for basis in CapBasis
        }


SETTINGS = PricingSettings()


@dataclass(frozen=True)
class Price:
    """A price as the provider quotes it: pence for one child for one unit.

    Raises ValueError unless the amount is positive.
    """

    pence: int
    unit: PriceUnit = PriceUnit.HOUR
    vat: VatBasis = VatBasis.EXEMPT

    def __post_init__(self) -> None:
        """Refuse a price of nothing: it would be taken as the cheapest offer of all."""
        if self.pence <= 0:
            raise ValueError("A price is more than £0.")

    def __str__(self) -> str:
        """The quote in words: "£92.50 a day plus VAT"."""
        vat = {VatBasis.INCLUSIVE: " including VAT", VatBasis.EXCLUSIVE: " plus VAT"}
        return f"{pounds(self.pence)} {self.unit.label}{vat.get(self.vat, '')}"

    def net_per_hour(self, settings: PricingSettings = SETTINGS) -> int:
        """Pence an hour without VAT, rounded to the penny: what a placement costs."""
        if settings is SETTINGS:
            return _usual_net(self.pence, self.unit, self.vat)
        return round_half_up(self.per_hour(CapBasis.NET, settings))

    def gross_per_hour(self, settings: PricingSettings = SETTINGS) -> int:
        """Pence an hour with any VAT, rounded to the penny: what the invoice shows."""
        return round_half_up(self.per_hour(CapBasis.GROSS, settings))

    def per_hour(self, basis: CapBasis, settings: PricingSettings = SETTINGS) -> Fraction:
        """Pence an hour on a basis, exactly: what a cap is held against."""
        return self.pence * settings.factors[self.unit, self.vat, basis]


@lru_cache(maxsize=4096)
def _usual_net(pence: int, unit: PriceUnit, vat: VatBasis) -> int:
    """The net price that every list shows, kept: quotes are alike far more often than not."""
    return round_half_up(pence * SETTINGS.factors[unit, vat, CapBasis.NET])


@dataclass(frozen=True)
class Cap:
    """The most that a framework pays for a service: pence an hour, from one date to another.

    ends_on is the last day in force, None while open. exceptions: offers that may cost more by a
    recorded decision, by id, each with the most that it may cost: pence an hour.
    """

    service: str
    pence: int
    starts_on: date
    ends_on: date | None = None
    exceptions: Mapping[int, int] = field(default_factory=dict, compare=False)

    def limit(self, offer_id: int | None = None) -> int:
        """The most that an offer may cost: pence an hour."""
        return max(self.pence, self.exceptions.get(offer_id, 0))

    def in_force(self, on: date) -> bool:
        """Whether the cap applies on a date."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


def cap_on(caps: Iterable[Cap], service: str, on: date) -> Cap | None:
    """The cap for a service on a date: the latest started, None where the service has none."""
    in_force = [cap for cap in caps if cap.service == service and cap.in_force(on)]
    return max(in_force, key=lambda cap: cap.starts_on, default=None)


def above_cap(
    price: Price,
    cap: Cap | None,
    service_name: str,
    settings: PricingSettings = SETTINGS,
    offer_id: int | None = None,
) -> str | None:
    """Why a price is refused, with the cap, its start date and the excess; None within the cap.

    Exact: a price a fraction of a penny above is above. offer_id: whose price it is, for the
    exceptions that were decided.
    """
    if cap is None:
        return None
    hourly = price.per_hour(settings.cap_basis, settings)
    if hourly <= cap.limit(offer_id):
        return None
    shown = max(round_half_up(hourly), cap.pence + 1)
    return (
        f"{_as_judged(price, shown, settings)} is {pounds(shown - cap.pence)} above the cap of "
        f"{pounds(cap.pence)} an hour {settings.cap_basis.label} for {service_name}, in force "
        f"since {in_words(cap.starts_on)}. Enter a price within the cap."
    )


def cap_remark(
    price: Price, cap: Cap | None, service_name: str, settings: PricingSettings = SETTINGS
) -> str | None:
    """What to check where a price within a net cap is above it as quoted; None otherwise."""
    if cap is None or settings.cap_basis is not CapBasis.NET:
        return None
    quoted = price.per_hour(CapBasis.QUOTED, settings)
    net = price.per_hour(CapBasis.NET, settings)
    if not net <= cap.pence < quoted:
        return None
    return (
        f"{price} is above the cap of {pounds(cap.pence)} an hour for {service_name} only "
        f"because VAT is included: it is {pounds(round_half_up(net))} net. Check that the "
        "provider charges VAT."
    )


def _as_judged(price: Price, shown: int, settings: PricingSettings) -> str:
    """The quote, with the hourly figure that was held against the cap where the two differ."""
    if shown == price.pence and price.unit is PriceUnit.HOUR:
        return str(price)
    return f"{price} ({pounds(shown)} an hour {settings.cap_basis.label})"
