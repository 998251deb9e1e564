"""The school calendar: school days counted on the authority's own dates."""

from datetime import date

import pytest

from app.children import terms
from app.children.term_defaults import CLOSED, TERMS, ClosedKind, Term, TermName
from app.children.terms import Calendar
from app.kernel.rules import RuleBroken

DEFAULT = Calendar(TERMS, CLOSED)


@pytest.mark.parametrize(
    ("day", "open_then"),
    [
        (date(2026, 9, 1), False),  # inset
        (date(2026, 9, 2), True),
        (date(2026, 9, 5), False),  # a Saturday
        (date(2026, 10, 23), True),
        (date(2026, 10, 28), False),  # half-term
        (date(2026, 12, 25), False),
        (date(2027, 5, 3), False),  # bank holiday
        (date(2027, 8, 4), False),
    ],
)
def test_a_school_day_is_a_weekday_of_a_term_on_which_schools_are_open(day, open_then):
    assert DEFAULT.is_school_day(day) is open_then


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 2), date(2026, 11, 6), 5),
        (date(2026, 10, 22), date(2026, 11, 2), 3),  # over half-term
        (date(2026, 12, 24), date(2027, 1, 3), 0),
        (date(2026, 11, 6), date(2026, 11, 2), 0),
    ],
)
def test_school_days_between_two_days_count_both(first, last, days):
    assert DEFAULT.school_days_between(first, last) == days


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
        (date(2026, 11, 2), 1, date(2026, 11, 3)),
        (date(2026, 10, 22), 2, date(2026, 11, 2)),
        (date(2026, 12, 18), 1, date(2027, 1, 5)),  # the first day is inset
    ],
)
def test_the_nth_school_day_after_a_day_leaves_out_holidays(day, number, then):
    assert DEFAULT.nth_school_day_after(day, number) == then


@pytest.mark.parametrize(
    ("day", "half_term"),
    [
        (date(2026, 9, 20), (date(2026, 9, 1), date(2026, 10, 23))),
        (date(2026, 10, 28), (date(2026, 11, 2), date(2026, 12, 18))),
        (date(2027, 7, 30), (date(2027, 9, 1), date(2027, 10, 22))),
    ],
)
def test_a_holiday_belongs_to_the_half_term_that_follows(day, half_term):
    assert DEFAULT.half_term_containing(day) == half_term


def test_a_year_that_nobody_knows_is_reckoned_from_the_nearest_with_its_weekdays():
    first = DEFAULT.terms_of(2031)[0].starts_on
    assert first.weekday() == DEFAULT.terms_of(2027)[0].starts_on.weekday()
    assert abs((first - date(2031, 9, 1)).days) <= 4
    assert 180 <= DEFAULT.school_days_between(date(2031, 9, 1), date(2032, 8, 31)) <= 200


def test_every_default_year_has_about_190_school_days():
    for year in TERMS:
        days = DEFAULT.school_days_between(date(year, 9, 1), date(year + 1, 8, 31))
        assert 186 <= days <= 195


def shifted(**days) -> list[Term]:
    autumn, spring, summer = TERMS[2026]
    values = {
        "name": TermName.AUTUMN,
        "starts_on": autumn.starts_on,
        "ends_on": autumn.ends_on,
        "break_starts_on": autumn.break_starts_on,
        "break_ends_on": autumn.break_ends_on,
    }
    return [Term(**values | days), spring, summer]


def test_saved_terms_take_the_place_of_the_defaults(context):
    longer = shifted(break_starts_on=date(2026, 10, 19))
    terms.save_terms(2026, longer)
    assert not terms.is_school_day(date(2026, 10, 20))
    assert not terms.is_school_day(date(2026, 9, 1))  # the suggested inset day was kept
    assert terms.saved_years() == {2026}
    assert terms.is_school_day(date(2027, 9, 2))  # other years keep their defaults


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"ends_on": date(2027, 1, 4)}, "must begin after the autumn term has ended"),
        ({"starts_on": date(2026, 8, 31)}, "is not in the school year 2026/27"),
    ],
)
def test_terms_that_overlap_or_lie_in_another_year_are_refused(sqlite_app_context, days, words):
    with pytest.raises(RuleBroken, match=words):
        terms.save_terms(2026, shifted(**days))


def test_a_closed_day_is_no_school_day_until_it_is_opened_again(context):
    day = date(2026, 11, 27)
    terms.close_day(2026, day, ClosedKind.INSET)
    assert terms.school_days_between(date(2026, 11, 23), day) == 4
    with pytest.raises(RuleBroken, match="recorded already"):
        terms.close_day(2026, day, ClosedKind.INSET)
    terms.open_day(2026, day)
    assert terms.nth_school_day_after(date(2026, 11, 26), 1) == day


def test_a_day_in_a_holiday_cannot_be_closed_again(sqlite_app_context):
    with pytest.raises(RuleBroken, match="closed on 25 December 2026 anyway"):
        terms.close_day(2026, date(2026, 12, 25), ClosedKind.BANK_HOLIDAY)
