"""What is asked about children, where a page would not show a mistake."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.children.models import Child, Referral
from app.children.queries import (
    WaitingCriteria,
    born_between,
    days_out_of_education,
    waiting,
)
from providers.stages import national_curriculum_year

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
