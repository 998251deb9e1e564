"""Neighbourhoods: several at a time keep every rule, repeat from the seed and learn what pays."""

from dataclasses import replace

import numpy as np
import pytest

from matching.benchmark.county import Size, county
from matching.bound import price_parts
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS, Found
from matching.incumbent import Incumbent
from matching.outcome import result_of
from matching.pace import LARGEST, SMALLEST, TRIALS, Pace, Way
from matching.reconsider import CP_SAT, HIGHS, Question, decide
from matching.residue import residue
from matching.result import Gap
from matching.run import Run
from matching.search import improve
from matching.table import build_table
from matching.verify import verify
from tests.matching.builders import random_problem


def searched(table, *, value_first=True, neighbourhoods=30, seed=0):
    """A plain draft of a table, as (value, pence), and what the search makes of it."""
    core, run = Core.of(table), Run(1e9, seed, 2, table.units)
    loss = table.total.astype(float)
    penalty = core.value * 8.0 * float(table.total.mean()) / float(core.value.mean())
    prices = price_parts(core, table.total, penalty, run, climbs=5)
    found = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    first, asked = (found.value, found.pence), iter(range(neighbourhoods))
    improve(
        found,
        table,
        core,
        prices,
        prices.losses(core, 2),
        run,
        until_s=1e9,
        value_first=value_first,
        enough=lambda: next(asked, None) is None,
        salt=1,
        least_value=found.value,
    )
    return first, found


def broken(problem, table, found):
    """What the verifier has against the placements of a search."""
    gaps = Gap(found.value, 10**12), Gap(found.pence, 0)
    result = result_of(table, Run(1, 0, 1, 1), Found(found.columns, *gaps, optimal=False))
    return verify(problem, result)


@pytest.mark.parametrize("value_first", [True, False])
def test_a_search_keeps_the_rules_and_repeats_from_its_seed(value_first):
    problem = county(Size(60, 30))
    table = build_table(problem)
    first, found = searched(table, value_first=value_first)
    again = searched(table, value_first=value_first)[1]
    assert found.columns.tolist() == again.columns.tolist()
    assert broken(problem, table, found) == []
    if value_first:
        assert (found.value, -found.pence) > (first[0], -first[1])
    else:
        assert found.value >= first[0] and found.pence < first[1]


@pytest.mark.parametrize("seed", range(25))
def test_neighbourhoods_side_by_side_keep_every_rule(seed):
    problem = random_problem(seed, children=14, offers=8)
    table = build_table(problem)
    if table.columns:
        _, found = searched(table, neighbourhoods=12, seed=seed)
        assert broken(problem, table, found) == []


@pytest.mark.parametrize("least", [False, True])
def test_both_solvers_find_the_best(least):
    table = build_table(county(Size(16, 12)))
    core = Core.of(table)
    old = draft(table, table.total.astype(float), np.zeros(table.units), NO_COLUMNS)
    units, columns = core.unit_rows, np.arange(table.columns)
    value = Incumbent(table, core, old).value
    asked = Question(
        table, units, columns, residue(table, NO_COLUMNS), old, value if least else None
    )
    highs, cp_sat = (decide(asked, solver, 1, 20.0) for solver in (HIGHS, CP_SAT))
    assert highs.proven and cp_sat.proven
    a, b = (Incumbent(table, core, answer.columns) for answer in (highs, cp_sat))
    assert a.pence == b.pence if least else a.value == b.value >= value


def test_what_waited_beyond_the_time_is_let_go():
    table = build_table(county(Size(5, 5)))
    nothing = residue(table, NO_COLUMNS)
    asked = Question(table, np.arange(2), np.arange(3), nothing, NO_COLUMNS, None)
    assert decide(asked, HIGHS, 1, 0.0).columns is None


def test_ways_that_pay_are_tried_more_often():
    pace, r = Pace([Way(HIGHS, 1.0, 80.0), Way(CP_SAT, 0.1, 80.0)]), np.random.default_rng(3)
    for _ in range(2 * TRIALS):
        way = pace.choose(r)
        way.learn(1_000.0 if way.solver == HIGHS else 10.0, 1.0, True)
    assert [way.tried for way in pace.ways] == [TRIALS, TRIALS]
    chosen = [pace.choose(r).solver for _ in range(200)]
    assert chosen.count(HIGHS) > 150 and chosen.count(CP_SAT) > 0


def test_neighbourhoods_grow_when_they_bring_nothing_and_shrink_when_not_proven():
    way = Way(HIGHS, 1.0, 80.0)
    way.learn(0.0, 1.0, True)
    assert way.size > 80.0
    for _ in range(100):
        way.learn(5.0, 1.0, False)
    assert way.size == SMALLEST
    for _ in range(1_000):
        way.learn(0.0, 1.0, True)
    assert way.size == LARGEST


def test_a_budget_for_all_providers_is_not_spent_twice():
    problem = county(Size(60, 30))
    table = build_table(problem)
    spent = table.cost + table.transport
    tight = {tier: int(spent.mean()) * 8 for tier in (1, 2, 3)}
    problem = replace(problem, policy=replace(problem.policy, tier_budgets=tight))
    table = build_table(problem)
    _, found = searched(table)
    assert broken(problem, table, found) == []
