"""Which sessions a placement has, and how long each is, from the agreed half-days and hours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.children.terms import Calendar
from app.commissioning.attendance.models import Half
from app.commissioning.placements.models import Placement
from app.kernel.money import round_half_up

HOURS_IN_SESSION = 3
"""The length at most that is supposed of a session where the half-days are not agreed."""
HALVES = tuple(Half)


@dataclass(frozen=True, order=True)
class Session:
    """A morning or an afternoon of one day of a placement."""

    day: date
    half: Half


def halves_on(placement: Placement, day: date) -> tuple[Half, ...]:
    """The halves of a day that were agreed; none at a weekend or where none are agreed."""
    if day.weekday() > 4:
        return ()
    bits = placement.sessions >> (2 * day.weekday())
    return tuple(half for place, half in enumerate(HALVES) if bits >> place & 1)


def hours_on(placement: Placement, day: date) -> int:
    """The hours a week that were agreed for a day: those of the version that holds on it."""
    held = [each for each in placement.agreements if each.was_accepted]
    begun = [each for each in held if each.number == 1 or each.effective_on <= day]
    return begun[-1].hours if begun else placement.hours


def sessions_a_week(placement: Placement, hours: int) -> int:
    """How many sessions a week of so many hours has; of at most three hours where not agreed."""
    return placement.sessions.bit_count() or -(-hours // HOURS_IN_SESSION)


def planned_minutes(placement: Placement, day: date) -> int:
    """The minutes of one session on a day: its week's hours shared evenly, at most eight hours."""
    hours = hours_on(placement, day)
    return min(480, round_half_up(Fraction(hours * 60, sessions_a_week(placement, hours))))


def runs_on(placement: Placement, day: date) -> bool:
    """Whether a day lies within a placement's dates."""
    return placement.starts_on <= day <= placement.last_day


def school_days(calendar: Calendar, first: date, last: date) -> Iterator[date]:
    """The school days from one day to another, both included."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if calendar.is_school_day(day):
            yield day


def expected(placement: Placement, days: Iterable[date]) -> list[Session]:
    """The agreed sessions of a placement on some school days, those outside its dates left out."""
    return [
        Session(day, half)
        for day in days
        if runs_on(placement, day)
        for half in halves_on(placement, day)
    ]


def agreed_minutes(placement: Placement, days: Iterable[date]) -> int:
    """The minutes that were agreed for some school days: each week's hours, shared over its days.

    Where half-days are agreed, the sessions of those days; else a fifth of the hours for a day.
    """
    within = [day for day in days if runs_on(placement, day)]
    if placement.sessions:
        return sum(planned_minutes(placement, each.day) for each in expected(placement, within))
    hours = sum(hours_on(placement, day) for day in within)
    return round_half_up(Fraction(hours * 60, 5))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
