"""The authority's school calendar: terms, half-term breaks, closed days, and school days counted.

Duties towards a child out of school are reckoned in school days. A year whose dates nobody has
saved takes the defaults; a year without defaults takes the nearest year's, moved by whole weeks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.children.term_defaults import CLOSED, TERMS, ClosedKind, Term, TermName
from app.kernel.audit import Audited
from app.kernel.database import choice, db
from app.kernel.rules import require
from app.kernel.words import in_words
from providers.stages import school_year_of

ONE_DAY = timedelta(days=1)
_HELD = "calendar"
BEFORE, AFTER = 20, 12
"""School years laid out before the first and after the last that is known."""


class SchoolTerm(Audited, db.Model):
    """A term as the authority saved it. school_year: the year in which it begins, 2026 for
    2026/27. The break is half-term, both of its days included."""

    __tablename__ = "school_term"
    __table_args__ = (
        UniqueConstraint("school_year", "name"),
        CheckConstraint(
            "starts_on < break_starts_on AND break_starts_on <= break_ends_on"
            " AND break_ends_on < ends_on",
            name="days_in_order",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_year: Mapped[int] = mapped_column(index=True)
    name: Mapped[TermName] = mapped_column(choice(TermName, "name"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    break_starts_on: Mapped[date]
    break_ends_on: Mapped[date]

    def as_term(self) -> Term:
        """The same as a plain value."""
        rest = (self.break_starts_on, self.break_ends_on)
        return Term(self.name, self.starts_on, self.ends_on, *rest)


class ClosedDay(Audited, db.Model):
    """A single day inside a term on which schools are closed to pupils."""

    __tablename__ = "closed_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_year: Mapped[int] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[ClosedKind] = mapped_column(choice(ClosedKind, "kind"))


@dataclass(frozen=True)
class Calendar:
    """School days and half-terms over some years.

    terms, closed: by school year (2026 for 2026/27), at least one year.
    """

    terms: Mapping[int, tuple[Term, ...]]
    closed: Mapping[int, Mapping[date, ClosedKind]]

    def is_school_day(self, day: date) -> bool:
        """Whether schools teach on a day."""
        days = self._school_days
        place = bisect_left(days, day)
        return place < len(days) and days[place] == day

    def school_days_between(self, first: date, last: date) -> int:
        """How many school days there are from one day to another, both included; 0 where last is
        before first."""
        if last < first:
            return 0
        return bisect_right(self._school_days, last) - bisect_left(self._school_days, first)

    def nth_school_day_after(self, day: date, number: int) -> date:
        """The nth school day after a day, that day itself not counted; the day itself for 0.

        Raises ValueError for a number below 0, or beyond the years laid out.
        """
        if number < 0:
            raise ValueError("Count school days forward.")
        if number == 0:
            return day
        place = bisect_right(self._school_days, day) + number - 1
        if place >= len(self._school_days):
            raise ValueError(f"No school year is laid out {number} school days after {day}.")
        return self._school_days[place]

    def half_term_containing(self, day: date) -> tuple[date, date]:
        """First and last day of the half-term that a day lies in; in a holiday, of the next one.

        Raises ValueError beyond the years laid out.
        """
        for first, last in self.half_terms:
            if day <= last:
                return first, last
        raise ValueError(f"No school year is laid out after {day}.")

    @cached_property
    def half_terms(self) -> list[tuple[date, date]]:
        """Every half-term's first and last day, the earliest first."""
        halves: list[tuple[date, date]] = []
        for _year, terms in self._laid_out:
            for term in terms:
                halves.append((term.starts_on, term.break_starts_on - ONE_DAY))
                halves.append((term.break_ends_on + ONE_DAY, term.ends_on))
        return sorted((_weekday_from(first), _weekday_to(last)) for first, last in halves)

    @cached_property
    def _laid_out(self) -> list[tuple[int, tuple[Term, ...]]]:
        """The terms of each year, those of unknown years moved there from the nearest known."""
        known = sorted(self.terms)
        years = range(known[0] - BEFORE, known[-1] + AFTER + 1)
        return [(year, self.terms_of(year)) for year in years]

    def terms_of(self, year: int) -> tuple[Term, ...]:
        """The terms of a school year, reckoned from the nearest year where it is not known."""
        if year in self.terms:
            return self.terms[year]
        nearest = self._nearest(year)
        shift = _weeks_apart(nearest, year)
        return tuple(_moved(term, shift) for term in self.terms[nearest])

    def closed_of(self, year: int) -> dict[date, ClosedKind]:
        """The closed days of a school year, reckoned as its terms are."""
        if year in self.terms:
            return dict(self.closed.get(year, {}))
        nearest = self._nearest(year)
        shift = _weeks_apart(nearest, year)
        return {day + shift: kind for day, kind in self.closed.get(nearest, {}).items()}

    def _nearest(self, year: int) -> int:
        return min(self.terms, key=lambda known: (abs(known - year), known))

    @cached_property
    def _school_days(self) -> list[date]:
        closed = {day for year, _terms in self._laid_out for day in self.closed_of(year)}
        days: list[date] = []
        for first, last in self.half_terms:
            span = (first + timedelta(days=n) for n in range((last - first).days + 1))
            days += [day for day in span if day.weekday() < 5 and day not in closed]
        return days


