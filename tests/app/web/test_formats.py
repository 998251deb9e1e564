"""How values read on a screen."""

from datetime import UTC, date, datetime

import pytest

from app.web import formats


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.money(123456), "£1,234.56"),
        (formats.money(5000), "£50.00"),
        (formats.money(0), "£0.00"),
        (formats.money(-4550), "-£45.50"),
        (formats.money(123456, whole=True), "£1,235"),
        (formats.number(1234567), "1,234,567"),
        (formats.number(12.50, 2), "12.5"),
        (formats.plural(1, "child", "children"), "1 child"),
        (formats.plural(0, "child", "children"), "0 children"),
        (formats.plural(1200, "provider"), "1,200 providers"),
        (formats.hours(1), "1 hour"),
        (formats.hours(12.5), "12.5 hours"),
        (formats.per_cent(0.125), "12%"),
        (formats.per_cent(0.1256, 1), "12.6%"),
        (formats.miles(10), "6.2 miles"),
        (formats.miles(1.609344), "1.0 mile"),
        (formats.distance(10), "6.2 miles (10.0 km)"),
        (formats.date_uk(date(2026, 11, 3)), "3 November 2026"),
        (formats.date_short(date(2026, 9, 3)), "3 Sept 2026"),
        (formats.join_and(["SEMH"]), "SEMH"),
        (formats.join_and(["SEMH", "ASD", "PD"]), "SEMH, ASD and PD"),
        (formats.yes_no(True), "Yes"),
        (formats.yes_no(None), "Not known"),
    ],
)
def test_a_value_reads_as_people_write_it(shown, expected):
    assert shown == expected


@pytest.mark.parametrize(
    "rule",
    [
        formats.money,
        formats.number,
        formats.hours,
        formats.per_cent,
        formats.miles,
        formats.distance,
        formats.date_uk,
        formats.date_short,
        formats.datetime_uk,
    ],
)
def test_a_missing_value_is_shown_as_a_dash(rule):
    assert rule(None) == "–"


def test_an_empty_list_is_shown_as_a_dash():
    assert formats.join_and([]) == "–"


def test_a_moment_is_shown_in_englands_time_winter_and_summer():
    winter = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)

    assert formats.datetime_uk(winter) == "23 November 2026 at 2:05pm"
    assert formats.datetime_uk(summer) == "2 July 2026 at 12:30am"
    assert formats.date_uk(summer) == "2 July 2026"


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001

    with pytest.raises(ValueError, match="time zone"):
        formats.datetime_uk(naive)
