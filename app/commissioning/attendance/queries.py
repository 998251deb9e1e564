"""What is asked of the registers: hours delivered, rates, what is missing, what is unexplained."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from app.children.terms import Calendar, calendar
from app.commissioning.attendance.codes import Meaning
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.attendance.service import ATTENDED
from app.commissioning.attendance.timetable import (
    agreed_minutes,
    expected,
    monday_of,
    runs_on,
    school_days,
)
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.kernel.database import db
from app.notices import service as notices
from app.notices.topics import Topic
from providers.models.offer import Offer

LATELY = timedelta(days=28)
"""How far back missing registers are looked for: as far as a provider may record them."""
MOST_NAMED = 500


@dataclass(frozen=True)
class Figures:
    """Sessions of some days. possible: all that could take place; absences without a reason known
    count as unauthorised in the attendance rate, and are counted apart as well."""

    attended: int = 0
    possible: int = 0
    unauthorised: int = 0
    unexplained: int = 0
    minutes: int = 0

    @property
    def rate(self) -> float | None:
        """The share of possible sessions that were attended; None where there was none."""
        return self.attended / self.possible if self.possible else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.attended + other.attended,
            self.possible + other.possible,
            self.unauthorised + other.unauthorised,
            self.unexplained + other.unexplained,
            self.minutes + other.minutes,
        )


NOTHING = Figures()


@dataclass(frozen=True)
class Week:
    """One week of a placement: what was agreed and delivered, in minutes, and the sessions."""

    monday: date
    agreed: int
    figures: Figures

    @property
    def short_by(self) -> int:
        """Minutes that were agreed and not delivered; 0 where as much or more was."""
        return max(0, self.agreed - self.figures.minutes)


@dataclass(frozen=True)
class Missing:
    """A day whose register a provider has not kept. halves: those without a mark; empty where
    half-days are not agreed and nothing is recorded in the week up to that day."""

    placement: Placement
    day: date
    halves: tuple[Half, ...]


def delivered_hours(
    placement_ids: Collection[int], first_day: date, last_day: date
) -> dict[int, Fraction]:
    """The hours delivered to each child from one day to another, both included, by placement.

    Counted from the registers: sessions at which the child was present, at the length that was
    recorded. A placement without any is in the answer with 0.
    """
    found = figures(placement_ids, first_day, last_day)
    return {key: Fraction(found.get(key, NOTHING).minutes, 60) for key in placement_ids}


def figures(ids: Collection[int], first: date, last: date) -> dict[int, Figures]:
    """The figures of placements from one day to another, both included; those with marks only."""
    listed, found = sorted(ids), {}
    for start in range(0, len(listed), MOST_NAMED):
        named = AttendanceMark.placement_id.in_(listed[start : start + MOST_NAMED])
        rows = _counted(AttendanceMark.placement_id).where(
            named, AttendanceMark.day.between(first, last)
        )
        found |= {row[0]: Figures(*row[1:]) for row in db.session.execute(rows)}
    return found


def _counted(group) -> Select:
    def number(*meanings: Meaning):
        return func.coalesce(func.sum(case((AttendanceMark.meaning.in_(meanings), 1), else_=0)), 0)

    return select(
        group,
        number(Meaning.PRESENT),
        number(*(each for each in Meaning if each is not Meaning.NOT_COUNTED)),
        number(Meaning.UNAUTHORISED, Meaning.UNEXPLAINED),
        number(Meaning.UNEXPLAINED),
        func.coalesce(func.sum(AttendanceMark.minutes), 0),
    ).group_by(group)


def marks_of(placement: Placement) -> Sequence[AttendanceMark]:
    """Every mark of a placement, the latest session first."""
    found = select(AttendanceMark).where(AttendanceMark.placement_id == placement.id)
    return db.session.scalars(
        found.order_by(AttendanceMark.day.desc(), AttendanceMark.half.desc())
    ).all()


def marks_in(placement: Placement) -> Select:
    """Every mark of a placement with what a list of them shows, the earliest session first."""
    return (
        select(AttendanceMark)
        .where(AttendanceMark.placement_id == placement.id)
        .options(joinedload(AttendanceMark.placement).options(*WHOLE))
        .order_by(AttendanceMark.day, AttendanceMark.half)
    )


def weeks(placement: Placement, marks: Iterable[AttendanceMark], until: date) -> list[Week]:
    """A placement's weeks up to a day, the latest first: what was agreed and what delivered."""
    here, last = calendar(), min(until, placement.last_day)
    by_week: dict[date, list[AttendanceMark]] = {}
    for mark in marks:
        by_week.setdefault(monday_of(mark.day), []).append(mark)
    mondays, monday = set(by_week), monday_of(placement.starts_on)
    while monday <= last:
        if any(school_days(here, monday, min(monday + timedelta(days=6), last))):
            mondays.add(monday)
        monday += timedelta(days=7)
    return [
        _week(placement, here, each, by_week.get(each, []), until)
        for each in sorted(mondays, reverse=True)
    ]


