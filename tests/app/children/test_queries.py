"""What is asked about children, where a page would not show a mistake."""

from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.children.models import Child, Component, Referral
from app.children.queries import (
    WaitingCriteria,
    born_between,
    days_out_of_education,
    history_of,
    waiting,
)
from app.kernel.database import db
from providers.stages import national_curriculum_year
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_service

LONG = 1_000
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(on=DAYS, born=st.dates(date(2000, 1, 1), date(2032, 12, 31)), year=st.integers(0, 14))
def test_a_span_of_birth_dates_holds_exactly_the_children_of_the_school_year(on, born, year):
    first, last = born_between((year, year), on)
    assert (first <= born <= last) == (national_curriculum_year(born, on) == year)


@given(on=DAYS)
def test_spans_of_years_meet_without_a_gap(on):
    assert born_between((7, 9), on) == (born_between((9, 9), on)[0], born_between((7, 7), on)[1])


@pytest.mark.parametrize(
    ("since", "days"),
    [(None, None), (date(2026, 11, 23), 0), (date(2026, 11, 1), 22), (date(2026, 12, 1), 0)],
)
def test_days_out_of_education_are_calendar_days_and_never_below_zero(since, days):
    referral = Referral(child=Child(), out_of_education_since=since)
    assert days_out_of_education(referral, date(2026, 11, 23)) == days


def test_a_school_year_cannot_be_reckoned_without_a_date():
    with pytest.raises(ValueError, match="date"):
        waiting(WaitingCriteria(years=(7, 9)))


def told(child: Child) -> list[tuple[str, str]]:
    """The kinds of event in a child's history, the earliest first."""
    return [(event.subject, event.kind) for event in reversed(history_of(child, LONG))]


def test_a_part_that_was_taken_out_stays_in_the_history(context):
    referral = make_referral()
    tutoring = Component(referral=referral, service=make_service("tutoring_qts"), hours=5)
    db.session.add(tutoring)
    db.session.flush()
    tutoring.hours = 6
    db.session.flush()
    db.session.delete(tutoring)
    db.session.flush()
    db.session.refresh(referral)
    assert told(referral.child)[-3:] == [
        ("component", "created"),
        ("component", "changed"),
        ("component", "deleted"),
    ]


def test_a_new_row_does_not_inherit_the_history_of_one_that_had_its_id(context):
    with time_machine.travel("2026-11-01", tick=False):
        gone = make_referral()
        gone.components[0].hours = 11
        db.session.flush()
        ids = gone.child_id, gone.id, gone.components[0].id
        db.session.delete(gone.child)
        db.session.flush()
    with time_machine.travel("2026-11-23", tick=False):
        child = make_child(id=ids[0])
        referral = make_referral(child, id=ids[1], hours={})
        part = Component(id=ids[2], referral=referral, service=make_service(), hours=5)
        db.session.add(part)
        db.session.flush()
    assert sorted(told(child)) == [
        ("child", "created"),
        ("child_need", "created"),
        ("component", "created"),
        ("referral", "created"),
    ]


def test_the_history_of_a_part_that_went_to_another_child_s_row_is_not_shown(context):
    first, second = make_referral(), make_referral()
    part = first.components[0]
    number = part.id
    part.hours = 11
    db.session.flush()
    db.session.delete(part)
    db.session.flush()
    db.session.refresh(first)
    service = make_service("vocational")
    again = Component(id=number, referral=second, service=service, hours=3)
    db.session.add(again)
    db.session.flush()
    again.hours = 4
    db.session.flush()
    db.session.refresh(second)
    assert told(first.child).count(("component", "changed")) == 1
    assert told(second.child).count(("component", "changed")) == 1
