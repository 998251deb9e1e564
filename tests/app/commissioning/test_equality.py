"""The equality check: groups side by side, small ones never shown, nor to be worked out."""

import pytest

from app.commissioning.equality import Case, check, dimensions
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
    (dimension,) = dimensions(cases("ASD", 20, 15) + cases("SEMH", 20, 15))
    group = dimension.groups[0]
    assert (group.children, group.placed_share, group.mean_days) == (20, 0.75, 30)
    assert (group.mean_km, group.mean_pence) == (5.0, 40_000)


def test_a_small_group_is_withheld_and_with_it_the_next_smallest():
    groups = by_name(dimensions(cases("VI", 4, 2) + cases("MLD", 6, 3) + cases("ASD", 40, 30)))
    assert {name for name, group in groups.items() if group.withheld} == {"VI", "MLD"}
    assert groups["VI"].children is None and groups["VI"].placed_share is None
    assert groups["ASD"].children == 40


def shares(*found: Case) -> dict[str, str]:
    """What is shown of each group's share: "75%", "over 60%", or "-" for nothing."""
    return {
        name: "-"
        if group.placed_share is None
        else f"{group.bound} {group.placed_share:.0%}".strip()
        for name, group in by_name(dimensions(found)).items()
    }


@pytest.mark.parametrize(
    ("children", "placed", "shown"),
    [
        (5, 4, "-"),  # one child was not placed
        (5, 5, "-"),  # each was
        (8, 4, "-"),
        (40, 40, "over 87%"),
        (40, 36, "over 87%"),
        (40, 35, "88%"),
        (40, 5, "12%"),
        (40, 4, "under 13%"),
        (40, 0, "under 13%"),
    ],
)
def test_a_share_that_tells_of_a_few_children_is_shown_as_a_bound_or_not_at_all(
    children, placed, shown
):
    others = cases("MLD", 30, 15) + cases("ASD", 60, 40)
    assert shares(*others, *cases("VI", children, placed))["VI"] == shown


def test_a_mean_of_a_few_cannot_be_worked_out_from_the_others():
    """Three of VI are placed: from the mean of all and of the others theirs would follow."""
    groups = by_name(dimensions(cases("VI", 20, 3) + cases("MLD", 20, 10) + cases("ASD", 60, 40)))
    assert groups["VI"].mean_pence is None and groups["MLD"].mean_pence is None
    assert groups["ASD"].mean_pence == 40_000
    assert groups["VI"].mean_days == 30


def test_a_mean_needs_as_many_children_behind_it_as_a_group_does():
    group = by_name(dimensions(cases("ASD", 20, 3)))["ASD"]
    assert group.children == 20 and group.mean_km is None and group.mean_pence is None


def test_a_mean_does_not_tell_how_many_are_placed_where_the_share_does_not():
    """Five of five: a mean cost would say that at least five of them are placed."""
    groups = by_name(dimensions(cases("VI", 5, 5) + cases("MLD", 30, 15) + cases("ASD", 60, 40)))
    assert groups["VI"].children == 5 and groups["VI"].mean_pence is None
    assert groups["VI"].mean_days == 30


def test_a_wait_that_is_not_known_is_left_out_of_the_mean():
    known, unknown = cases("ASD", 6, 6, days=40), cases("ASD", 6, 6, days=None)
    assert by_name(dimensions(known + unknown))["ASD"].mean_days == 40


@pytest.mark.parametrize(("placed", "unlike"), [(45, False), (40, False), (10, True), (2, True)])
def test_a_share_that_chance_would_hardly_explain_is_marked(placed, unlike):
    groups = by_name(
        dimensions(cases("ASD", 50, placed) + cases("SEMH", 50, 40) + cases("MLD", 20, 10))
    )
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
    shown = {group.name: group.placed_share for group in found[0].groups}
    assert shown == {NeedType.SEMH.label: None, NeedType.ASD.label: None}
    assert not found[0].has_shares and not found[0].unlike
