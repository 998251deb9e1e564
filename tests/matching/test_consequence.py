"""What another choice would cost the whole, found by solving again."""

import pytest

from matching.consequence import consequence_of
from matching.problem import InvalidProblem, Problem
from matching.solve import solve
from tests.matching.builders import a_child, a_provider, an_offer


def test_taking_the_last_place_of_another_child_moves_that_child():
    offers = (an_offer(places_free=1), an_offer(id="o2", places_free=1, price_pence_per_hour=5_000))
    children = (a_child(looked_after=True, transport="taxi"), a_child(id="c2"))
    problem = Problem(children, offers, (a_provider(),))
    result = solve(problem)
    (mine,) = result.of_child("c1")
    other = "o2" if mine.offer_id == "o1" else "o1"
    told = consequence_of(problem, result, "c1-k1", other)
    assert told.more_pence == 0 and told.gained == told.lost == ()
    assert told.result.of_child("c1")[0].offer_id == other


def test_a_dearer_choice_costs_what_it_costs():
    offers = (an_offer(), an_offer(id="o2", price_pence_per_hour=5_000))
    problem = Problem((a_child(),), offers, (a_provider(),))
    told = consequence_of(problem, solve(problem), "c1-k1", "o2")
    assert told.more_pence == 5_000 and told.more_hours == 0


def test_a_choice_that_costs_another_child_the_place_says_so():
    offers = (an_offer(places_free=1), an_offer(id="o2", min_age=12))
    children = (a_child(), a_child(id="c2", age=9))
    problem = Problem(children, offers, (a_provider(),))
    told = consequence_of(problem, solve(problem), "c1-k1", "o1")
    assert told.lost == ("c2",) and told.more_hours == -10


def test_a_pair_ruled_out_cannot_be_weighed():
    problem = Problem((a_child(),), (an_offer(),), (a_provider(),), forbidden={("c1-k1", "o1")})
    with pytest.raises(InvalidProblem, match="both pinned and forbidden"):
        consequence_of(problem, solve(problem), "c1-k1", "o1")
