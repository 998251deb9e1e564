"""The supplier tool's columns, the record that a good row becomes, and the rules it is held to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from providers.admission import AdmissionState
from providers.compliance import ComplianceSettings
from providers.intake.postcodes import Coordinates
from providers.intake.sheet import Column
from providers.needs import SERVICES, Delivery, Judgement, NeedType, Registration, Service
from providers.pricing import Cap, Price, PricingSettings

COLUMNS = (
    Column("reference", "Supplier ref", ("Supplier reference", "Provider ref", "Ref"), True),
    Column("name", "Supplier name", ("Supplier", "Provider name", "Provider"), True),
    Column("standing", "Status", (), True),
    Column(
        "registration", "Registered with DfE?", ("Registered", "Registration", "DfE registered")
    ),
    Column("urn", "URN"),
    Column("lot", "Lot"),
    Column("service", "Service", ("Service type",), True),
    Column("needs", "Needs supported", ("Needs", "Need types", "SEN types"), True),
    Column("ages", "Ages", ("Age range", "Age", "Key stages"), True),
    Column("delivery", "Delivery", ("Delivery mode", "Delivered"), True),
    Column("postcode", "Base postcode", ("Postcode", "Site postcode"), True),
    Column("radius", "Travel radius (miles)", ("Travel radius", "Radius", "Radius (miles)")),
    Column("days", "Days", ("Days available",)),
    Column("hours", "Hours per week available", ("Hours available", "Hours per week", "Hours")),
    Column("places", "Places", ("Places available", "Places free"), True),
    Column("group_size", "Group size", ("Group", "Ratio")),
    Column("price", "Rate per hour", ("Rate", "Price", "Hourly rate", "Price per hour"), True),
    Column("vat", "VAT", ("VAT basis", "VAT status")),
    Column("min_hours", "Min hours", ("Minimum hours",)),
    Column("confirmed_on", "Capacity confirmed on", ("Capacity confirmed", "Confirmed on"), True),
    Column("insurance", "Insurance expires", ("Insurance expiry", "Insurance expires on")),
    Column("staff_checks", "DBS register confirmed", ("DBS confirmed", "Staff checks confirmed")),
    Column("visited_on", "Last visit", ("Last visited", "Date of last visit")),
    Column("judgement", "Visit judgement", ("Judgement", "RAG", "Visit outcome")),
    Column("notes", "Notes", ("Comments",)),
)

ASKS = {
    "reference": "Enter the supplier's reference, such as SUP0015.",
    "name": "Enter the supplier's name.",
    "standing": "Enter Approved, Pending or Suspended.",
    "service": "Enter the service, as the framework names it.",
    "needs": "Enter the needs supported, such as SEMH; ASC.",
    "ages": "Enter an age range such as 7 to 16.",
    "delivery": "Enter at base, child's home, community or online.",
    "postcode": "Enter the full postcode of the base, such as SO23 8UJ.",
    "places": "Enter the number of places that are free.",
    "price": "Enter the price, such as £45.50 per hour.",
    "confirmed_on": "Enter the date on which the provider last confirmed its capacity.",
}


@dataclass(frozen=True)
class SupplierRow:
    """One offer, with its provider. Lengths in km, money in pence, hours a week.

    offer: the offer's reference, SUP0008/mentoring; a second, different offer of one service in
    the same file is SUP0008/mentoring/2. hours_free: None where the provider is to be asked.
    """

    reference: str
    name: str
    standing: AdmissionState
    registration: Registration
    urn: str | None
    offer: str
    service: str
    needs: tuple[NeedType, ...]
    min_age: int
    max_age: int
    deliveries: tuple[Delivery, ...]
    postcode: str
    coordinates: Coordinates
    travel_radius_km: float | None
    sessions: int
    hours_free: int | None
    places_free: int
    group_size: int
    min_hours: int
    price: Price
    confirmed_on: date
    insurance_expires_on: date | None
    staff_checked_on: date | None
    visited_on: date | None
    judgement: Judgement | None
    notes: str | None


@dataclass(frozen=True)
class SupplierRules:
    """What the rows are held against.

    today: the day of intake. caps: of every service, dated. locate: a full postcode to its
    coordinates, None where it is unknown. services: those that may be offered.
    """

    today: date
    caps: Sequence[Cap]
    locate: Callable[[str], Coordinates | None]
    services: Sequence[Service] = SERVICES
    pricing: PricingSettings = field(default_factory=PricingSettings)
    compliance: ComplianceSettings = field(default_factory=ComplianceSettings)
