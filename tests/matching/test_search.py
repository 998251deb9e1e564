"""Neighbourhoods: several at a time keep every rule, repeat from the seed and learn what pays."""

from dataclasses import replace

import numpy as np
import pytest

from matching.benchmark.county import Size, county
from matching.bound import price_parts
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS, Found, solve_whole
from matching.incumbent import HOURS_FIRST, Aim, Incumbent, spans
from matching.neighbourhood import Neighbourhoods
from matching.outcome import result_of
from matching.pace import LARGEST, SMALLEST, TRIALS, Pace, Way
from matching.reconsider import Question, decide
from matching.residue import residue
from matching.result import Gap
from matching.room import Room
from matching.run import Run
from matching.search import improve
from matching.table import build_table
from matching.verify import verify
from tests.matching.builders import random_problem

POINT = 1_000
"""Pence that a point of priority left out counts as."""


def searched(table, *, holding=False, neighbourhoods=30, seed=0):
    """A plain draft of a table, as (value, pence), and what the search makes of it."""
    core, run = Core.of(table), Run(1e9, seed, 2, table.units)
    loss = table.total.astype(float)
    penalty = core.value * 8.0 * float(table.total.mean()) / float(core.value.mean())
    prices = price_parts(core, table.total, penalty, run, climbs=5)
    found = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    first, asked = (found.value, found.pence), iter(range(neighbourhoods))
    improve(
        found,
        core,
        prices,
        prices.losses(core, 2),
        run,
        Aim(least_value=found.value) if holding else Aim(point=POINT),
        until_s=1e9,
        enough=lambda: next(asked, None) is None,
        salt=1,
        patience=240,
    )
    return first, found


def broken(problem, table, found):
    """What the verifier has against the placements of a search."""
    gaps = Gap(found.value, 10**12), Gap(found.pence, 0)
    result = result_of(table, Run(1, 0, 1, 1), Found(found.columns, *gaps, optimal=False))
    return verify(problem, result)


@pytest.mark.parametrize("holding", [True, False])
def test_a_search_keeps_the_rules_and_repeats_from_its_seed(holding):
    problem = county(Size(60, 30))
    table = build_table(problem)
    first, found = searched(table, holding=holding)
    again = searched(table, holding=holding)[1]
    assert found.columns.tolist() == again.columns.tolist()
    assert broken(problem, table, found) == []
    if holding:
        assert found.value >= first[0] and found.pence < first[1]
    else:
        assert found.pence - POINT * found.value < first[1] - POINT * first[0]


@pytest.mark.parametrize("seed", range(25))
def test_neighbourhoods_side_by_side_keep_every_rule(seed):
    problem = random_problem(seed, children=14, offers=8)
    table = build_table(problem)
    if table.columns:
        _, found = searched(table, neighbourhoods=12, seed=seed)
        assert broken(problem, table, found) == []


@pytest.mark.parametrize("least", [False, True])
def test_a_question_is_answered_with_the_best(least):
    table = build_table(county(Size(16, 12)))
    core = Core.of(table)
    old = draft(table, table.total.astype(float), np.zeros(table.units), NO_COLUMNS)
    units, columns = core.unit_rows, np.arange(table.columns)
    value = Incumbent(table, core, old).value
    room, aim = residue(table, NO_COLUMNS), (0, value) if least else (10**6, 0)
    answer = decide(Question(table, units, columns, room, old, *aim), 1, 20.0)
    whole = solve_whole(table, Run(60, 0, 1, 16))
    found, best = (Incumbent(table, core, each.columns) for each in (answer, whole))
    assert answer.proven and whole.optimal
    if least:
        assert found.value >= value and found.pence <= best.pence
    else:
        assert (found.value, found.pence) == (best.value, best.pence)


def test_what_waited_beyond_the_time_is_let_go():
    table = build_table(county(Size(5, 5)))
    nothing = residue(table, NO_COLUMNS)
    asked = Question(table, np.arange(2), np.arange(3), nothing, NO_COLUMNS, 1, 0)
    assert decide(asked, 1, 0.0).columns is None


@pytest.mark.parametrize("seed", range(25))
def test_room_follows_children_who_move(seed):
    table = build_table(random_problem(seed, children=14, offers=8))
    if not table.columns:
        return
    core, r = Core.of(table), np.random.default_rng(seed)
    loss = table.total.astype(float)
    chosen = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    room = Room.of(table, chosen.columns)
    for _ in range(4):
        some = set(r.choice(table.units, 2).tolist())
        old = chosen.columns_of(chosen.with_relatives(some))
        rest = np.setdiff1d(chosen.columns, old)
        known, told = residue(table, rest), room.changed(old, NO_COLUMNS)
        for name in ("hours", "places", "provider_places", "full_time"):
            assert (getattr(told.left, name) == getattr(known, name)).all()
        assert (told.left.budgets, told.left.needs) == (known.budgets, known.needs)
        assert told.is_kept() and told.changed(NO_COLUMNS, old).left.brought == room.left.brought


def test_neighbourhoods_know_how_far_the_placements_are_from_the_bound():
    table = build_table(county(Size(60, 30)))
    core, run = Core.of(table), Run(1e9, 0, 1, table.units)
    penalty = core.value * 1_000.0
    prices = price_parts(core, table.total, penalty, run, climbs=20)
    loss = prices.losses(core, 1)
    found = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    grounds = Neighbourhoods(found, core, prices, loss)
    grounds.look()
    apart = grounds.by_offer.sum() + grounds.regret[grounds.left_out].sum()
    cost = table.total[found.columns].sum() + penalty.sum() - 1_000.0 * found.value
    assert apart == pytest.approx(cost - prices.bound)
    grounds.change(found.columns, NO_COLUMNS)
    grounds.look()
    assert grounds.by_offer.sum() == pytest.approx(prices.gain.sum())


def test_spans_count_each_row_by_itself():
    assert spans(np.array([3, 7, 7]), np.array([5, 7, 10])).tolist() == [3, 4, 7, 8, 9]
    assert spans(NO_COLUMNS, NO_COLUMNS).tolist() == []


def test_ways_that_pay_are_tried_more_often():
    pace, r = Pace([Way(1.0, 80.0), Way(0.1, 80.0)]), np.random.default_rng(3)
    for _ in range(2 * TRIALS):
        way = pace.choose(r)
        way.learn(1_000.0 if way.width == 1.0 else 10.0, 1.0, True)
    assert [way.tried for way in pace.ways] == [TRIALS, TRIALS]
    chosen = [pace.choose(r).width for _ in range(200)]
    assert chosen.count(1.0) > 150 and chosen.count(0.1) > 0


def test_neighbourhoods_grow_when_they_bring_nothing_and_shrink_when_not_proven():
    way = Way(1.0, 80.0)
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


def test_an_aim_weighs_hours_and_pence_or_puts_hours_first():
    together = Aim(point=10)
    assert together.prefers(1, -9) and not together.prefers(1, -11)
    assert together.prefers(1, -10) and not together.prefers(-1, 10)
    assert HOURS_FIRST.prefers(1, -1_000) and not HOURS_FIRST.prefers(-1, 1_000)
    assert HOURS_FIRST.prefers(0, 1) and not HOURS_FIRST.prefers(0, 0)
    assert Aim().prefers(-1, 1) and Aim().prefers(1, 0) and not Aim().prefers(1, -1)
