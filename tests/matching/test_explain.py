"""Explanations in words for the placed and the unplaced."""

import re
from dataclasses import replace

import pytest

from matching.distance import KM_IN_A_MILE, at_least_in_words
from matching.eligibility import Rule, objections
from matching.explain import Explainer, explain
from matching.problem import Component, InvalidProblem, Policy, Problem
from matching.ranking import rank
from matching.solve import solve
from tests.matching.builders import BASINGSTOKE, a_child, a_provider, an_offer, random_problem


def explained(problem):
    """The explanation of the first child after a run."""
    return explain(problem, solve(problem)).children[0]


def test_a_placed_child_learns_why_and_what_came_next():
    offers = (
        an_offer(),
        an_offer(id="o2", price_pence_per_hour=5_000),
        an_offer(id="o3", location=BASINGSTOKE, price_pence_per_hour=4_550),
    )
    child = explained(Problem((a_child(transport="taxi"),), offers, (a_provider(),)))
    (part,) = child.components
    assert child.placed and child.summary == (
        "Placed for 10 hours a week at £583.73 a week with transport."
    )
    assert part.why == (
        "It provides for SEMH",
        "It is 11.4 miles (18.4 km) from home, delivered at the provider's site",
        "10 hours a week cost £450, and transport £133.73 a week",
        "Of 3 places that could suit the child, it is the best",
    )
    assert [option.offer_id for option in part.next_best] == ["o2", "o3"]
    assert part.next_best[0].more_pence == 5_000
    assert part.next_best[0].text == (
        "It is delivered at the provider's site, 11.4 miles (18.4 km) from home, and "
        "costs £50 a week more with transport"
    )


def test_an_unplaced_child_learns_who_refused_and_why():
    offers = (
        an_offer(service="therapy"),
        an_offer(id="o2", service="therapy"),
        an_offer(id="o3", places_free=0),
        an_offer(id="o4", location=BASINGSTOKE),
    )
    child = explained(Problem((a_child(max_distance_km=20.0),), offers, (a_provider(),)))
    (part,) = child.components
    assert not child.placed
    assert child.summary == "Not placed: no provider of tutoring can take the child."
    assert part.why == (
        "2 do not offer this service",
        "1 is beyond the travel limit, it is 17 miles (27 km) away",
        "1 is full, it is 11.4 miles (18.4 km) away",
    )
    assert {group.rule: group.offer_ids for group in part.refusals} == {
        Rule.SERVICE: ("o1", "o2"),
        Rule.TRAVEL_LIMIT: ("o4",),
        Rule.FULL: ("o3",),
    }
    assert part.changes == (
        "A free place at offer o3 would be enough, 11.4 miles (18.4 km) away",
        "A travel limit of 17.1 miles (27.4 km) or more would let the child go to offer o4",
    )


def test_competition_is_named_when_others_hold_the_places():
    problem = Problem(
        (a_child(), a_child(id="c2", looked_after=True)),
        (an_offer(places_free=1),),
        (a_provider(),),
    )
    child = explained(problem)
    assert child.summary == (
        "Not placed: providers could take the child, but their places went to other children."
    )
    assert child.components[0].why[0] == (
        "1 could take this, but its hours or places went to children who come first by the "
        "council's rules, or whom they suit better"
    )
    assert child.components[0].changes == (
        "One more place at offer o1 would make room for this child as well",
    )
    more = replace(problem, offers=(an_offer(places_free=2),))
    assert solve(more).unplaced == ()


@pytest.mark.parametrize(
    ("offer", "provider", "words"),
    [
        ({"hours_free": 14}, {}, "6 hours a week more at Oak Farm"),
        ({"hours_free": 10, "places_free": 1}, {}, "10 hours a week more and one more place"),
        ({}, {"places_free": 1}, "One more place at Oak Farm"),
    ],
)
def test_the_room_that_is_short_is_told_exactly(offer, provider, words):
    children = (a_child(), a_child(id="c2", looked_after=True))
    problem = Problem(children, (an_offer(**offer),), (a_provider(name="Oak Farm", **provider),))
    assert explained(problem).components[0].changes[0].startswith(words)


def test_the_part_that_holds_up_a_package_is_named():
    child = a_child(components=(Component("k1", "tutoring", 5), Component("k2", "therapy", 1)))
    told = explained(Problem((child,), (an_offer(),), (a_provider(),)))
    assert told.summary == "Not placed: no provider of therapy can take the child."
    assert told.components[0].why[0].startswith("1 could take this part, but the child's other")


def test_registered_first_is_a_reason_when_the_policy_requires_it():
    offers = (an_offer(), an_offer(id="o2", provider_id="p2", price_pence_per_hour=100))
    providers = (a_provider(), a_provider(id="p2", registered=False))
    problem = Problem((a_child(),), offers, providers, Policy(registered_first="require"))
    (part,) = explained(problem).components
    assert part.placement.offer_id == "o1"
    assert [group.rule for group in part.refusals] == [Rule.REGISTERED_FIRST]


@pytest.mark.parametrize("seed", range(30))
def test_every_child_of_any_problem_is_explained(seed):
    problem = random_problem(seed, children=6, offers=8)
    result = solve(problem, workers=1)
    told = explain(problem, result)
    assert [each.child_id for each in told.children] == [c.id for c in problem.children]
    for each in told.children:
        assert each.placed is (each.child_id not in result.unplaced)
        for part in each.components:
            refused = sum(len(group.offer_ids) for group in part.refusals)
            assert part.why and refused <= len(problem.offers)
            assert part.placement is None or not part.changes


def test_asking_about_a_stranger_is_refused():
    problem = Problem((), (), ())
    with pytest.raises(InvalidProblem, match="child x is not in the problem"):
        Explainer(problem, solve(problem)).child("x")


def test_ranking_one_child_agrees_with_the_options_of_a_run():
    for seed in range(30):
        problem = random_problem(seed, children=1, offers=10, rare=False)
        child = problem.children[0]
        ranked = rank(child, problem.offers, problem.providers, problem.policy)
        told = explain(problem, solve(problem, workers=1)).children[0]
        for part in told.components:
            best = {part.placement.offer_id} if part.placement else set()
            shown = best | {option.offer_id for option in part.next_best}
            assert shown <= {each.offer_id for each in ranked[part.component_id]}


@pytest.mark.parametrize("km", [4.05, 19.96, 20.04, 32.187, 40.2, 66.999])
def test_a_limit_set_as_it_was_told_reaches(km):
    miles, told_km = (float(word) for word in re.findall(r"[\d.]+", at_least_in_words(km)))
    assert km <= told_km < km + 0.1 + 1e-9
    assert km <= miles * KM_IN_A_MILE < km + 0.17


def test_a_distance_that_rounds_to_its_limit_reads_as_beyond_it():
    near = a_child(max_distance_km=18.38)
    args = near, near.components[0], an_offer(), a_provider(), Policy(), 18.41
    assert [each.text for each in objections(*args)] == [
        "It is just over 11.4 miles (18.4 km) away; the child's travel limit is "
        "11.4 miles (18.4 km)"
    ]


def test_what_would_help_says_nothing_of_a_distance_that_is_not_known():
    online = an_offer(deliveries={"online"}, location=None, hours_free=5)
    child = explained(Problem((a_child(),), (online,), (a_provider(name="Oak Farm"),)))
    assert child.components[0].changes == ("More free hours at Oak Farm would be enough",)
