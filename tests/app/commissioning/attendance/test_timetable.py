"""Which sessions a placement has, how long they are, and which are missing from the registers."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app.commissioning.attendance import timetable
from app.commissioning.attendance.models import Half
from app.commissioning.attendance.queries import missing_of
from providers.needs import sessions_to_mask

MONDAY = date(2026, 11, 2)
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]
TUESDAYS = sessions_to_mask(["tue_am", "tue_pm"])


def placement(sessions=TUESDAYS, hours=5, starts_on=MONDAY, last_day=date(2026, 12, 18)):
    return SimpleNamespace(
        sessions=sessions, hours=hours, starts_on=starts_on, last_day=last_day, agreements=[]
    )


@pytest.mark.parametrize(
    ("sessions", "hours", "minutes"),
    [
        (TUESDAYS, 5, 150),
        (sessions_to_mask(["mon_am"]), 3, 180),
        (sessions_to_mask(["mon_am", "tue_am", "wed_am"]), 10, 200),
        (0, 10, 150),  # four sessions are supposed
        (0, 1, 60),
        (sessions_to_mask(["mon_am"]), 20, 480),  # no session is longer than eight hours
    ],
)
def test_a_week_s_hours_are_shared_over_its_sessions(sessions, hours, minutes):
    assert timetable.planned_minutes(placement(sessions, hours), MONDAY) == minutes


def test_agreed_half_days_are_expected_on_school_days_within_the_dates_alone():
    found = timetable.expected(placement(), WEEK)
    assert found == [timetable.Session(WEEK[1], Half.AM), timetable.Session(WEEK[1], Half.PM)]
    assert timetable.expected(placement(starts_on=WEEK[2]), WEEK) == []
    assert timetable.halves_on(placement(), MONDAY + timedelta(days=5)) == ()


def test_agreed_hours_of_a_week_follow_its_school_days():
    assert timetable.agreed_minutes(placement(), WEEK) == 300
    assert timetable.agreed_minutes(placement(), WEEK[2:]) == 0
    assert timetable.agreed_minutes(placement(0, 10), WEEK) == 600
    assert timetable.agreed_minutes(placement(0, 10), WEEK[:2]) == 240


def test_a_session_without_a_mark_is_missing():
    there = {(WEEK[1], Half.AM)}
    [missing] = missing_of(placement(), WEEK, there)
    assert (missing.day, missing.halves) == (WEEK[1], (Half.PM,))


def test_without_agreed_half_days_a_whole_week_without_a_mark_is_missing():
    loose = placement(0, 10)
    [missing] = missing_of(loose, WEEK, set())
    assert (missing.day, missing.halves) == (WEEK[4], ())
    assert missing_of(loose, WEEK, {(WEEK[3], Half.AM)}) == []
    assert missing_of(loose, WEEK[:3], set()) == []  # the week is not over
