"""The clocks that run for a child who waits: by when education is owed, and why that day.

The day is kept with the referral (`provision_due_on`), set here whenever what it depends on is
written, so that the longest list can be ordered by it; nobody else sets it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, event, inspect, or_, select
from sqlalchemy.orm import Session

from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.children.terms import Calendar, ClosedDay, SchoolTerm, calendar
from app.kernel.database import db
from app.kernel.words import in_words
from providers.needs import Labelled, LegalBasis, ReferralReason

ONE_DAY = timedelta(days=1)
SOON = 5
"""School days within which a day that comes counts as near."""


class Duty(Labelled):
    """What sets the day from which education is owed."""

    EXCLUSION = "exclusion", "Exclusion: from the sixth school day"
    ILLNESS = "illness", "Illness: from the fifteenth school day"
    PLAN = "plan", "EHC plan: when the plan says"
    DIRECTION = "direction", "Off-site direction: when the school asks"
    EDUCATION = "education", "Out of education: as soon as possible"


class Urgency(Labelled):
    """How a waiting child stands to the day on which education is owed, the most urgent first."""

    UNKNOWN = "unknown", "No date recorded"
    OVERDUE = "overdue", "Overdue"
    SOON = "soon", "Due within five school days"
    LATER = "later", "Due later"


SCHOOL_DAY_OF = {Duty.EXCLUSION: 6, Duty.ILLNESS: 15}
"""Which school day, the first day out being 1. Exclusion: Education Act 1996 section 19(3A) and
the regulations under it. Illness: Department for Education, arranging alternative provision."""

OF_BASIS = {
    LegalBasis.SUSPENSION: Duty.EXCLUSION,
    LegalBasis.SECTION_61: Duty.PLAN,
    LegalBasis.OFF_SITE_DIRECTION: Duty.DIRECTION,
}
OF_REASON = {
    ReferralReason.PERMANENT_EXCLUSION: Duty.EXCLUSION,
    ReferralReason.SUSPENSION: Duty.EXCLUSION,
    ReferralReason.MENTAL_HEALTH: Duty.ILLNESS,
    ReferralReason.PHYSICAL_HEALTH: Duty.ILLNESS,
    ReferralReason.EHCP_NAMED: Duty.PLAN,
    ReferralReason.BEHAVIOUR: Duty.DIRECTION,
}
"""A legal basis that is not here, or none, leaves it to the reason; a reason that is not here
is owed education as soon as possible (Education Act 1996 section 19)."""

ABOUT = {
    Duty.EXCLUSION: "the sixth school day of the exclusion",
    Duty.ILLNESS: "the fifteenth school day of illness",
    Duty.PLAN: "the day on which the plan’s provision was to begin",
    Duty.DIRECTION: "the day on which the off-site direction was to begin",
    Duty.EDUCATION: "the first school day out of education",
}


@dataclass(frozen=True)
class Clock:
    """The clock of one referral on a day.

    due_on: the day from which education is owed; None where no date is recorded. school_days:
    missed so far, None where the first day out is not known. text: the reason for the urgency.
    """

    duty: Duty
    urgency: Urgency
    due_on: date | None
    school_days: int | None
    text: str


def duty_of(basis: LegalBasis | None, reason: ReferralReason | None) -> Duty:
    """Which duty decides the day. The legal basis comes before the reason."""
    if basis in OF_BASIS:
        return OF_BASIS[basis]
    return OF_REASON.get(reason, Duty.EDUCATION) if reason else Duty.EDUCATION


def due_day(duty: Duty, since: date | None, start_from: date | None, days: Calendar) -> date | None:
    """The day from which education is owed; None where no date is recorded to count from.

    since: the first day out of education, day 1 if it is a school day. start_from: the day that
    was asked for, which counts where no number of school days does.
    """
    wanted = start_from if duty in (Duty.PLAN, Duty.DIRECTION) else None
    begins = wanted or since or start_from
    if begins is None:
        return None
    number = SCHOOL_DAY_OF.get(duty, 1) if since else 1
    try:
        return days.nth_school_day_after(begins - ONE_DAY, number)
    except (ValueError, OverflowError):  # far outside every calendar: a slip of the pen
        return begins


def clock_of(referral: Referral, on: date, days: Calendar) -> Clock:
    """A referral's clock on a day."""
    duty = duty_of(referral.legal_basis, referral.reason)
    since = referral.out_of_education_since
    due = due_day(duty, since, referral.start_from, days)
    missed = None if since is None else days.school_days_between(since, on - ONE_DAY)
    return Clock(duty, _urgency(due, on, days), due, missed, _text(duty, due, on, days))


