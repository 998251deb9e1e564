"""The engine against brute force, the verifier, and bad input."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.problem import Component, InvalidProblem, Location, Policy, Problem, Status
from matching.solve import solve
from matching.verify import verify
from tests.matching.brute_force import best_by_trying_everything
from tests.matching.builders import a_child, a_provider, an_offer, random_problem


def totals_of(result) -> tuple[int, int]:
    totals = result.totals
    return (totals.priority_hours, totals.cost_pence + totals.transport_pence + totals.misfit_pence)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_tiny_problem_gets_the_best_result_there_is(seed):
    problem = random_problem(seed, children=3, offers=4)
    result = solve(problem, time_limit_s=20, workers=1)
    assert result.status is Status.OPTIMAL
    assert verify(problem, result) == []
    assert totals_of(result) == best_by_trying_everything(problem)
    assert result.hours_gap.ratio == result.cost_gap.ratio == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_larger_problem_is_proven_and_passes_the_verifier(seed):
    problem = random_problem(seed, children=15, offers=12)
    result = solve(problem, time_limit_s=20, workers=1)
    assert verify(problem, result) == []
    assert result.status is Status.OPTIMAL


def test_no_children_is_an_answer_not_an_error():
    result = solve(Problem((), (an_offer(),), (a_provider(),)))
    assert result.status is Status.NO_CHILDREN and result.placements == ()


def test_no_offers_leaves_every_child_unplaced():
    result = solve(Problem((a_child(),), (), ()))
    assert result.status is Status.NO_OFFERS and result.unplaced == ("c1",)


@pytest.mark.parametrize(
    "offer",
    [
        an_offer(hours_free=0),
        an_offer(places_free=0),
        an_offer(service="forest school"),
        an_offer(location=None),
        an_offer(deliveries=()),
        an_offer(needs={"HI"}),
    ],
)
def test_a_child_with_no_feasible_offer_is_unplaced_and_that_is_optimal(offer):
    problem = Problem((a_child(),), (offer,), (a_provider(),))
    result = solve(problem)
    assert result.unplaced == ("c1",) and result.status is Status.OPTIMAL
    assert verify(problem, result) == []


def test_a_child_without_coordinates_may_still_learn_online():
    problem = Problem(
        (a_child(location=None),), (an_offer(deliveries={"online", "at_base"}),), (a_provider(),)
    )
    (placement,) = solve(problem).placements
    assert placement.delivery == "online" and placement.distance_km is None


def test_a_package_is_placed_whole_or_not_at_all():
    child = a_child(components=(Component("k1", "tutoring", 10), Component("k2", "therapy", 1)))
    whole = Problem((child,), (an_offer(),), (a_provider(),))
    assert solve(whole).placements == ()
    partial = Problem((child,), (an_offer(),), (a_provider(),), Policy(partial_packages=True))
    result = solve(partial)
    assert [each.component_id for each in result.placements] == ["k1"]
    assert result.unplaced == ("c1",) and verify(partial, result) == []


def test_the_register_rule_counts_all_components_at_a_provider():
    child = a_child(
        ehcp=True,
        components=(Component("k1", "tutoring", 10), Component("k2", "mentoring", 9)),
    )
    offers = (an_offer(), an_offer(id="o2", service="mentoring"))
    unregistered = Problem((child,), offers, (a_provider(registered=False),))
    assert solve(unregistered).unplaced == ("c1",)
    assert solve(Problem((child,), offers, (a_provider(),))).unplaced == ()


def test_a_fifth_full_time_child_is_not_placed_at_an_unregistered_provider():
    children = tuple(
        a_child(id=f"c{n}", components=(Component(f"k{n}", "tutoring", 20),)) for n in range(3)
    )
    provider = a_provider(registered=False, full_time_children=2)
    problem = Problem(children, (an_offer(hours_free=100),), (provider,))
    result = solve(problem)
    assert result.totals.placed == 2 and verify(problem, result) == []


def test_half_days_must_suffice_for_the_whole_package():
    child = a_child(components=(Component("k1", "tutoring", 6), Component("k2", "mentoring", 6)))
    days = {"mon_am", "tue_am", "wed_am"}
    offers = (an_offer(sessions=days), an_offer(id="o2", service="mentoring", sessions=days))
    assert solve(Problem((child,), offers, (a_provider(),))).unplaced == ("c1",)
    offers = (offers[0], an_offer(id="o2", service="mentoring", sessions=days | {"fri_pm"}))
    assert solve(Problem((child,), offers, (a_provider(),))).unplaced == ()


def test_the_child_who_has_waited_longest_gets_the_last_place():
    children = (a_child(), a_child(id="c2", days_out_of_education=90))
    result = solve(Problem(children, (an_offer(places_free=1),), (a_provider(),)))
    assert result.unplaced == ("c1",)


def test_hours_placed_come_before_cost():
    offers = (
        an_offer(places_free=1, price_pence_per_hour=1_000),
        an_offer(id="o2", places_free=1, price_pence_per_hour=90_000),
    )
    result = solve(Problem((a_child(), a_child(id="c2")), offers, (a_provider(),)))
    assert result.totals.placed == 2


def test_pins_are_kept_even_where_another_choice_is_cheaper():
    offers = (an_offer(), an_offer(id="o2", price_pence_per_hour=9_000))
    problem = Problem((a_child(),), offers, (a_provider(),), pinned={("c1-k1", "o2")})
    (placement,) = solve(problem).placements
    assert placement.offer_id == "o2"


def test_pins_that_cannot_all_be_kept_are_refused():
    children = (a_child(), a_child(id="c2"))
    problem = Problem(
        children,
        (an_offer(places_free=1),),
        (a_provider(),),
        pinned={("c1-k1", "o1"), ("c2-k1", "o1")},
    )
    with pytest.raises(InvalidProblem, match="cannot all be kept together"):
        solve(problem)


def test_a_pin_to_an_offer_that_cannot_take_the_child_leaves_the_child_unplaced():
    problem = Problem(
        (a_child(),),
        (an_offer(max_age=8), an_offer(id="o2")),
        (a_provider(),),
        pinned={("c1-k1", "o1")},
    )
    assert solve(problem).unplaced == ("c1",)


def test_siblings_go_to_the_same_provider_when_it_costs_little():
    children = (a_child(siblings={"c2"}), a_child(id="c2", location=Location(51.0, -1.35)))
    offers = (
        an_offer(places_free=1),
        an_offer(id="o2", price_pence_per_hour=4_510),
        an_offer(id="o3", provider_id="p2"),
    )
    providers = (a_provider(), a_provider(id="p2"))
    result = solve(Problem(children, offers, providers))
    assert len({each.provider_id for each in result.placements}) == 1


def test_a_stopped_run_hands_back_a_correct_result():
    problem = random_problem(5, children=20, offers=15)
    result = solve(problem, should_stop=lambda: True)
    assert result.status in (Status.STOPPED, Status.OPTIMAL)
    assert verify(problem, result) == []


def test_progress_ends_at_one():
    seen = []
    solve(random_problem(3, children=10, offers=8), on_progress=seen.append)
    assert seen[0].fraction == 0 and seen[-1].fraction == 1 and seen[-1].children == 10


def test_a_run_is_repeated_exactly_from_its_seed():
    problem = random_problem(11, children=12, offers=10)
    first, second = (solve(problem, seed=4, workers=1) for _ in range(2))
    assert first.placements == second.placements


@pytest.mark.parametrize(
    "limits", [{"time_limit_s": 0}, {"time_limit_s": -1}, {"workers": 0}, {"seed": -1}]
)
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(InvalidProblem):
        solve(Problem((a_child(),), (an_offer(),), (a_provider(),)), **limits)


def test_a_child_who_is_at_a_full_provider_already_takes_no_new_place():
    children = (a_child(), a_child(id="c2", components=(Component("k2", "tutoring", 5),)))
    full = a_provider(places_free=0, hours_by_child={"c1": 6})
    result = solve(Problem(children, (an_offer(),), (full,)))
    assert [each.child_id for each in result.placements] == ["c1"]
    assert not verify(Problem(children, (an_offer(),), (full,)), result)
    one_free = replace(full, places_free=1)
    assert solve(Problem(children, (an_offer(),), (one_free,))).totals.placed == 2


def test_a_child_who_is_there_already_brings_no_need_that_must_not_be_mixed():
    """SEMH and ASD are both there: a further part for the one with SEMH, no newcomer."""
    children = (a_child(), a_child(id="c2", components=(Component("k2", "tutoring", 5),)))
    apart = a_provider(must_not_mix={("SEMH", "ASD")}, needs_present={"SEMH", "ASD"})
    here = replace(apart, hours_by_child={"c1": 6})
    result = solve(problem := Problem(children, (an_offer(),), (here,)))
    assert [each.child_id for each in result.placements] == ["c1"]
    assert not verify(problem, result)
    nobody = solve(Problem(children, (an_offer(),), (apart,)))
    assert nobody.totals.placed == 0
