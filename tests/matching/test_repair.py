"""A run that is stopped at once keeps every rule, and what officers have pinned."""

import random
from dataclasses import replace

import numpy as np
import pytest

from matching.draft import draft
from matching.engine import solve_large
from matching.exact import NO_COLUMNS, Found, check_pins
from matching.outcome import result_of
from matching.problem import InvalidProblem
from matching.result import Gap
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


@pytest.mark.parametrize("seed", [28, 133, 967, 1360])
def test_all_components_of_a_child_go_where_one_alone_would_leave_it_there(seed):
    problem = random_problem(seed, children=6, offers=4)
    problem = replace(problem, policy=replace(problem.policy, partial_packages=True))
    table = build_table(problem)
    columns = draft(table, table.total.astype(float), np.zeros(table.units), NO_COLUMNS)
    found = Found(columns, Gap(0, 10**12), Gap(0, 0), False)
    faults = verify(problem, result_of(table, Run(20, 0, 1, 6), found))
    assert [
        fault for fault in faults if "apart" in fault or "mix" in fault or "many" in fault
    ] == []