def calendar() -> Calendar:
    """The authority's calendar as it is saved now, with defaults for years nobody has saved.

    It is read once in a transaction.
    """
    held = db.session().info
    if _HELD not in held:
        held[_HELD] = _read()
    return held[_HELD]


def _read() -> Calendar:
    terms, closed = dict(TERMS), dict(CLOSED)
    saved: dict[int, list[Term]] = {}
    for row in db.session.scalars(select(SchoolTerm).order_by(SchoolTerm.starts_on)):
        saved.setdefault(row.school_year, []).append(row.as_term())
    for year, rows in saved.items():
        terms[year], closed[year] = tuple(rows), {}  # saved whole, closed days included
    for day in db.session.scalars(select(ClosedDay).order_by(ClosedDay.day)):
        if day.school_year in saved:
            closed[day.school_year][day.day] = day.kind
    return _calendar_of(
        tuple(sorted((year, tuple(rows)) for year, rows in terms.items())),
        tuple(sorted((year, tuple(days.items())) for year, days in closed.items())),
    )


@event.listens_for(Session, "after_flush")
def _look_again(session: Session, _context: Any) -> None:
    written = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, SchoolTerm | ClosedDay) for row in written):
        session.info.pop(_HELD, None)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_HELD, None)


@lru_cache(maxsize=4)
def _calendar_of(terms: tuple, closed: tuple) -> Calendar:
    """The same calendar object for the same dates, so that its days are laid out once."""
    return Calendar(dict(terms), {year: dict(days) for year, days in closed})


def is_school_day(day: date) -> bool:
    """Whether schools teach on a day. Reading many days, take `calendar()` once."""
    return calendar().is_school_day(day)


def school_days_between(first: date, last: date) -> int:
    """School days from one day to another, both included. For many, take `calendar()` once."""
    return calendar().school_days_between(first, last)


def nth_school_day_after(day: date, number: int) -> date:
    """The nth school day after a day. For many, take `calendar()` once."""
    return calendar().nth_school_day_after(day, number)


def half_term_containing(day: date) -> tuple[date, date]:
    """First and last day of the half-term of a day; in a holiday, of the next one."""
    return calendar().half_term_containing(day)


def saved_years() -> set[int]:
    """The school years whose dates the authority has saved itself."""
    return set(db.session.scalars(select(SchoolTerm.school_year).distinct()))


def may_be_set(year: int, on: date) -> bool:
    """Whether a school year's dates may be saved: not long past, and not far ahead."""
    return abs(year - school_year_of(on)) <= 10


