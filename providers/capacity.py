"""What is still free: the room that an offer states, less what it has promised.

A provider states its room in all, with the children whom it has through the authority already.
A placement goes on once it has begun, so what is free from a date is the least that is free on
any day from then on: room that is promised for next month is not free today either.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.kernel.database import db
from providers.models.commitment import Commitment, CommitmentState, SpareHalfDay
from providers.models.offer import Offer
from providers.needs import SESSIONS

MOST_NAMED = 500
"""Offers beyond which a query reads every one rather than name them."""


@dataclass(frozen=True)
class Free:
    """What an offer has free from a date on, never less than nothing.

    hours: a week, None where the provider says "ask". places: children. sessions: the half-days
    that still have room, as bits. promised_hours, promised_places: the most that is taken.
    """

    hours: int | None
    places: int
    sessions: int
    promised_hours: int = 0
    promised_places: int = 0

    @property
    def is_full(self) -> bool:
        """Whether not one more child can be taken."""
        return self.hours == 0 or self.places == 0 or self.sessions == 0


def free_on(offer: Offer, on: date, until: date | None = None) -> Free:
    """What an offer has free from a date on, or between two dates (both included)."""
    return free_of([offer], on, until)[offer.id]


def free_of(offers: Iterable[Offer], on: date, until: date | None = None) -> dict[int, Free]:
    """What each of many offers has free, by the offer's id, in one query."""
    listed = list(offers)
    taken: dict[int, dict[int, Commitment]] = defaultdict(dict)
    room: dict[int, dict[int, int]] = defaultdict(dict)
    running = _running([offer.id for offer in listed], on, until)
    for commitment, half_day, places in db.session.execute(running):
        taken[commitment.offer_id][commitment.id] = commitment
        if half_day is not None:
            room[commitment.offer_id][half_day] = places
    return {
        offer.id: _free(offer, list(taken[offer.id].values()), room[offer.id], on)
        for offer in listed
    }


def _free(offer: Offer, taken: Sequence[Commitment], room: Mapping[int, int], on: date) -> Free:
    """The least that is free on any day; it is least on the first, or when something starts."""
    hours = places = full = 0
    for day in {on} | {each.starts_on for each in taken if each.starts_on > on}:
        running = [each for each in taken if each.runs_on(day)]
        hours = max(hours, sum(each.hours for each in running))
        places = max(places, sum(each.places for each in running))
        full |= _full_half_days(offer, running, room)
    return Free(
        hours=None if offer.hours_free is None else max(0, offer.hours_free - hours),
        places=max(0, offer.places_free - places),
        sessions=offer.sessions & ~full,
        promised_hours=hours,
        promised_places=places,
    )


def _full_half_days(offer: Offer, running: Sequence[Commitment], room: Mapping[int, int]) -> int:
    full = 0
    for number in range(len(SESSIONS)):
        taken = sum(each.places for each in running if each.sessions >> number & 1)
        if taken >= room.get(number, max(1, offer.places_free)):
            full |= 1 << number
    return full


def promised(on: date) -> Subquery:
    """The SQL form of what is taken: for each offer, the most on any day from a date on.

    Columns offer_id, hours, places; an offer that has promised nothing has no row, so join it
    outer, and see `hours_left` and `places_left`.
    """
    start, each = aliased(Commitment), aliased(Commitment)
    day = case((start.starts_on < on, on), else_=start.starts_on)
    counts = (
        start.state != CommitmentState.RELEASED,
        or_(start.ends_on.is_(None), start.ends_on >= on),
        each.state != CommitmentState.RELEASED,
        each.starts_on <= day,
        or_(each.ends_on.is_(None), each.ends_on >= day),
    )
    by_day = (
        select(
            start.offer_id,
            func.sum(each.hours).label("hours"),
            func.sum(each.places).label("places"),
        )
        .join(each, each.offer_id == start.offer_id)
        .where(*counts)
        .group_by(start.id, start.offer_id)
        .subquery()
    )
    return (
        select(
            by_day.c.offer_id,
            func.max(by_day.c.hours).label("hours"),
            func.max(by_day.c.places).label("places"),
        )
        .group_by(by_day.c.offer_id)
        .subquery("promised")
    )


def hours_left(taken: Subquery) -> ColumnElement[int]:
    """The hours of `Free` beside `Offer` joined to `promised`; NULL where it says "ask"."""
    return _at_least_nothing(Offer.hours_free - func.coalesce(taken.c.hours, 0))


def places_left(taken: Subquery) -> ColumnElement[int]:
    """The places of `Free` beside `Offer` joined to `promised`."""
    return _at_least_nothing(Offer.places_free - func.coalesce(taken.c.places, 0))


def _at_least_nothing(value: ColumnElement[int]) -> ColumnElement[int]:
    return case((value < 0, 0), else_=value)


def _running(ids: Sequence[int], on: date, until: date | None) -> Select:
    """The commitments of offers that take up room on any day of a span.

    One that takes half-days comes once with each half-day for which its offer states the room.
    """
    span = [or_(Commitment.ends_on.is_(None), Commitment.ends_on >= on)]
    if until is not None:
        span.append(Commitment.starts_on <= until)
    by_half_day = and_(SpareHalfDay.offer_id == Commitment.offer_id, Commitment.sessions != 0)
    return (
        select(Commitment, SpareHalfDay.session, SpareHalfDay.places)
        .outerjoin(SpareHalfDay, by_half_day)
        .where(
            Commitment.state != CommitmentState.RELEASED,
            _among(Commitment.offer_id, ids),
            and_(*span),
        )
    )


def _among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Rows of these offers; of every offer where they are too many to name in a query."""
    return column.in_(ids) if len(ids) <= MOST_NAMED else column.is_not(None)
