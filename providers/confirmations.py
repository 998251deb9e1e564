"""Keeping capacity true: what a provider says is free, who has to be asked, what was answered."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from providers import compliance
from providers.admission import AdmissionState
from providers.capacity import Free, free_of
from providers.compliance import ComplianceSettings, Freshness, freshness
from providers.models.ask import CapacityAsk
from providers.models.commitment import SpareHalfDay
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import SESSIONS

ASK_AGAIN_AFTER = 7
"""Days before a provider that has not answered is asked again."""


@dataclass(frozen=True)
class Stated:
    """An offer with what it states, what of it is free today, and how fresh that is.

    half_days: for each half-day of the week, the children it can take; 0 where it is closed.
    """

    offer: Offer
    free: Free
    freshness: Freshness
    half_days: tuple[int, ...]


def stated(provider: Provider, on: date) -> list[Stated]:
    """What a provider states of each of its offers, by service."""
    offers = db.session.scalars(
        select(Offer)
        .where(Offer.provider_id == provider.id)
        .options(joinedload(Offer.service), joinedload(Offer.site), selectinload(Offer.needs))
    ).all()
    free, spare = free_of(offers, on), _spare(offers)
    listed = [
        Stated(
            offer,
            free[offer.id],
            freshness(offer.confirmed_on, on),
            half_days(offer, spare.get(offer.id, {})),
        )
        for offer in offers
    ]
    return sorted(listed, key=lambda each: (each.offer.service.name, each.offer.id))


def stated_of(offer: Offer, on: date) -> Stated:
    """What is stated of one offer."""
    return next(each for each in stated(offer.provider, on) if each.offer.id == offer.id)


def half_days(offer: Offer, spare: Mapping[int, int]) -> tuple[int, ...]:
    """How many children an offer can take in each half-day of the week."""
    return tuple(
        spare.get(number, offer.places_free) if offer.sessions >> number & 1 else 0
        for number in range(len(SESSIONS))
    )


def mark(figures: Iterable[Stated]) -> str:
    """A short mark of figures as shown, so that nobody confirms others than they saw."""
    facts = [
        (
            each.offer.id,
            each.offer.hours_free,
            each.offer.places_free,
            each.half_days,
            each.offer.opens_on and each.offer.opens_on.isoformat(),
        )
        for each in figures
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def confirm(provider: Provider, shown: str) -> int:
    """Confirm, as of today, all that a provider states; how many offers that is.

    shown: the mark of what was confirmed. Raises RuleBroken where it is no longer so.
    """
    figures = _locked(provider)
    require(
        None
        if shown == mark(figures)
        else "What is free was changed since you opened the page. Look at it again, then confirm."
    )
    for each in figures:
        each.offer.confirmed_on = today()
    return len(figures)


def state(
    offer: Offer,
    *,
    hours: int | None,
    places: int,
    by_half_day: Sequence[int],
    opens_on: date | None = None,
) -> None:
    """Say anew what an offer has room for, children placed by the authority included.

    hours: a week; None where the authority is to ask. by_half_day: children in each half-day of
    the week, Monday morning first, 0 where it is closed. opens_on: the first day on which a new
    child can start, None for at once; a day that is past is at once.
    Raises RuleBroken for a week without a single half-day, or for more children in a half-day than
    the offer takes.
    """
    sessions = sum(1 << number for number, room in enumerate(by_half_day) if room)
    require(
        None if sessions else "Enter how many children you can take in at least one half-day.",
        "A half-day cannot take more children than there are places. Raise the places, or lower it."
        if max(by_half_day) > places > 0
        else None,
    )
    offer.hours_free, offer.places_free, offer.sessions = hours, places, sessions
    offer.opens_on = opens_on if opens_on and opens_on > today() else None
    offer.confirmed_on = today()
    kept = {row.session: row for row in db.session.scalars(_rows_of([offer]))}
    for number, room in enumerate(by_half_day):
        row = kept.get(number)
        if not room or room == places:
            if row:
                db.session.delete(row)
        elif row:
            row.places = room
        else:
            db.session.add(SpareHalfDay(offer_id=offer.id, session=number, places=room))
    db.session.flush()


def to_ask(on: date, settings: ComplianceSettings = compliance.SETTINGS) -> list[Provider]:
    """Approved providers whose capacity is stale and who were not asked in the last week."""
    stale = on - timedelta(days=settings.stale_after)
    asked = select(CapacityAsk.provider_id).where(
        CapacityAsk.asked_at > now() - timedelta(days=ASK_AGAIN_AFTER)
    )
    statement = (
        select(Provider)
        .where(
            Provider.state == AdmissionState.APPROVED,
            Provider.offers.any(Offer.confirmed_on < stale),
            Provider.id.not_in(asked),
        )
        .options(selectinload(Provider.offers))
        .order_by(Provider.name, Provider.id)
    )
    return list(db.session.scalars(statement))


def ask(provider: Provider) -> CapacityAsk:
    """Note that a provider is asked what is free; a link sent before no longer works."""
    row = CapacityAsk(provider=provider, asked_at=now())
    db.session.add(row)
    db.session.flush()
    return row


def why_dead(row: CapacityAsk) -> str | None:
    """Why a question's link can no longer be used; None while it can."""
    if row.answered_at is not None:
        return "This link was used already. It works only once."
    newer = select(CapacityAsk.id).where(
        CapacityAsk.provider_id == row.provider_id, CapacityAsk.id > row.id
    )
    if db.session.scalar(newer.limit(1)) is not None:
        return "A newer link was sent since. Use the one in the latest email."
    return None


def answer(row: CapacityAsk, shown: str) -> int:
    """Answer a question: all is as it was shown. Returns how many offers are confirmed.

    Raises RuleBroken where the link is dead, or where what was shown is no longer so.
    """
    locked = db.session.get_one(CapacityAsk, row.id, with_for_update=True, populate_existing=True)
    require(why_dead(locked))
    confirmed = confirm(locked.provider, shown)
    locked.answered_at = now()
    return confirmed


def _locked(provider: Provider) -> list[Stated]:
    """What a provider states, with its offers held against other writers."""
    offers = select(Offer).where(Offer.provider_id == provider.id).with_for_update()
    db.session.scalars(offers.execution_options(populate_existing=True)).all()
    return stated(provider, today())


def _rows_of(offers: Iterable[Offer]):
    return select(SpareHalfDay).where(SpareHalfDay.offer_id.in_([offer.id for offer in offers]))


def _spare(offers: Iterable[Offer]) -> dict[int, dict[int, int]]:
    rows: dict[int, dict[int, int]] = {}
    for row in db.session.scalars(_rows_of(offers)):
        rows.setdefault(row.offer_id, {})[row.session] = row.places
    return rows
