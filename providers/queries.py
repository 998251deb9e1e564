"""What the directory holds on a date: which offers are open, and why the others are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.kernel.words import in_words
from providers import compliance
from providers.admission import AdmissionState
from providers.caps_in_force import caps_in_force
from providers.lots import lot_objection
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Judgement
from providers.pricing import Cap, above_cap, cap_on
from providers.stops import covering


class Closure(StrEnum):
    """Why an offer cannot be used at present, as a stable code."""

    STANDING = "standing"
    LOT = "lot"
    STOP = "stop"
    JUDGEMENT = "judgement"
    EVIDENCE = "evidence"
    CAP = "cap"
    CAPACITY = "capacity"


@dataclass(frozen=True)
class ClosedReason:
    """One reason that an offer is closed: its code, and the sentence to show."""

    code: Closure
    text: str


@dataclass(frozen=True)
class OfferBook:
    """All offers on a date: the open ones, and the closed ones each with its reasons."""

    open: tuple[Offer, ...]
    closed: tuple[tuple[Offer, tuple[ClosedReason, ...]], ...]


def offer_book(on: date, confirmed_within_days: int | None = None) -> OfferBook:
    """Every offer of the directory, sorted into open and closed on a date.

    confirmed_within_days: capacity confirmed longer ago closes an offer too; None for any date.
    """
    caps = caps_in_force(on)
    is_open: list[Offer] = []
    closed: list[tuple[Offer, tuple[ClosedReason, ...]]] = []
    for offer in db.session.scalars(_whole_offers().order_by(Offer.id)):
        reasons = closed_reasons(offer, on, caps, confirmed_within_days)
        if reasons:
            closed.append((offer, reasons))
        else:
            is_open.append(offer)
    return OfferBook(tuple(is_open), tuple(closed))


def provider_by_reference(reference: str) -> Provider:
    """The provider with a reference. Raises RuleBroken where there is none."""
    row = db.session.scalar(select(Provider).where(Provider.reference == reference.strip()))
    if row is None:
        raise RuleBroken(f"There is no provider {reference}. Check the reference.")
    return row


def closed_reasons(
    offer: Offer, on: date, caps: Iterable[Cap], confirmed_within_days: int | None = None
) -> tuple[ClosedReason, ...]:
    """Why an offer may not be used on a date, every reason; empty where it may.

    Sources: provider's standing on the framework; the lots it was admitted to (`providers.lots`);
    stops in force (`providers.stops`); last visit's judgement; evidence that must
    be current (`providers.compliance`); price cap (`providers.pricing`); capacity.
    """
    return tuple(_closed_reasons(offer, on, caps, confirmed_within_days))


def _closed_reasons(offer, on, caps, confirmed_within_days) -> Iterable[ClosedReason]:
    provider = offer.provider
    if provider.state is not AdmissionState.APPROVED:
        yield ClosedReason(Closure.STANDING, _STANDING[provider.state])
    not_admitted = lot_objection(offer)
    if not_admitted:
        yield ClosedReason(Closure.LOT, not_admitted)
    for stop in covering(offer):
        since = in_words(stop.imposed_at.astimezone(LONDON).date())
        yield ClosedReason(Closure.STOP, f"New placements are stopped since {since}.")
    if Judgement.RED in (provider.judgement, offer.judgement):
        yield ClosedReason(
            Closure.JUDGEMENT, "Its last quality visit was judged red: no new placements."
        )
    for reason in compliance.evidence_objections(offer.demand().required, offer.held, on):
        yield ClosedReason(Closure.EVIDENCE, reason)
    cap = cap_on(caps, offer.service.code, on)
    excess = above_cap(offer.price, cap, offer.service.name, offer_id=offer.id)
    if excess:
        yield ClosedReason(Closure.CAP, excess)
    if offer.hours_free is None:
        yield ClosedReason(
            Closure.CAPACITY, "It has not said how many hours are free. Ask the provider."
        )
    elif (
        confirmed_within_days is not None and (on - offer.confirmed_on).days > confirmed_within_days
    ):
        yield ClosedReason(
            Closure.CAPACITY,
            f"Its free hours were last confirmed on {in_words(offer.confirmed_on)}, "
            f"more than {confirmed_within_days} days ago. Ask the provider.",
        )


_STANDING = {
    AdmissionState.PENDING: "It has not been approved yet.",
    AdmissionState.SUSPENDED: "It is suspended.",
    AdmissionState.REMOVED: "It has been removed from the framework.",
    AdmissionState.LEFT: "It has left the framework.",
}


def _whole_offers() -> Select:
    """Offers with all that judging and showing them needs, in a fixed number of queries."""
    return select(Offer).options(
        joinedload(Offer.service).joinedload(Service.lot),
        joinedload(Offer.site),
        selectinload(Offer.needs),
        joinedload(Offer.provider).selectinload(Provider.evidence),
        joinedload(Offer.provider).selectinload(Provider.stops),
        joinedload(Offer.provider).selectinload(Provider.admitted_with),
    )
