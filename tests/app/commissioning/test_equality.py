"""The equality check: groups side by side, small ones never shown, nor to be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commissioning.equality import Case, check, dimensions, withheld
from providers.needs import NeedType, Sex
from tests.factories.children import make_child, make_referral
from tests.factories.matches import run_match
from tests.factories.providers import make_offer


def cases(group: str, children: int, placed: int, **values) -> list[Case]:
    facts = {"days": 30, "km": 5.0, "pence": 40_000} | values
    return [
        Case(
            {"Need": group}, number < placed, **(facts if number < placed else facts | {"km": None})
        )
        for number in range(children)
    ]


def by_name(found):
    return {group.name: group for dimension in found for group in dimension.groups}


def test_a_group_has_its_share_and_its_means():
    (dimension,) = dimensions(cases("ASD", 10, 8) + cases("SEMH", 10, 8))
    group = dimension.groups[0]
    assert (group.children, group.placed_share, group.mean_days) == (10, 0.8, 30)
    assert (group.mean_km, group.mean_pence) == (5.0, 40_000)


def test_a_small_group_is_withheld_and_with_it_the_next_smallest():
    groups = by_name(dimensions(cases("VI", 4, 2) + cases("MLD", 6, 3) + cases("ASD", 40, 30)))
    assert {name for name, group in groups.items() if group.withheld} == {"VI", "MLD"}
    assert groups["VI"].children is None and groups["VI"].placed_share is None
    assert groups["ASD"].children == 40


def test_two_small_groups_that_are_large_enough_together_hide_each_other():
    assert withheld({"VI": 3, "HI": 4, "ASD": 40}, 5) == {"VI", "HI"}


def test_two_very_small_groups_are_hidden_behind_a_third():
    assert withheld({"VI": 1, "HI": 1, "MLD": 8, "ASD": 40}, 5) == {"VI", "HI", "MLD"}


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 30), max_size=8), st.integers(1, 10))
def test_no_small_group_can_be_worked_out_from_those_shown(sizes, smallest):
    hidden = withheld(sizes, smallest)
    assert {name for name, size in sizes.items() if size < smallest} <= hidden
    remainder = sum(sizes[name] for name in hidden)
    assert not hidden or hidden == set(sizes) or (len(hidden) > 1 and remainder >= smallest)


def test_a_mean_needs_as_many_children_behind_it_as_a_group_does():
    group = by_name(dimensions(cases("ASD", 20, 3)))["ASD"]
    assert group.children == 20 and group.mean_km is None and group.mean_pence is None


def test_a_wait_that_is_not_known_is_left_out_of_the_mean():
    known, unknown = cases("ASD", 6, 6, days=40), cases("ASD", 6, 6, days=None)
    assert by_name(dimensions(known + unknown))["ASD"].mean_days == 40


@pytest.mark.parametrize(("placed", "unlike"), [(45, False), (40, False), (10, True)])
def test_a_share_that_chance_would_hardly_explain_is_marked(placed, unlike):
    groups = by_name(dimensions(cases("ASD", 50, placed) + cases("SEMH", 50, 45)))
    assert groups["ASD"].unlike is unlike


def test_nobody_in_a_match_is_no_fault(sqlite_app_context):
    whole, found = check(run_match())
    assert (whole.children, whole.placed_share, found) == (0, None, [])


def test_the_groups_of_a_match_are_by_need_sex_care_and_district(sqlite_app_context):
    make_offer(hours_free=60, places_free=6)
    for number in range(12):
        make_referral(
            make_child(
                (NeedType.SEMH if number < 6 else NeedType.ASD,),
                sex=Sex.FEMALE if number % 2 else Sex.MALE,
                looked_after=number < 6,
            )
        )
    whole, found = check(run_match())
    assert (whole.children, whole.placed_share) == (12, 0.5)
    assert [d.name for d in found] == ["Primary need", "Sex", "Looked after", "Home district"]
    shares = {group.name: group.placed_share for group in found[0].groups}
    assert shares == {NeedType.SEMH.label: 1.0, NeedType.ASD.label: 0.0}
    assert {group.name for group in found[0].unlike} == set(shares)