def closed_days(year: int) -> list[ClosedDay]:
    """The closed days of a school year that the authority saved, in order."""
    statement = select(ClosedDay).where(ClosedDay.school_year == year)
    return list(db.session.scalars(statement.order_by(ClosedDay.day)))


def term_faults(year: int, terms: Iterable[Term]) -> list[str]:
    """Why these cannot be the terms of a school year: in words, empty where they can."""
    faults, before = [], None
    for term in terms:
        for day in (term.starts_on, term.ends_on):
            if school_year_of(day) != year:
                faults.append(
                    f"{in_words(day)} is not in the school year {year_in_figures(year)}."
                    " It runs from 1 September to 31 August."
                )
        if before and term.starts_on <= before.ends_on:
            faults.append(
                f"The {term.name.label.lower()} must begin after the"
                f" {before.name.label.lower()} has ended."
            )
        before = term
    return faults


def save_terms(year: int, terms: Iterable[Term]) -> None:
    """Save a school year's three terms. Raises RuleBroken where they overlap or lie elsewhere."""
    wanted = list(terms)
    require(*term_faults(year, wanted))
    _adopt(year)
    rows = {row.name: row for row in _terms_saved(year)}
    for term in wanted:
        row = rows[term.name]
        row.starts_on, row.ends_on = term.starts_on, term.ends_on
        row.break_starts_on, row.break_ends_on = term.break_starts_on, term.break_ends_on
    db.session.flush()


def close_day(year: int, day: date, kind: ClosedKind) -> None:
    """Record that schools are closed on a day. Raises RuleBroken where none is open then."""
    here = calendar()
    known = here.closed_of(year)
    require(
        f"{in_words(day)} is recorded already." if day in known else None,
        None
        if day in known or here.is_school_day(day) and school_year_of(day) == year
        else f"Schools are closed on {in_words(day)} anyway. Enter a school day of"
        f" {year_in_figures(year)}.",
    )
    _adopt(year)
    db.session.add(ClosedDay(school_year=year, day=day, kind=kind))
    db.session.flush()


def open_day(year: int, day: date) -> None:
    """Record that schools teach on a day that was closed. Raises RuleBroken where it was not."""
    _adopt(year)
    row = db.session.scalar(select(ClosedDay).where(ClosedDay.day == day))
    require(None if row else f"{in_words(day)} is not recorded as closed.")
    db.session.delete(row)
    db.session.flush()


def _adopt(year: int) -> None:
    """Make rows of what holds for a year so far, where nobody has saved it."""
    if _terms_saved(year):
        return
    here = calendar()
    for term in here.terms_of(year):
        db.session.add(
            SchoolTerm(
                school_year=year,
                name=term.name,
                starts_on=term.starts_on,
                ends_on=term.ends_on,
                break_starts_on=term.break_starts_on,
                break_ends_on=term.break_ends_on,
            )
        )
    for day, kind in here.closed_of(year).items():
        db.session.add(ClosedDay(school_year=year, day=day, kind=kind))
    db.session.flush()


def _terms_saved(year: int) -> list[SchoolTerm]:
    return list(db.session.scalars(select(SchoolTerm).where(SchoolTerm.school_year == year)))


def year_in_figures(year: int) -> str:
    """A school year as people write it: 2026/27."""
    return f"{year}/{(year + 1) % 100:02}"


def _weeks_apart(start: int, end: int) -> timedelta:
    """Whole weeks from a school year to another, so that weekdays stay what they are."""
    return timedelta(weeks=round((end - start) * 365.2425 / 7))


def _moved(term: Term, shift: timedelta) -> Term:
    days = ("starts_on", "ends_on", "break_starts_on", "break_ends_on")
    return replace(term, **{name: getattr(term, name) + shift for name in days})


def _weekday_from(day: date) -> date:
    """A day, or the Monday after it at a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _weekday_to(day: date) -> date:
    """A day, or the Friday before it at a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
