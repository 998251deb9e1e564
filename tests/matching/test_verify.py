"""The verifier accepts sound results and refuses every kind of tampering."""

from dataclasses import replace

import pytest

from matching.problem import Component, Gap, Location, Policy, Problem
from matching.solve import solve
from matching.verify import verify
from tests.matching.brute_force import with_placement
from tests.matching.builders import a_child, a_provider, an_offer


@pytest.fixture
def problem() -> Problem:
    """Two children; c1 needs two services; one offer of each service, and a spare."""
    child = a_child(
        components=(Component("k1", "tutoring", 10), Component("k2", "mentoring", 4)),
        transport="taxi",
        max_distance_km=30.0,
    )
    other = a_child(id="c2", components=(Component("k3", "tutoring", 10),))
    return Problem(
        (child, other),
        (
            an_offer(),
            an_offer(id="o2", service="mentoring", provider_id="p2"),
            an_offer(id="o3", price_pence_per_hour=9_900),
        ),
        (a_provider(), a_provider(id="p2", registered=False)),
    )


@pytest.fixture
def result(problem):
    """The best result of the problem, accepted as it stands."""
    found = solve(problem)
    assert verify(problem, found) == [] and len(found.placements) == 3
    return found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offer_id": "o2", "provider_id": "p2"}, "the service differs"),
        ({"hours": 9}, "the hours differ"),
        ({"delivery": "online"}, "not delivered that way"),
        ({"distance_km": 1.0}, "distance is wrong"),
        ({"distance_km": None}, "distance is wrong"),
        ({"weekly_cost_pence": 1}, "weekly cost is wrong"),
        ({"weekly_transport_pence": 1}, "transport cost is wrong"),
        ({"child_id": "c2"}, "is not child c2's"),
        ({"offer_id": "nowhere"}, "not in the problem"),
        ({"component_id": "k3"}, "not child c1's"),
        ({"provider_id": "p2"}, "is not provider p2's"),
    ],
)
def test_a_changed_placement_is_refused(problem, result, changes, words):
    assert any(words in fault for fault in verify(problem, with_placement(result, 0, **changes)))


@pytest.mark.parametrize(
    "name",
    [
        "children",
        "placed",
        "hours",
        "priority_hours",
        "cost_pence",
        "transport_pence",
        "misfit_pence",
    ],
)
def test_a_changed_total_is_refused(problem, result, name):
    totals = replace(result.totals, **{name: getattr(result.totals, name) + 1})
    assert verify(problem, replace(result, totals=totals))


def test_a_package_placed_in_part_is_refused(problem, result):
    tampered = replace(result, placements=result.placements[1:])
    assert any("only part of the package" in fault for fault in verify(problem, tampered))


def test_a_component_placed_twice_is_refused(problem, result):
    tampered = replace(result, placements=(*result.placements, result.placements[0]))
    assert "component k1 is placed twice" in verify(problem, tampered)


def test_a_wrong_list_of_the_unplaced_is_refused(problem, result):
    assert verify(problem, replace(result, unplaced=("c2",)))


@pytest.mark.parametrize("gap", [Gap(1, 2), Gap(10**9, 1)])
def test_gaps_that_do_not_fit_are_refused(problem, result, gap):
    assert verify(problem, replace(result, hours_gap=gap))
    assert verify(problem, replace(result, cost_gap=gap))


def _offer(problem, index, **changes):
    offers = list(problem.offers)
    offers[index] = replace(offers[index], **changes)
    return replace(problem, offers=tuple(offers))


def _child(problem, **changes):
    return replace(
        problem, children=(replace(problem.children[0], **changes), *problem.children[1:])
    )


def _provider(problem, **changes):
    return replace(
        problem, providers=(replace(problem.providers[0], **changes), *problem.providers[1:])
    )


@pytest.mark.parametrize(
    ("harder", "words"),
    [
        (lambda p: _offer(p, 0, hours_free=12), "hours, 12 free"),
        (lambda p: _offer(p, 0, places_free=1), "children, 1 places"),
        (lambda p: _offer(p, 0, min_age=13), "age is out of range"),
        (lambda p: _offer(p, 0, needs={"ASD"}), "a need that must be met"),
        (lambda p: _offer(p, 0, min_hours=11), "below the minimum hours"),
        (lambda p: _offer(p, 0, sessions={"mon_am"}), "half-days do not suffice"),
        (lambda p: _offer(p, 0, group_size=3), "group is too large"),
        (lambda p: _offer(p, 0, location=Location(53.0, -1.0)), "beyond the child's travel limit"),
        (lambda p: _offer(p, 0, location=None), "distance is unknown"),
        (lambda p: _child(p, excluded_providers={"p1"}), "the provider is excluded"),
        (lambda p: _child(p, keep_apart={"c2"}), "must be kept apart"),
        (lambda p: _provider(p, places_free=1), "more children than its places"),
        (
            lambda p: _provider(p, must_not_mix={("SEMH", "ASD")}, needs_present={"ASD"}),
            "must not mix",
        ),
        (lambda p: replace(p, forbidden={("k1", "o1")}), "the pair is forbidden"),
        (lambda p: replace(p, pinned={("k1", "o3")}), "pinned to offer o3"),
        (lambda p: replace(p, policy=Policy(tier_budgets={2: 10})), "the budget is 10"),
        (
            lambda p: replace(
                p,
                policy=Policy(registered_first="require"),
                offers=(*p.offers, an_offer(id="o4", service="mentoring")),
            ),
            "a registered provider could have taken it",
        ),
    ],
)
def test_a_result_is_refused_once_the_problem_forbids_it(problem, result, harder, words):
    problem = _child(problem, max_group_size=1, tier=2)
    assert verify(problem, result) == []
    assert any(words in fault for fault in verify(harder(problem), result))


def test_full_time_at_an_unregistered_provider_is_refused(problem, result):
    for child, words in (({"ehcp": True}, "would be full-time"), ({}, "too many full-time")):
        harder = _provider(
            _child(problem, **child),
            registered=False,
            full_time_children=4,
            hours_by_child={"c1": 9},
        )
        assert any(words in fault for fault in verify(harder, result))