def _week(placement: Placement, here: Calendar, monday: date, marks, until: date) -> Week:
    days = list(school_days(here, monday, min(monday + timedelta(days=6), until)))
    total = sum((_figures_of(mark) for mark in marks), NOTHING)
    return Week(monday, agreed_minutes(placement, days), total)


def _figures_of(mark: AttendanceMark) -> Figures:
    meaning = mark.meaning
    return Figures(
        attended=int(meaning is Meaning.PRESENT),
        possible=int(meaning is not Meaning.NOT_COUNTED),
        unauthorised=int(meaning in (Meaning.UNAUTHORISED, Meaning.UNEXPLAINED)),
        unexplained=int(meaning is Meaning.UNEXPLAINED),
        minutes=mark.minutes,
    )


def missing(
    today: date, *, provider_id: int | None = None, officer_id: int | None = None
) -> list[Missing]:
    """Sessions of the last four weeks, before today, that nobody has recorded; the oldest first."""
    first, last = today - LATELY, today - timedelta(days=1)
    conditions = [
        Placement.awarded_at.is_not(None),
        Placement.state.in_(ATTENDED),
        Placement.starts_on <= last,
        func.coalesce(Placement.ended_on, Placement.ends_on) >= first,
    ]
    if provider_id is not None:
        conditions.append(Offer.provider_id == provider_id)
    if officer_id is not None:
        conditions.append(Placement.officer_id == officer_id)
    running = select(Placement).join(Placement.offer).where(*conditions).options(*WHOLE)
    marked = (
        select(AttendanceMark.placement_id, AttendanceMark.day, AttendanceMark.half)
        .join(Placement, Placement.id == AttendanceMark.placement_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(*conditions, AttendanceMark.day.between(first, last))
    )
    there: dict[int, set[tuple[date, Half]]] = {}
    for placement_id, day, half in db.session.execute(marked):
        there.setdefault(placement_id, set()).add((day, half))
    days = list(school_days(calendar(), first, last))
    found = [
        each
        for placement in db.session.scalars(running)
        for each in missing_of(placement, days, there.get(placement.id, set()))
    ]
    return sorted(found, key=lambda each: (each.day, each.placement.id))


def remind(on: date) -> int:
    """Tell each provider, once a day, that registers are missing; returns how many providers."""
    behind = {each.placement.offer.provider_id: each.placement.offer for each in missing(on)}
    for key, offer in sorted(behind.items()):
        people = notices.people_of(offer.provider)
        told = f"attendance:{key}:{on:%Y%m%d}"
        notices.tell(people, Topic.ATTENDANCE_MISSING, page="/attendance/missing", key=told)
    return len(behind)


def missing_of(
    placement: Placement, days: Sequence[date], there: Collection[tuple[date, Half]]
) -> list[Missing]:
    """The sessions of one placement on some school days that have no mark."""
    if not placement.sessions:
        return _empty_weeks(placement, days, there)
    by_day: dict[date, list[Half]] = {}
    for session in expected(placement, days):
        if (session.day, session.half) not in there:
            by_day.setdefault(session.day, []).append(session.half)
    return [Missing(placement, day, tuple(halves)) for day, halves in by_day.items()]


def _empty_weeks(placement, days, there) -> list[Missing]:
    """The weeks over in which nothing is recorded, each by its last school day."""
    recorded = {monday_of(day) for day, _half in there}
    ends: dict[date, date] = {}
    for day in days:
        if runs_on(placement, day):
            ends[monday_of(day)] = day
    over = [monday for monday in ends if monday != monday_of(days[-1]) or days[-1].weekday() == 4]
    return [Missing(placement, ends[m], ()) for m in over if m not in recorded]


def unexplained(officer_id: int | None = None) -> Select:
    """Absences whose reason nobody knows, the latest first; of all, or of one SEND officer."""
    found = (
        select(AttendanceMark)
        .join(AttendanceMark.placement)
        .where(AttendanceMark.meaning == Meaning.UNEXPLAINED)
        .options(joinedload(AttendanceMark.placement).options(*WHOLE))
    )
    if officer_id is not None:
        found = found.where(Placement.officer_id == officer_id)
    return found.order_by(AttendanceMark.day.desc(), AttendanceMark.id.desc())


def marks_between(first: date, last: date) -> Select:
    """Marks of some days with what a list of them shows, in the order of days and placements."""
    return (
        select(AttendanceMark)
        .where(AttendanceMark.day.between(first, last))
        .options(joinedload(AttendanceMark.placement).options(*WHOLE))
        .order_by(AttendanceMark.day, AttendanceMark.placement_id, AttendanceMark.half)
    )


def total(found: Mapping[int, Figures]) -> Figures:
    """The figures of several placements together."""
    return sum(found.values(), NOTHING)
