"""Sorting by link."""

import pytest

from app.web.listing import Sort

ALLOWED = ("name", "cost")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sort": "cost"}, Sort("cost")),
        ({"sort": "-cost"}, Sort("cost", descending=True)),
        ({}, Sort("name")),
        ({"sort": "password"}, Sort("name")),
        ({"sort": "-"}, Sort("name")),
        ({"sort": "--cost"}, Sort("name")),
    ],
)
def test_only_allowed_columns_are_sorted_by(asked, expected):
    assert Sort.from_args(asked, ALLOWED, "name") == expected


def test_the_default_may_be_descending():
    assert Sort.from_args({}, ALLOWED, "-cost") == Sort("cost", descending=True)


def test_a_second_click_turns_the_order_round():
    assert Sort("name").toggled("name") == "-name"
    assert Sort("name", descending=True).toggled("name") == "name"
    assert Sort("name").toggled("cost") == "cost"
