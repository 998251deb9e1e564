"""When a placement is to be reviewed: at least half-termly (Arranging Alternative Provision, DfE
2025), counted on the authority's own term dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.children.terms import Calendar
from providers.needs import Labelled

SOON = 10
"""School days before the due day from which a review is listed as due."""
ESCALATE_AFTER = 5
"""School days after the due day on which the AP lead is told."""


class Urgency(Labelled):
    """How near a review is."""

    URGENT = "urgent", "Urgent"
    OVERDUE = "overdue", "Overdue"
    DUE = "due", "Due"
    LATER = "later", "Later"


@dataclass(frozen=True)
class Timing:
    """A review's due day as it stands on a date. school_days: to the due day; below 0 after it."""

    due_on: date
    urgency: Urgency
    school_days: int

    @property
    def is_escalated(self) -> bool:
        """Whether it is so late that it goes to the AP lead."""
        return self.school_days <= -ESCALATE_AFTER


def due_after(last: date, calendar: Calendar, planned: Iterable[date] = ()) -> date:
    """The day by which the next review must be held, after a first day or a review.

    Two things hold at once: each half-term has a review, so it is due by the end of the next
    half-term at the latest; and no more school days lie between two reviews than the half-term
    of the first has. A day of the plan that comes earlier goes before both.
    """
    first, end = calendar.half_term_containing(last)
    length = calendar.school_days_between(first, end)
    after = calendar.nth_school_day_after(last, max(1, length - 1))
    ends = next(day for _first, day in calendar.half_terms if day > max(end, last))
    by_rule = min(after, ends)
    return min([day for day in planned if last < day <= by_rule], default=by_rule)


def timing(due_on: date, on: date, calendar: Calendar, *, urgent: bool = False) -> Timing:
    """How a due day stands on a date."""
    if on <= due_on:
        left = max(0, calendar.school_days_between(on, due_on) - calendar.is_school_day(on))
    else:
        passed = calendar.school_days_between(due_on, on) - calendar.is_school_day(due_on)
        left = -max(1, passed)
    if urgent:
        return Timing(due_on, Urgency.URGENT, left)
    if on > due_on:
        return Timing(due_on, Urgency.OVERDUE, left)
    return Timing(due_on, Urgency.DUE if left <= SOON else Urgency.LATER, left)


def in_words(found: Timing) -> str:
    """How near a due day is: "in 3 school days", "5 school days ago"."""
    count = abs(found.school_days)
    days = f"{count} school day{'' if count == 1 else 's'}"
    if found.school_days < 0:
        return f"{days} ago"
    return "today or the next school day" if count == 0 else f"in {days}"
