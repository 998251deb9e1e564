"""Who may be ready to move on, what it saves, and figures that withhold small groups."""

from datetime import date

import pytest

from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.progress import overview, stepdown
from app.commissioning.progress.lifecycle import NextStep
from app.kernel.rules import RuleBroken
from providers.needs import Tier
from tests.factories.attendance import make_mark
from tests.factories.placements import make_placement
from tests.factories.progress import hold_review

TODAY = date(2026, 11, 25)
LONG = {"starts_on": date(2026, 7, 1), "ends_on": date(2027, 1, 29)}
SHORT = {"starts_on": date(2026, 11, 2), "ends_on": date(2027, 1, 29)}


@pytest.fixture(autouse=True)
def on_a_school_day(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


def test_a_placement_long_for_its_tier_is_listed_with_what_ending_it_saves(context):
    make_placement(**SHORT)
    placement = make_placement(transport_pence_a_week=4_000, **LONG)
    [found] = stepdown.candidates(TODAY)
    assert found.placement is placement
    assert found.reasons == ("21 weeks so far; tier 2 is meant for at most 18",)
    # from 19 December to 29 January are 19 school days, the first of term being inset
    assert found.saving == 19 * (45_000 + 4_000) // 5
    assert "would save £1,862.00" in found.in_words


def test_a_review_that_says_so_goes_first_and_saves_the_hours_it_takes_away(context):
    make_placement(**LONG)
    placement = make_placement(**SHORT)
    hold_review(placement, next_step=NextStep.STEP_DOWN, new_hours=6)
    first, _second = stepdown.candidates(TODAY)
    assert (first.placement, first.is_agreed, first.hours) == (placement, True, 6)
    assert first.saving == 19 * 4 * 4_500 // 5
    assert "6 hours a week in place of 10" in first.in_words
    assert stepdown.total_saving([first, _second], agreed_only=True) == first.saving


def test_a_costly_placement_is_looked_at_and_nothing_is_saved_after_its_end(sqlite_app_context):
    make_placement(hours=20, starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 18))
    [found] = stepdown.candidates(TODAY)
    assert found.reasons == ("£900.00 a week with transport",)
    assert found.saving == 0
    assert found.in_words == "It ends before less could be paid."


def test_stepping_down_needs_fewer_hours(sqlite_app_context):
    for hours in (None, 10):
        with pytest.raises(RuleBroken, match="fewer hours a week than the 10"):
            hold_review(make_placement(), next_step=NextStep.STEP_DOWN, new_hours=hours)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 0, "b": 9}, {"a": 0, "b": 9}),
        ({"a": 3, "b": 9, "c": 6}, {"a": None, "b": 9, "c": None}),
        ({"a": 3, "b": 4, "c": 6}, {"a": None, "b": None, "c": 6}),
        ({"a": 3, "b": 0}, {"a": None, "b": 0}),
    ],
)
def test_a_small_group_is_withheld_and_cannot_be_worked_out(counts, shown):
    assert overview.withhold(counts, 5) == shown


def test_the_overview_counts_from_the_records(context):
    for _ in range(2):
        placement = make_placement(**SHORT)
        make_mark(placement)
    make_mark(placement, "I", day=date(2026, 11, 24))
    make_placement(PlacementState.ENDED, starts_on=date(2026, 9, 2))
    hold_review(placement)
    found = overview.of(TODAY, 1)
    [two] = [each for each in found.tiers if each.tier is Tier.TWO]
    assert (two.children, two.so_far, two.length) == (2, 23, 84)
    assert two.attendance == pytest.approx(2 / 3)
    assert (found.ended, found.destinations[Destination.REINTEGRATED]) == (1, 1)
    assert (found.held, found.in_time, found.children) == (1, 1, 2)
    withheld = overview.of(TODAY, 5)
    assert [each.children for each in withheld.tiers] == [0, None, 0]
