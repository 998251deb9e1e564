"""Promising room at an offer, and giving it back: what commissioning writes when it calls off."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import RuleBroken, require
from app.kernel.words import in_words
from providers.capacity import Free, free_on
from providers.models.commitment import COMMITMENT, Commitment, CommitmentState
from providers.models.offer import Offer
from providers.needs import sessions_in_words
from providers.queries import Closure, caps_in_force, closed_reasons
from providers.stops import read_afresh

OPEN = (CommitmentState.PROMISED, CommitmentState.LIVE)


def offer_by_reference(reference: str) -> Offer:
    """The offer with a reference. Raises RuleBroken where there is none."""
    row = db.session.scalar(select(Offer).where(Offer.reference == reference.strip()))
    if row is None:
        raise RuleBroken(f"There is no offer {reference}. Check the reference.")
    return row


def promise(
    offer: Offer,
    *,
    reference: str,
    hours: int,
    starts_on: date,
    source: str,
    pence_a_week: int,
    ends_on: date | None = None,
    places: int = 1,
    sessions: int = 0,
    despite: Collection[Closure] = (),
) -> Commitment:
    """Give away room at an offer, under a lock, so that the last place goes once.

    despite: what closes the offer and yet does not count, such as a cap from which commissioning
    has decided an exception for one child.
    Raises RuleBroken with every reason: the offer is closed on the first day, or has too little
    room left from then on.
    """
    locked = db.session.get_one(Offer, offer.id, with_for_update=True, populate_existing=True)
    ends_after = ends_on is None or ends_on >= starts_on
    require(None if ends_after else "The last day must not be before the first.")
    read_afresh(locked.provider)
    closed = closed_reasons(locked, starts_on, caps_in_force(starts_on))
    free = free_on(locked, starts_on, ends_on)
    closed = tuple(reason for reason in closed if reason.code not in despite)
    require(*(reason.text for reason in closed), *_shortages(free, hours, places, sessions))
    actor = audit.current_actor()
    commitment = Commitment(
        offer=locked,
        state=COMMITMENT.initial,
        reference=reference.strip(),
        hours=hours,
        places=places,
        sessions=sessions,
        pence_a_week=pence_a_week,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source.strip(),
        recorded_by=actor.name if actor else "",
        recorded_at=now(),
    )
    db.session.add(commitment)
    if starts_on <= today():
        COMMITMENT.fire(commitment, "start")
    db.session.flush()
    return commitment


def rewrite(
    commitment: Commitment,
    *,
    hours: int,
    sessions: int,
    ends_on: date,
    pence_a_week: int,
    source: str,
    despite: Collection[Closure] = (),
) -> None:
    """Change what a commitment takes from its first day on, under the offer's lock.

    For terms that are agreed anew from the day on which it begins. Raises RuleBroken where it has
    ended or been released, or the offer is closed or lacks the room.
    """
    locked = db.session.get_one(
        Offer, commitment.offer_id, with_for_update=True, populate_existing=True
    )
    read_afresh(locked.provider)
    first = commitment.starts_on
    require(
        None
        if commitment.state in OPEN
        else f"This commitment is {commitment.state.label.lower()} already.",
        None if ends_on >= first else "The last day must not be before the first.",
        *(
            reason.text
            for reason in closed_reasons(locked, first, caps_in_force(first))
            if reason.code not in despite
        ),
    )
    commitment.hours, commitment.sessions, commitment.ends_on = hours, sessions, ends_on
    commitment.pence_a_week, commitment.source = pence_a_week, source.strip()
    db.session.flush()
    taken = free_on(locked, first, ends_on)  # with what it now takes itself
    over = None if locked.hours_free is None else taken.promised_hours - locked.hours_free
    require(
        f"Only {max(0, hours - over)} hours a week are free from then on. Ask for fewer."
        if over is not None and over > 0
        else None,
        "The place is promised to another child on some of these days. Choose other days."
        if taken.promised_places > locked.places_free
        else None,
    )


def _shortages(free: Free, hours: int, places: int, sessions: int) -> list[str | None]:
    missing = sessions & ~free.sessions
    return [
        f"Only {free.hours} hours a week are free from then on. Ask for fewer, or another offer."
        if free.hours is not None and hours > free.hours
        else None,
        f"Only {free.places} places are free from then on. Choose another offer."
        if places > free.places
        else None,
        f"There is no room on {sessions_in_words(missing)}. Choose other half-days."
        if missing
        else None,
    ]


def end(commitment: Commitment, last_day: date) -> None:
    """Set the last day; where that is today or past, the commitment has ended.

    Raises RuleBroken where the day is before the first, or it has ended or been released.
    """
    require(
        f"It began on {in_words(commitment.starts_on)}. Enter that day or a later one."
        if last_day < commitment.starts_on
        else None,
        None
        if commitment.state in OPEN
        else f"This commitment is {commitment.state.label.lower()} already.",
    )
    commitment.ends_on = last_day
    if last_day <= today():
        COMMITMENT.fire(commitment, "end")


def release(commitment: Commitment) -> None:
    """Give back room that was promised and never used. Raises RuleBroken once it is live."""
    COMMITMENT.fire(commitment, "release")


def children_there(provider_id: int, on: date) -> int:
    """How many children's places at a provider are taken up on a date, through the authority."""
    running = (
        Commitment.state != CommitmentState.RELEASED,
        Commitment.starts_on <= on,
        or_(Commitment.ends_on.is_(None), Commitment.ends_on >= on),
    )
    places = select(func.coalesce(func.sum(Commitment.places), 0)).join(Commitment.offer)
    return db.session.scalar(places.where(Offer.provider_id == provider_id, *running)) or 0


def settle(on: date) -> tuple[int, int]:
    """Start what was to start by a date, end what was to end before it; how many of each.

    The room that is free does not depend on this: it is reckoned from the days themselves.
    """
    begun = db.session.scalars(
        select(Commitment).where(
            Commitment.state == CommitmentState.PROMISED, Commitment.starts_on <= on
        )
    ).all()
    for commitment in begun:
        COMMITMENT.fire(commitment, "start")
    over = db.session.scalars(
        select(Commitment).where(Commitment.state == CommitmentState.LIVE, Commitment.ends_on < on)
    ).all()
    for commitment in over:
        COMMITMENT.fire(commitment, "end")
    return len(begun), len(over)


def hours_given_since(day: date) -> dict[int, int]:
    """Hours a week of the work that started on the day or later, by provider id."""
    rows = db.session.execute(
        select(Offer.provider_id, func.sum(Commitment.hours))
        .join(Commitment.offer)
        .where(Commitment.starts_on >= day)
        .group_by(Offer.provider_id)
    )
    return {provider: int(hours) for provider, hours in rows}


def commitments(provider_id: int | None = None, *, all_of_them: bool = False) -> Select:
    """Commitments with their offers, the latest to start first: those promised or live, or all."""
    statement = (
        select(Commitment)
        .join(Commitment.offer)
        .options(
            joinedload(Commitment.offer).options(
                joinedload(Offer.provider), joinedload(Offer.service)
            )
        )
    )
    if provider_id is not None:
        statement = statement.where(Offer.provider_id == provider_id)
    if not all_of_them:
        statement = statement.where(Commitment.state.in_(OPEN))
    return statement.order_by(Commitment.starts_on.desc(), Commitment.id.desc())
