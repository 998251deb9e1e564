"""Every rule at once, in any mixture: both engines against trying everything, rules against rules.

`every_rule` switches each rule of docs/matching.md on or off at random.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import solve
from matching.problem import InvalidProblem, Problem
from matching.scoring import Score
from matching.verify import verify
from tests.matching.brute_force import as_result, best_by_trying_everything, eligible_pairs
from tests.matching.every_rule import RULES, problem_with

MIXTURES = st.sets(st.sampled_from(RULES))
SEEDS = st.integers(0, 10**6)
COUNTED = re.compile("is wrong|total of|does not fit")
"""Faults of figures, which a placement against the rules has besides."""
ENGINES = {"whole": 10**9, "large": 0}


def answers(problem: Problem, **options) -> tuple[int, int] | None:
    """Priority-weighted hours and pence of a verified result; None if the pins were refused."""
    try:
        result = solve.solve(problem, time_limit_s=20, workers=1, **options)
    except InvalidProblem:
        return None
    assert verify(problem, result) == []
    totals = result.totals
    pence = totals.cost_pence + totals.transport_pence + totals.misfit_pence
    return totals.priority_hours, pence


def both_engines(problem: Problem) -> list[tuple[int, int] | None]:
    """What the whole model and the engine for large problems answer."""
    found = []
    for pairs in ENGINES.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(solve, "WHOLE", pairs)
            found.append(answers(problem))
    return found


def check(problem: Problem) -> None:
    best = best_by_trying_everything(problem)
    for found in both_engines(problem):
        if best is None or not problem.policy.hours_tolerance:
            assert found == best
        else:  # of results that cost as little, either may be found
            assert found[1] == best[1] and found[0] <= best[0] * 1.25


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rules=MIXTURES, seed=SEEDS)
def test_any_mixture_of_rules_gives_the_best_result_by_either_engine(rules, seed):
    check(problem_with(rules, seed))


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_alone_gives_the_best_result_by_either_engine(rule):
    check(problem_with({rule, "offer_places"}, 1))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rules=MIXTURES, seed=SEEDS)
def test_the_rules_for_a_pair_refuse_just_what_the_verifier_refuses(rules, seed):
    """Neither too strict nor too lax: each pair placed alone, all else empty."""
    problem = problem_with(rules, seed)
    alone = replace(problem.policy, partial_packages=True, tier_budgets={})
    problem = replace(problem, policy=alone, pinned=frozenset())
    allowed = eligible_pairs(problem)
    parts = [part.id for child in problem.children for part in child.components]
    for pair in ((part, offer.id) for part in parts for offer in problem.offers):
        chosen = dict.fromkeys(parts) | {pair[0]: pair[1]}
        if pair in allowed:
            assert verify(problem, as_result(problem, chosen, allowed)) == []
        else:
            ways = next(offer.deliveries for offer in problem.offers if offer.id == pair[1])
            for way in ways:
                result = as_result(problem, chosen, {pair: Score(way, 0, 0, ())})
                assert [fault for fault in verify(problem, result) if not COUNTED.search(fault)]
