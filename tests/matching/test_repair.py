"""A run that is stopped at once keeps every rule, and what officers have pinned."""

import random
from dataclasses import replace

import pytest

from matching.engine import solve_large
from matching.exact import check_pins
from matching.outcome import result_of
from matching.problem import InvalidProblem
from matching.run import Run
from matching.table import build_table
from matching.verify import verify
from tests.matching.builders import random_problem


def with_pins(problem, seed):
    """The same with two eligible pairs pinned, where an offer has the hours for both."""
    table = build_table(problem)
    some = random.Random(seed).sample(range(table.columns), min(2, table.columns))
    parts = [part.id for child in problem.children for part in child.components]
    pins = {parts[table.part[n]]: problem.offers[table.offer[n]].id for n in some}
    try:
        return replace(problem, pinned=frozenset(pins.items()))
    except InvalidProblem:
        return problem


@pytest.mark.parametrize("seed", [2, 12, 13, 102, 111])
@pytest.mark.parametrize("partial", [False, True])
def test_a_run_stopped_at_once_keeps_rules_and_pins(seed, partial):
    problem = random_problem(seed, children=4, offers=4)
    problem = with_pins(problem, seed)
    problem = replace(problem, policy=replace(problem.policy, partial_packages=partial))
    table = build_table(problem)
    try:
        check_pins(table)
    except InvalidProblem:
        return
    run = Run(20, 0, 1, 4, should_stop=lambda: True)
    assert verify(problem, result_of(table, run, solve_large(table, run))) == []
