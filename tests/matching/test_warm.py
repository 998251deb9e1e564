"""A run that starts from an earlier one sees what has changed: children, offers, policy."""

from dataclasses import replace

import pytest

from matching import solve, warm
from matching.benchmark.county import Size, county
from matching.core import Core
from matching.marks import mark_of
from matching.problem import Component, Policy, Problem, Weights
from matching.table import build_table
from matching.verify import verify
from tests.matching.builders import a_child, a_provider, an_offer


@pytest.fixture(autouse=True)
def by_search_only(monkeypatch):
    """Send even tiny problems to the engine that can start warm."""
    monkeypatch.setattr(solve, "WHOLE", 0)


def changed(problem: Problem, previous) -> list[list[int]] | None:
    """The offers around which a run from an earlier result looks again; None: from nothing."""
    table = build_table(problem)
    before = warm.read_before(table, Core.of(table), previous)
    return None if before is None else before.changed


@pytest.fixture(scope="module")
def crowded() -> Problem:
    """Three children, two of whom fit at the one offer."""
    children = tuple(a_child(id=f"c{n}", days_out_of_education=9 * n) for n in range(3))
    return Problem(children, (an_offer(places_free=2),), (a_provider(),))


def grown(problem: Problem, **changes) -> Problem:
    return replace(problem, offers=(replace(problem.offers[0], **changes),))


def test_an_offer_whose_room_grew_is_filled(crowded):
    first = solve.solve(crowded, workers=1)
    assert first.unplaced == ("c0",)
    more = grown(crowded, places_free=3)
    assert changed(more, first) == [[0]]
    second = solve.solve(more, workers=1, previous=first)
    assert second.unplaced == () and verify(more, second) == []
    assert set(first.placements) <= set(second.placements)


def test_a_place_that_a_child_left_is_filled(crowded):
    first = solve.solve(crowded, workers=1)
    fewer = replace(crowded, children=crowded.children[:2])
    assert changed(fewer, first) == [[0]]
    assert solve.solve(fewer, workers=1, previous=first).unplaced == ()


def test_a_place_is_filled_that_a_package_left_when_its_other_offer_closed(crowded):
    package = a_child(
        id="c3",
        components=(Component("k1", "tutoring", 5), Component("k2", "therapy", 5)),
        days_out_of_education=400,
    )
    offers = (an_offer(places_free=1), an_offer(id="o2", service="therapy"))
    problem = replace(crowded, children=(*crowded.children[:1], package), offers=offers)
    first = solve.solve(problem, workers=1)
    assert first.unplaced == ("c0",)
    closed = replace(problem, offers=offers[:1])
    assert [0] in changed(closed, first)
    assert solve.solve(closed, workers=1, previous=first).unplaced == ("c3",)


def test_a_provider_that_changed_is_looked_at_through_its_offers(crowded):
    first = solve.solve(crowded, workers=1)
    other = replace(crowded, providers=(a_provider(judgement=3),))
    assert changed(other, first) == [[0]]


def test_a_child_who_changed_is_looked_at_again(crowded):
    first = solve.solve(crowded, workers=1)
    urgent = replace(crowded.children[0], looked_after=True)
    other = replace(crowded, children=(urgent, *crowded.children[1:]))
    assert changed(other, first) == [[0]]
    second = solve.solve(other, workers=1, previous=first)
    assert "c0" not in second.unplaced and verify(other, second) == []


def test_nothing_is_looked_at_again_where_nothing_changed_but_the_day(crowded):
    first = solve.solve(crowded, workers=1)
    assert changed(crowded, first) == []
    later = [
        replace(child, days_out_of_education=child.days_out_of_education + 1)
        for child in crowded.children
    ]
    assert changed(replace(crowded, children=later), first) == []


def test_another_policy_or_a_county_of_changes_is_matched_from_nothing(crowded, monkeypatch):
    first = solve.solve(crowded, workers=1)
    policy = Policy(weights=Weights(distance=0))
    assert changed(replace(crowded, policy=policy), first) is None
    monkeypatch.setattr(warm, "MOST_GROUPS", 0)
    assert changed(grown(crowded, places_free=3), first) is None


def test_a_grown_offer_of_a_county_gains_what_a_run_from_nothing_gains():
    problem = county(Size(60, 30))
    first = solve.solve(problem, time_limit_s=5, workers=1)
    prices = dict(first.offer_prices)
    row = max(range(len(problem.offers)), key=lambda each: prices[problem.offers[each].id])
    offer = replace(
        problem.offers[row],
        hours_free=problem.offers[row].hours_free + 60,
        places_free=problem.offers[row].places_free + 4,
    )
    more = replace(problem, offers=(*problem.offers[:row], offer, *problem.offers[row + 1 :]))
    second = solve.solve(more, time_limit_s=10, workers=1, previous=first)
    anew = solve.solve(more, time_limit_s=10, workers=1)
    assert verify(more, second) == []
    assert second.totals.priority_hours >= first.totals.priority_hours
    # both stop at the clock, so on a busy machine either may be a little ahead
    assert second.totals.priority_hours >= 0.99 * anew.totals.priority_hours


def test_marks_do_not_depend_on_the_order_of_a_set():
    one = an_offer(needs=frozenset(("SEMH", "ASD", "SLCN")))
    two = an_offer(needs=frozenset(("SLCN", "SEMH", "ASD")))
    assert mark_of(one) == mark_of(two) != mark_of(an_offer())