def _urgency(due: date | None, on: date, days: Calendar) -> Urgency:
    if due is None:
        return Urgency.UNKNOWN
    if due < on:
        return Urgency.OVERDUE
    return Urgency.SOON if due <= days.nth_school_day_after(on, SOON) else Urgency.LATER


def _text(duty: Duty, due: date | None, on: date, days: Calendar) -> str:
    if due is None:
        return "It is not recorded since when this child is out of education. Find out, and add it."
    if due < on:
        late = days.school_days_between(due, on - ONE_DAY)
        return f"Due on {in_words(due)}, {ABOUT[duty]}: {_school_days(late)} late."
    if due == on:
        return f"Due today, {ABOUT[duty].replace('was to', 'is to')}."
    left = days.school_days_between(on + ONE_DAY, due)
    about = ABOUT[duty].replace("was to", "is to")
    return f"Due on {in_words(due)}, {about}: in {_school_days(left)}."


def _school_days(number: int) -> str:
    return f"{number:,} school day{'' if number == 1 else 's'}"


def has_urgency(urgency: Urgency, on: date, days: Calendar) -> ColumnElement[bool]:
    """The same judgement as a condition on referrals."""
    due, near = Referral.provision_due_on, days.nth_school_day_after(on, SOON)
    return {
        Urgency.UNKNOWN: due.is_(None),
        Urgency.OVERDUE: due < on,
        Urgency.SOON: due.between(on, near),
        Urgency.LATER: due > near,
    }[urgency]


def has_duty(duty: Duty) -> ColumnElement[bool]:
    """Which referrals a duty decides, as a condition."""
    basis, reason = Referral.legal_basis, Referral.reason
    by_basis = basis.in_([b for b, decided in OF_BASIS.items() if decided is duty])
    left_open = or_(basis.is_(None), basis.not_in(list(OF_BASIS)))
    if duty is Duty.EDUCATION:
        return and_(left_open, reason.not_in(list(OF_REASON)))
    by_reason = reason.in_([r for r, decided in OF_REASON.items() if decided is duty])
    return or_(by_basis, and_(left_open, by_reason))


@event.listens_for(Session, "before_flush")
def _set_due_days(session: Session, _context: Any, _instances: Any) -> None:
    """Keep the day with every referral whose facts are written."""
    written = [
        row for row in (*session.new, *session.dirty) if isinstance(row, Referral) and _touched(row)
    ]
    if written:
        with session.no_autoflush:
            _reckon(written, calendar())


_FACTS = ("legal_basis", "reason", "out_of_education_since", "start_from")


def _touched(row: Referral) -> bool:
    state = inspect(row)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in _FACTS)


def _reckon(referrals: Iterable[Referral], days: Calendar) -> None:
    for row in referrals:
        duty = duty_of(row.legal_basis, row.reason)
        row.provision_due_on = due_day(duty, row.out_of_education_since, row.start_from, days)


@event.listens_for(Session, "after_flush")
def _note_new_dates(session: Session, _context: Any) -> None:
    written = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, SchoolTerm | ClosedDay) for row in written):
        session.info["term dates changed"] = True


@event.listens_for(Session, "after_flush_postexec")
def _follow_new_dates(session: Session, _context: Any) -> None:
    if session.info.pop("term dates changed", False):
        reckon_again()


@event.listens_for(Session, "after_rollback")
def _forget_new_dates(session: Session) -> None:
    session.info.pop("term dates changed", None)


def reckon_again() -> int:
    """Set the day of every referral that is not closed anew; returns how many have changed.

    Run when term dates change, and daily, since rows may come in past the program.
    """
    days, table = calendar(), Referral.__table__
    of_interest = select(
        table.c.id, *(table.c[name] for name in _FACTS), table.c.provision_due_on
    ).where(table.c.state.in_([ReferralState.DRAFT, ReferralState.WAITING]))
    changed = []
    for row in db.session.connection().execute(of_interest):
        duty = duty_of(row.legal_basis, row.reason)
        due = due_day(duty, row.out_of_education_since, row.start_from, days)
        if due != row.provision_due_on:
            changed.append({"row": row.id, "due": due})
    if changed:
        # a derived day, of which the trail holds the causes
        update = table.update().where(table.c.id == db.bindparam("row"))
        db.session.connection().execute(
            update.values(provision_due_on=db.bindparam("due")), changed
        )
        db.session.expire_all()
    return len(changed)
