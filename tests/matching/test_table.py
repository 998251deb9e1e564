"""The vectorised pruning and pricing give the same answer as the rules in words."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.parties import MODES
from matching.problem import Component, Problem
from matching.table import build_table
from matching.timetable import fits, half_days_needed
from tests.matching.brute_force import eligible_pairs
from tests.matching.builders import a_child, a_provider, an_offer, random_problem


def can_be_held_with(problem, child, pairs, fixed) -> bool:
    """Whether the half-days of the whole package fit for some choice that includes the pair."""
    if problem.policy.partial_packages:
        return True
    offers = {offer.id: offer for offer in problem.offers}
    choices = [
        [fixed[1]] if part.id == fixed[0] else [o for key, o in pairs if key == part.id]
        for part in child.components
    ]
    needs = [half_days_needed(p.hours, problem.policy.hours_per_half_day) for p in child.components]
    return any(
        fits(zip((offers[key].sessions for key in way), needs, strict=True))
        for way in product(*choices)
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_every_column_is_an_eligible_pair_at_the_same_price_and_none_is_missing(seed):
    problem = random_problem(seed, children=5, offers=8)
    table = build_table(problem)
    parts = [part for child in problem.children for part in child.components]
    columns = {
        (parts[table.part[c]].id, problem.offers[table.offer[c]].id): (
            MODES[table.mode[c]],
            table.cost[c],
            table.transport[c],
            table.misfit[c],
        )
        for c in range(table.columns)
    }
    pairs = eligible_pairs(problem)
    served = {key for key, _ in pairs}
    for child in problem.children:
        whole = problem.policy.partial_packages or all(p.id in served for p in child.components)
        for part in child.components:
            expected = (
                {}
                if not whole
                else {
                    pair: (
                        value.delivery,
                        value.cost_pence,
                        value.transport_pence,
                        value.misfit_pence,
                    )
                    for pair, value in pairs.items()
                    if pair[0] == part.id and can_be_held_with(problem, child, pairs, pair)
                }
            )
            assert {pair: row for pair, row in columns.items() if pair[0] == part.id} == expected


def test_two_components_of_a_child_on_one_offer_count_one_place():
    child = a_child(components=(Component("k1", "tutoring", 3), Component("k2", "tutoring", 4)))
    table = build_table(Problem((child,), (an_offer(),), (a_provider(),)))
    assert table.place.tolist() == [1, 0]
