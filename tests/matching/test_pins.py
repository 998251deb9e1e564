"""Pins beside each other: kept one after another just as far as the verifier allows, with words."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.pins import Pins
from matching.problem import Component, Policy, Problem
from matching.solve import solve
from matching.verify import verify
from tests.matching.brute_force import as_result, eligible_pairs
from tests.matching.builders import a_child, a_provider, an_offer
from tests.matching.every_rule import RULES, problem_with

MIXTURES = st.sets(st.sampled_from(RULES))
SEEDS = st.integers(0, 10**6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(rules=MIXTURES, seed=SEEDS)
def test_a_pin_clashes_just_where_the_verifier_finds_a_fault_and_the_rest_can_be_solved(
    rules, seed
):
    problem = problem_with(rules, seed, children=4)
    alone = replace(problem, policy=replace(problem.policy, partial_packages=True), pinned=())
    allowed = eligible_pairs(alone)
    order = sorted(allowed)
    random.Random(seed).shuffle(order)
    pins = Pins(problem)
    chosen = {part.id: None for child in problem.children for part in child.components}
    for part, offer in order:
        if chosen[part] is not None:
            assert pins.clash(part, offer)
            continue
        tried = as_result(alone, chosen | {part: offer}, allowed)
        faults = ["no such result"] if tried is None else verify(alone, tried)
        assert (pins.clash(part, offer) is None) == (faults == []), faults
        if not faults:
            pins.keep(part, offer)
            chosen[part] = offer
    kept = frozenset((part, offer) for part, offer in chosen.items() if offer is not None)
    pinned = replace(problem, pinned=kept)
    assert verify(pinned, solve(pinned, time_limit_s=5, workers=1)) == []


def a_pair(**changes):
    """Two children of whom the second changes, for one provider with room."""
    return a_child(), a_child(id="c2", **changes)


@pytest.mark.parametrize(
    ("second", "provider", "policy", "words"),
    [
        ({"needs": ("ASD",)}, {"must_not_mix": {("ASD", "SEMH")}}, {},
         "It cannot take a child with ASD beside children with SEMH, who are fixed there"),
        ({"components": (Component("c2-k1", "tutoring", 10),)},
         {"registered": False, "full_time_children": 3}, {"full_time_hours": 9},
         "with those fixed there it would have 5 full-time children; with 5 it would have to"),
        ({}, {"places_free": 1}, {}, "Its room is fixed for other children"),
        ({"keep_apart": {"c1"}}, {}, {}, "A child who must be kept apart is fixed there"),
    ],
)  # fmt: skip
def test_the_later_pin_is_told_why_and_whose_came_before(second, provider, policy, words):
    offer = an_offer(needs={"SEMH", "ASD"})
    problem = Problem(a_pair(**second), (offer,), (a_provider(**provider),), Policy(**policy))
    pins = Pins(problem)
    assert pins.clash("c1-k1", "o1") is None
    pins.keep("c1-k1", "o1")
    clash = pins.clash("c2-k1", "o1")
    assert words in clash.text and clash.children == ("c1",)


def test_a_budget_counts_transport_and_names_both_sums():
    children = (a_child(tier=2), a_child(id="c2", tier=2), a_child(id="c3", tier=1))
    budget = Policy(tier_budgets={2: 60_000})
    pins = Pins(Problem(children, (an_offer(),), (a_provider(),), budget))
    pins.keep("c1-k1", "o1")
    clash = pins.clash("c2-k1", "o1")
    assert clash.children == ("c1",)
    assert clash.text == (
        "What is fixed for tier 2 would come to £900 a week with it, and the budget is £600"
    )
    assert pins.clash("c3-k1", "o1") is None


def test_the_parts_of_one_child_must_have_half_days_of_their_own():
    child = a_child(components=(Component("k1", "tutoring", 6), Component("k2", "mentoring", 6)))
    days = {"mon_am", "tue_am", "wed_am"}
    offers = (an_offer(sessions=days), an_offer(id="o2", service="mentoring", sessions=days))
    pins = Pins(Problem((child,), offers, (a_provider(),)))
    pins.keep("k1", "o1")
    assert "half-days clash" in pins.clash("k2", "o2").text


def test_a_protected_child_cannot_be_full_time_at_an_unregistered_provider_by_two_pins():
    child = a_child(
        ehcp=True, components=(Component("k1", "tutoring", 10), Component("k2", "mentoring", 10))
    )
    offers = (an_offer(), an_offer(id="o2", service="mentoring"))
    pins = Pins(Problem((child,), offers, (a_provider(registered=False),)))
    pins.keep("k1", "o1")
    assert "18 hours a week at most; with what is fixed it would be 20" in (
        pins.clash("k2", "o2").text
    )
