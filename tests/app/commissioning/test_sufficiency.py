"""Where the county is short: hours that no offer suits, and hours whose offers are taken."""

from app.commissioning import sufficiency
from app.commissioning.packing import expand, squeeze
from app.commissioning.sufficiency import Shortage, shortages, worth_of_an_hour
from providers.needs import NeedType
from tests.factories.children import make_child, make_referral
from tests.factories.matches import make_county, run_match
from tests.factories.providers import make_offer, make_service


def figures(groups):
    return {g.name: (g.children, g.asked, g.no_offer, g.taken) for g in groups}


def test_hours_that_no_offer_suits_are_told_by_service_need_age_and_district(sqlite_app_context):
    make_county()
    found = shortages(run_match())
    assert figures(found["Service"]) == {"Mentoring": (1, 20, 10, 0)}
    assert figures(found["Primary need"]) == {NeedType.VI.label: (1, 10, 10, 0)}
    assert figures(found["Age"]) == {"11 to 13": (1, 20, 10, 0)}
    assert figures(found["Home district"]) == {"SO23": (1, 20, 10, 0)}


def test_hours_whose_offers_are_taken_are_told_apart(sqlite_app_context):
    make_referral(), make_referral()
    make_offer(hours_free=10)
    assert figures(shortages(run_match())["Service"]) == {"Mentoring": (1, 20, 0, 10)}


def test_a_package_counts_each_service_once_a_child(sqlite_app_context):
    make_referral(make_child(), hours={make_service(): 10, make_service("tutoring_qts"): 5})
    make_offer()
    found = figures(shortages(run_match())["Service"])
    tutoring = make_service("tutoring_qts").name
    assert found == {"Mentoring": (1, 10, 0, 10), tutoring: (1, 5, 5, 0)}


def test_a_county_in_which_all_are_placed_is_short_of_nothing(sqlite_app_context):
    make_referral()
    make_offer()
    assert not any(shortages(run_match()).values())


def test_what_an_hour_is_worth_is_told_the_most_first_where_it_is_known(sqlite_app_context):
    county = make_county()
    run = run_match()
    prices = [[county.offer.id, 120.4], [county.dearer.id, 0.0], [county.full.id, 900.0]]
    run.result = squeeze(expand(run.result) | {"offer_prices": prices})
    worth = worth_of_an_hour(run)
    assert [(each.offer.id, each.pence) for each in worth] == [
        (county.full.id, 900), (county.offer.id, 120),
    ]  # fmt: skip


def a_group(name, placed, without, full=0) -> Shortage:
    """A group with so many placed, and so many each of whom no offer suits, or offers are taken."""
    children = without + full
    return Shortage(
        name, (placed + children) * 10, without * 10, full * 10, children, placed,
        set(range(without)), set(range(without, children)),
    )  # fmt: skip


def told(groups, smallest=5):
    return {g.name: (g.withheld, g.split_withheld) for g in sufficiency._told(groups, smallest)}


def test_who_sees_only_some_children_is_told_of_no_few():
    """Few not placed, few placed, and all placed are withheld, with another to hide them."""
    groups = [
        a_group("A", 50, 30, 20), a_group("B", 20, 2), a_group("C", 1, 20),
        a_group("D", 30, 0), a_group("E", 20, 12, 9),
    ]  # fmt: skip
    found = told(groups)
    assert found == {
        "A": (False, False), "B": (True, True), "C": (True, True),
        "D": (True, True), "E": (True, True),
    }  # fmt: skip
    assert list(found) == ["A", "B", "C", "D", "E"]


def test_which_hours_no_offer_suits_is_told_only_where_enough_children_stand_behind():
    groups = [a_group("A", 50, 47, 3), a_group("B", 50, 30, 30)]
    assert told(groups) == {"A": (False, True), "B": (False, True)}


def test_who_sees_every_child_is_told_everything():
    groups = [a_group("A", 50, 1), a_group("B", 3, 0), a_group("C", 3, 2)]
    assert told(groups, 0) == {"C": (False, False), "A": (False, False)}


def test_a_small_match_is_withheld_whole_from_who_sees_only_some(sqlite_app_context):
    make_county()
    found = shortages(run_match(), 5)
    assert all(group.withheld for groups in found.values() for group in groups)
    assert {group.name for group in found["Primary need"]} == {
        NeedType.SEMH.label, NeedType.VI.label,
    }  # fmt: skip
