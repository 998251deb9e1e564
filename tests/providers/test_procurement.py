"""The limits of the Procurement Act as warnings."""

from datetime import date

import pytest

from providers.procurement import scheme_warnings, spend_warning

START = date(2025, 2, 1)


@pytest.mark.parametrize(
    ("awards", "ends_on", "on", "words"),
    [
        ([START], date(2029, 8, 31), date(2026, 11, 23), []),
        ([START], date(2029, 8, 31), date(2027, 10, 1), ["by 1 February 2028"]),
        ([START], date(2027, 8, 31), date(2027, 7, 1), []),
        ([START, date(2028, 6, 1)], date(2032, 1, 1), START, ["more than 3 years"]),
        ([START, date(2027, 6, 1)], date(2033, 1, 1), START, []),
        ([START, date(2027, 6, 1)], date(2033, 6, 1), START, ["more than 8 years"]),
    ],
)
def test_a_scheme_is_warned_of_what_its_dates_leave_out(awards, ends_on, on, words):
    warnings = scheme_warnings(awards, ends_on, on)
    assert len(warnings) == len(words)
    for warning, word in zip(warnings, words, strict=True):
        assert word in warning


@pytest.mark.parametrize(
    ("committed", "most", "words"),
    [(79, 100, None), (80, 100, "80%"), (101, 100, "More is committed"), (500, None, None)],
)
def test_spend_near_the_maximum_value_is_warned_of(committed, most, words):
    warning = spend_warning(committed, most)
    assert (warning is None) if words is None else words in warning
