"""When reviews are due: each half-term has one, and never more than a half-term lies between."""

from datetime import date, timedelta

import pytest

from app.children.term_defaults import CLOSED, TERMS
from app.children.terms import Calendar
from app.commissioning.progress.schedule import Urgency, due_after, timing

DAYS = Calendar(TERMS, CLOSED)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2026, 11, 2), date(2026, 12, 18)),  # a half-term from its first day
        (date(2026, 10, 23), date(2026, 12, 18)),  # its last day: by the end of the next
        (date(2026, 10, 28), date(2026, 12, 17)),  # in the holiday before it
        (date(2026, 11, 25), date(2027, 1, 27)),  # as many school days on
    ],
)
def test_a_review_is_due_a_half_term_later_at_most(last, due):
    assert due_after(last, DAYS) == due


def test_every_half_term_has_a_review_and_none_is_longer_after_the_last():
    last = date(2026, 9, 1)
    for _ in range(400):
        due = due_after(last, DAYS)
        first, end = DAYS.half_term_containing(last)
        between = DAYS.school_days_between(last + timedelta(days=1), due)
        assert last < due
        assert between <= DAYS.school_days_between(first, end)
        following = [half for half in DAYS.half_terms if half[1] > max(end, last)][0]
        assert due <= following[1]
        last += timedelta(days=1)


def test_an_earlier_day_of_the_plan_goes_first_and_a_later_one_changes_nothing():
    start, by_rule = date(2026, 11, 2), date(2026, 12, 18)
    assert due_after(start, DAYS, [date(2026, 11, 20)]) == date(2026, 11, 20)
    assert due_after(start, DAYS, [date(2027, 1, 20), start]) == by_rule


@pytest.mark.parametrize(
    ("on", "urgency", "school_days", "escalated"),
    [
        (date(2026, 11, 25), Urgency.LATER, 17, False),
        (date(2026, 12, 4), Urgency.DUE, 10, False),
        (date(2026, 12, 18), Urgency.DUE, 0, False),
        (date(2026, 12, 22), Urgency.OVERDUE, -1, False),
        (date(2027, 1, 8), Urgency.OVERDUE, -4, False),
        (date(2027, 1, 11), Urgency.OVERDUE, -5, True),
    ],
)
def test_how_near_a_due_day_is_counts_school_days(on, urgency, school_days, escalated):
    found = timing(date(2026, 12, 18), on, DAYS)
    assert (found.urgency, found.school_days, found.is_escalated) == (
        urgency, school_days, escalated,
    )  # fmt: skip


def test_an_urgent_review_is_urgent_whatever_its_day():
    assert timing(date(2026, 11, 25), date(2026, 11, 25), DAYS, urgent=True).urgency == "urgent"
