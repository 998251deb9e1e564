"""Price caps over time: what a new one would do, publishing it, and exceptions from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words
from providers.admission import AdmissionState
from providers.models.cap import CapException
from providers.models.framework import PriceCap, Service
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.pricing import Cap, above_cap
from providers.queries import caps_in_force

GONE = (AdmissionState.REMOVED, AdmissionState.LEFT)


@dataclass(frozen=True)
class ExceptionSettings:
    """longest: days that an exception from a cap may last before it is decided again."""

    longest: int = 365


SETTINGS = ExceptionSettings()


@dataclass(frozen=True)
class Affected:
    """An offer that a cap would close, and why in words, with cap, date and excess."""

    offer: Offer
    why: str


def caps_of(service: Service) -> Sequence[PriceCap]:
    """Every cap of a service, the latest first."""
    found = select(PriceCap).where(PriceCap.service_id == service.id)
    return db.session.scalars(found.order_by(PriceCap.starts_on.desc())).all()


def all_caps() -> Sequence[PriceCap]:
    """Every cap of every service, by service and then the latest first."""
    return db.session.scalars(
        select(PriceCap)
        .join(PriceCap.service)
        .options(joinedload(PriceCap.service))
        .order_by(Service.name, PriceCap.starts_on.desc())
    ).all()


def affected(service: Service, pence: int, starts_on: date) -> list[Affected]:
    """The offers that a cap would close from its first day, those of providers still here.

    Offers that an exception lets cost as much are not among them.
    """
    before = next((c for c in caps_in_force(starts_on) if c.service == service.code), None)
    cap = Cap(service.code, pence, starts_on, exceptions=before.exceptions if before else {})
    offers = db.session.scalars(
        select(Offer)
        .join(Offer.provider)
        .where(Offer.service_id == service.id, Provider.state.not_in(GONE))
        .options(joinedload(Offer.provider), joinedload(Offer.service))
        .order_by(Provider.name, Offer.id)
    )
    return [
        Affected(offer, why)
        for offer in offers
        if (why := above_cap(offer.price, cap, service.name, offer_id=offer.id))
    ]


def cap_faults(service: Service, starts_on: date, on: date) -> dict[str, str]:
    """Why a cap may not start on a date, by field; empty where it may."""
    latest = next(iter(caps_of(service)), None)
    framework = service.lot.framework if service.lot else None
    if framework is None:
        return {"pence": f"{service.name} stands outside the framework and has no cap"}
    if starts_on < on:
        return {"starts_on": "A cap cannot start in the past: days gone by were judged already"}
    if latest and latest.starts_on >= starts_on:
        return {
            "starts_on": "A cap was published already that starts on "
            f"{in_words(latest.starts_on)}. Enter a later date"
        }
    if not framework.starts_on <= starts_on <= framework.ends_on:
        return {
            "starts_on": f"The framework runs from {in_words(framework.starts_on)} to "
            f"{in_words(framework.ends_on)}. Enter a date inside it"
        }
    return {}


def publish_cap(service: Service, pence: int, starts_on: date, *, on: date) -> PriceCap:
    """A new cap from a date; the one before ends the day before it.

    pence: an hour. Raises RuleBroken where the date can't be.
    """
    require(*cap_faults(service, starts_on, on).values())
    before = next(iter(caps_of(service)), None)
    day_before = starts_on - timedelta(days=1)
    if before and (before.ends_on is None or before.ends_on > day_before):
        before.ends_on = day_before
    cap = PriceCap(
        framework=service.lot.framework, service=service, pence_per_hour=pence, starts_on=starts_on
    )
    db.session.add(cap)
    db.session.flush()
    return cap


def exception_faults(
    pence: int, cap: Cap | None, ends_on: date, on: date, settings: ExceptionSettings = SETTINGS
) -> dict[str, str]:
    """Why an exception may not be made, by field; empty where it may."""
    latest = on + timedelta(days=settings.longest)
    faults = {}
    if cap is None:
        faults["pence"] = "The service has no cap today, so nothing needs an exception"
    elif pence <= cap.pence:
        faults["pence"] = "Enter an amount above the cap; within it no exception is needed"
    if not on <= ends_on <= latest:
        faults["ends_on"] = f"Enter a date from today to {in_words(latest)}"
    return faults


def allow_above_cap(
    offer: Offer, pence: int, ends_on: date, reason: str, *, by: Actor, on: date
) -> CapException:
    """Let an offer cost more than the cap from today to a date, for a reason.

    pence: the most an hour, on the basis that caps have. Raises RuleBroken.
    """
    cap = next((c for c in caps_in_force(on) if c.service == offer.service.code), None)
    require(
        *exception_faults(pence, cap, ends_on, on).values(),
        None if reason.strip() else "Enter the reason.",
    )
    row = CapException(
        offer=offer,
        pence_per_hour=pence,
        starts_on=on,
        ends_on=ends_on,
        reason=reason.strip(),
        approved_by=by.name,
        approved_by_id=by.user_id,
        approved_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def withdraw_exception(row: CapException, *, on: date) -> None:
    """End an exception today. Raises RuleBroken where it holds no more."""
    require(None if row.in_force(on) else "This exception holds no more.")
    row.withdrawn_on = on


def exceptions() -> Select:
    """Every exception, the latest first."""
    return (
        select(CapException)
        .options(
            joinedload(CapException.offer).joinedload(Offer.service),
            joinedload(CapException.offer).joinedload(Offer.provider),
        )
        .order_by(CapException.id.desc())
    )
