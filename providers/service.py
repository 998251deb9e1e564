"""What the directory does: start a framework, set its caps, look after providers."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.rules import require
from providers import needs
from providers.models.framework import Framework, Lot, PriceCap, Scheme, SchemeWindow, Service

LOT_NAMES = {
    "A": "Tutoring and specialist teaching",
    "B": "Inclusion support",
    "C": "Therapies",
}


def start_framework(
    *,
    reference: str,
    name: str,
    starts_on: date,
    ends_on: date,
    max_value_pence: int | None = None,
    services: Iterable[needs.Service] = needs.SERVICES,
) -> Framework:
    """A new scheme with its first framework, lots, services and opening price caps.

    It takes applications from its first day on. services: what is bought; those without a lot
    stand outside the framework. Raises RuleBroken where the reference is taken or the dates are
    the wrong way round.
    """
    taken = db.session.scalar(select(Framework.id).where(Framework.reference == reference))
    require(
        f"A framework with reference {reference} exists already." if taken else None,
        "The framework must end after it starts." if ends_on <= starts_on else None,
    )
    framework = Framework(
        scheme=Scheme(name=f"{name} ({reference})", windows=[SchemeWindow(opens_on=starts_on)]),
        reference=reference,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        max_value_pence=max_value_pence,
    )
    lots = {code: Lot(code=code, name=title) for code, title in LOT_NAMES.items()}
    framework.lots = list(lots.values())
    db.session.add(framework)
    for service in services:
        row = _service(service, lots.get(service.lot or ""))
        if service.cap is not None:
            framework.price_caps.append(
                PriceCap(service=row, pence_per_hour=service.cap, starts_on=starts_on)
            )
    db.session.flush()
    return framework


def _service(service: needs.Service, lot: Lot | None) -> Service:
    """The service's row, made where it is new, now in this lot."""
    row = db.session.scalar(select(Service).where(Service.code == service.code))
    if row is None:
        row = Service(code=service.code, name=service.name, group=service.group)
        db.session.add(row)
    row.lot = lot
    return row
