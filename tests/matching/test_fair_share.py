"""Fair share: between offers that are as good, the provider with less new work comes first."""

import pytest

from matching.problem import Policy, Problem, Weights
from matching.scoring import fair_share_pence
from matching.solve import solve
from tests.matching.builders import a_child, a_provider, an_offer

FAIR = Policy(weights=Weights(fair_share=100))


@pytest.mark.parametrize(
    ("hours", "turn", "pence"),
    [(0, 0, 0), (0, 99, 9), (10, 0, 9), (100, 0, 90), (100, 99, 99), (5_000, 99, 99)],
)
def test_it_counts_the_work_given_lately_and_then_the_draw(hours, turn, pence):
    assert fair_share_pence(a_provider(recent_hours=hours, turn=turn), FAIR) == pence
    assert fair_share_pence(a_provider(recent_hours=hours, turn=turn), Policy()) == 0


def placed_with(first: dict, second: dict, price: int = 4_500) -> object:
    """The provider that a child goes to, of two whose offers differ in nothing but price."""
    offers = (
        an_offer(id="o1", provider_id="p1"),
        an_offer(id="o2", provider_id="p2", price_pence_per_hour=price),
    )
    providers = (a_provider(id="p1", **first), a_provider(id="p2", **second))
    return solve(Problem((a_child(),), offers, providers, FAIR)).placements[0].provider_id


def test_of_two_alike_the_one_given_less_comes_first():
    assert placed_with({"recent_hours": 60}, {"recent_hours": 10}) == "p2"
    assert placed_with({"recent_hours": 10}, {"recent_hours": 60}) == "p1"


def test_of_two_given_as_much_the_draw_decides():
    assert placed_with({"turn": 90}, {"turn": 10}) == "p2"
    assert placed_with({"turn": 10}, {"turn": 90}) == "p1"


def test_it_never_outweighs_a_real_difference():
    assert placed_with({"recent_hours": 5_000}, {}, price=4_511) == "p1"
