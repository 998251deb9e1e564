"""The problem refuses what is malformed, naming every fault."""

import pickle
from dataclasses import fields, replace

import pytest

from matching.problem import (
    Child,
    Component,
    InvalidProblem,
    Location,
    Offer,
    Policy,
    Priority,
    Problem,
    Provider,
    Weights,
)
from matching.solve import solve
from matching.verify import verify
from tests.matching.builders import a_child, a_provider, an_offer


def test_a_problem_survives_pickling_for_the_background_worker():
    problem = Problem((a_child(),), (an_offer(),), (a_provider(),))
    assert pickle.loads(pickle.dumps(problem)) == problem


@pytest.mark.parametrize("hours", [0, -3, 2.5, True, 500])
def test_a_component_needs_a_whole_positive_number_of_hours(hours):
    with pytest.raises(InvalidProblem, match="hours must be a whole number"):
        Component("k", "tutoring", hours)


def test_a_component_beyond_the_longest_week_is_refused_unless_the_policy_allows_it():
    child = a_child(components=(Component("k", "tutoring", 60),))
    with pytest.raises(InvalidProblem, match="asks for 60 hours a week; the most is 40"):
        Problem((child,), (), ())
    assert Problem((child,), (), (), Policy(longest_component=60))


def test_duplicate_ids_of_every_kind_are_all_reported():
    with pytest.raises(InvalidProblem) as refusal:
        Problem((a_child(), a_child()), (an_offer(), an_offer()), (a_provider(), a_provider()))
    assert refusal.value.faults == (
        "child c1 is there more than once",
        "component c1-k1 is there more than once",
        "offer o1 is there more than once",
        "provider p1 is there more than once",
    )


def test_an_offer_of_an_unknown_provider_is_refused():
    with pytest.raises(InvalidProblem, match="who is not in the problem"):
        Problem((), (an_offer(),), ())


@pytest.mark.parametrize(
    ("pinned", "forbidden", "words"),
    [
        ({("c1-k1", "o1"), ("c1-k1", "o2")}, set(), "pinned to 2 offers; choose one"),
        ({("c1-k1", "o1")}, {("c1-k1", "o1")}, "both pinned and forbidden"),
        ({("nobody", "o1")}, set(), "names component nobody"),
        (set(), {("c1-k1", "nowhere")}, "names offer nowhere"),
    ],
)
def test_contradictory_or_unknown_pairs_are_refused(pinned, forbidden, words):
    with pytest.raises(InvalidProblem, match=words):
        Problem(
            (a_child(),),
            (an_offer(), an_offer(id="o2")),
            (a_provider(),),
            pinned=pinned,
            forbidden=forbidden,
        )


def test_pins_beyond_the_capacity_of_an_offer_are_refused():
    with pytest.raises(InvalidProblem, match="10 hours a week are pinned to offer o1, which has 9"):
        Problem((a_child(),), (an_offer(hours_free=9),), (a_provider(),), pinned={("c1-k1", "o1")})


@pytest.mark.parametrize("weight", [-1, 1_000_001, 2.5, True])
def test_weights_are_bounded(weight):
    with pytest.raises(InvalidProblem, match="the weight distance must be"):
        Weights(distance=weight)


def test_a_policy_lists_all_of_its_faults_at_once():
    with pytest.raises(InvalidProblem) as refusal:
        Policy(full_time_hours=0, road_factor=0.5, tier_budgets={2: -1}, registered_first="maybe")
    assert len(refusal.value.faults) == 4


def test_priority_never_lets_a_child_count_for_nothing():
    with pytest.raises(InvalidProblem, match="base must be at least 1"):
        Priority(base=0)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 181), (float("nan"), 0)])
def test_a_location_off_the_globe_is_refused(latitude, longitude):
    with pytest.raises(InvalidProblem):
        Location(latitude, longitude)


def test_a_child_with_nothing_to_place_is_refused():
    with pytest.raises(InvalidProblem, match="add at least one component"):
        Child("c", (), ("SEMH",), 12)


def test_an_offer_with_strange_values_names_each_of_them():
    with pytest.raises(InvalidProblem) as refusal:
        an_offer(deliveries={"by_post"}, sessions={"sun_am"}, radius_km=-1, hours_free=-5)
    assert len(refusal.value.faults) == 4


def test_the_primary_need_alone_is_required_unless_said_otherwise():
    child = a_child(needs=("ASD", "SLCN", "SEMH"))
    assert child.required_needs == ("ASD",) and child.wished_needs == ("SLCN", "SEMH")
    child = a_child(needs=("ASD", "SLCN", "SEMH"), must_needs=("ASD", "SEMH"))
    assert child.wished_needs == ("SLCN",)


def test_providers_check_their_own_figures():
    with pytest.raises(InvalidProblem) as refusal:
        Provider("p", True, hours_by_child={"c": -1}, judgement=7, full_time_children=-1)
    assert len(refusal.value.faults) == 3


def test_zero_capacity_is_a_fact_not_a_fault():
    assert isinstance(an_offer(hours_free=0, places_free=0), Offer)


STRANGE = [
    None, -1, 0, 61, 2.5, float("nan"), float("inf"), 10**15, True, "", "SEMH", (),
    ("SEMH", "SEMH"), {"SEMH"}, [["SEMH"]], {"c": "many"}, object(),
]  # fmt: skip


@pytest.mark.parametrize(
    "party",
    [
        a_child(), an_offer(), a_provider(), Component("k", "tutoring", 5), Policy(), Weights(),
        Priority(), Location(51.0, -1.3),
    ],
    ids=lambda party: type(party).__name__,
)  # fmt: skip
def test_a_strange_value_is_refused_in_words_or_makes_a_right_result(party):
    """In no field does anything else than a refusal, or a result that the verifier accepts."""
    for field in fields(party):
        for strange in STRANGE:
            try:
                changed = replace(party, **{field.name: strange})
                problem = problem_around(changed)
            except InvalidProblem as refusal:
                assert refusal.faults and all(refusal.faults)
                continue
            assert verify(problem, solve(problem, time_limit_s=2, workers=1)) == []


def problem_around(party) -> Problem:
    """One child, one offer and one provider, with this party in its place."""
    child, offer, provider, policy = a_child(), an_offer(), a_provider(), Policy()
    match party:
        case Child():
            child = party
        case Offer():
            offer = party
        case Provider():
            provider = party
        case Policy():
            policy = party
        case Component():
            child = a_child(components=(party,))
        case Weights():
            policy = Policy(weights=party)
        case Priority():
            policy = Policy(priority=party)
        case Location():
            child = a_child(location=party)
    return Problem((child,), (offer,), (provider,), policy)


@pytest.mark.parametrize(
    "limits",
    [
        {"time_limit_s": float("inf")},
        {"time_limit_s": "a minute"},
        {"workers": 1.5},
        {"seed": None},
    ],
)
def test_limits_of_a_run_that_are_no_numbers_are_refused(limits):
    with pytest.raises(InvalidProblem):
        solve(problem_around(a_child()), **limits)
