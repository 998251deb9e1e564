"""Annealing keeps every rule, repeats from its seed and never makes a draft worse for long."""

from dataclasses import replace

import numpy as np
import pytest

from matching import anneal, compiled_moves
from matching.benchmark.county import Size, county
from matching.bound import price_parts
from matching.cooling import FROM_A_DRAFT, all_are_placed
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS, Found, value_of
from matching.incumbent import Incumbent
from matching.outcome import result_of
from matching.problem import Child, Component, Delivery, Offer, Policy, Problem, Provider
from matching.repair import keep_the_rules
from matching.residue import residue
from matching.result import Gap
from matching.run import Run
from matching.table import build_table
from matching.verify import verify
from tests.matching.builders import random_problem

pytestmark = pytest.mark.skipif(compiled_moves.anneal is None, reason="numba is not installed")


def annealed(table, *, seconds=1.0, seed=0, should_stop=None):
    """A plain draft of a table, and what annealing makes of it."""
    core = Core.of(table)
    run = Run(seconds, seed, 2, table.units, clock=lambda: 0.0, should_stop=should_stop)
    loss = table.total.astype(float)
    first = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    penalty = core.value * 6.0 * float(table.total.mean()) / float(core.value.mean())
    columns = anneal.anneal_county(first, table, core, penalty, loss, run, FROM_A_DRAFT)
    return first, columns, core, penalty


def weighed(table, core, penalty, columns) -> float:
    placed = np.isin(core.unit_rows, table.unit[columns])
    return float(table.total[columns].sum() + penalty[~placed].sum())


@pytest.mark.parametrize("seed", range(40))
def test_what_is_annealed_keeps_every_rule_by_itself(seed, monkeypatch):
    problem = random_problem(seed, children=12, offers=8)
    table = build_table(problem)
    if not table.columns or problem.policy.tier_budgets:
        return
    raw = []
    monkeypatch.setattr(anneal, "keep_the_rules", lambda _t, c: raw.append(c) or c)
    monkeypatch.setattr(anneal, "STEPS", 300)
    _, columns, _, _ = annealed(table)
    assert len(keep_the_rules(table, columns)) == len(columns)
    found = Found(columns, *_gaps(table, columns), optimal=False)
    result = result_of(table, Run(1, 0, 1, 1), found)
    assert verify(problem, result) == []


def _gaps(table, columns):
    """Gaps that promise nothing, for columns that came from no engine."""
    found = Incumbent(table, Core.of(table), columns)
    return Gap(found.value, 10**12), Gap(found.pence, 0)


def test_it_improves_a_draft_and_repeats_from_its_seed(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 300)
    table = build_table(county(Size(120, 60)))
    first, columns, core, penalty = annealed(table)
    again = annealed(table)[1]
    assert columns.tolist() == again.tolist()
    before = weighed(table, core, penalty, first.columns)
    assert weighed(table, core, penalty, columns) < 0.99 * before


def test_stopped_while_its_limits_are_soft_it_leaves_out_whom_they_do_not_hold(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 3_000)
    table = build_table(county(Size(120, 60)))
    asked, raw = [], []

    def should_stop():
        asked.append(1)
        return len(asked) > 4

    fits_with = anneal.fits_with
    monkeypatch.setattr(anneal, "fits_with", lambda t, c: raw.append(c) or fits_with(t, c))
    _, columns, _, _ = annealed(table, should_stop=should_stop)
    used = np.bincount(table.offer[columns], table.hours[columns], len(table.problem.offers))
    assert len(columns) < len(raw[0])
    assert (used <= table.parties.offer_hours).all()
    result = result_of(
        table, Run(1, 0, 1, 1), Found(columns, *_gaps(table, columns), optimal=False)
    )
    assert verify(table.problem, result) == []


def test_hours_may_differ_from_offer_to_offer(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 300)
    table = build_table(county(Size(60, 30)))
    more = np.random.default_rng(5).integers(0, 5, table.columns).astype(np.int32)
    table = replace(table, hours=table.hours + more)
    _, columns, _, _ = annealed(table)
    used = np.bincount(table.offer[columns], table.hours[columns], len(table.problem.offers))
    assert (used <= table.parties.offer_hours).all()


def tight(agents=12, jobs=96, seed=2):
    """Jobs that all must be assigned, costs falling with hours, little room beyond."""
    r = np.random.default_rng(seed)
    children = [Child(f"c{n}", (Component(f"k{n}", "any", 1),), (), 10) for n in range(jobs)]
    hours = r.integers(1, 101, (jobs, agents))
    cost = 111 - hours + r.integers(-10, 11, (jobs, agents))
    online = frozenset({Delivery.ONLINE})
    limit = int(0.8 * hours.sum() / agents**2)
    offers = [
        Offer(f"o{n}", f"p{n}", "any", frozenset(), 0, 30, online, None, limit, jobs, 1)
        for n in range(agents)
    ]
    providers = [Provider(f"p{n}", True) for n in range(agents)]
    table = build_table(Problem(children, offers, providers, Policy()))
    nothing = np.zeros(table.columns, dtype=np.int64)
    return replace(
        table,
        hours=hours.ravel(),
        cost=cost.ravel(),
        total=cost.ravel(),
        transport=nothing,
        misfit=nothing,
    )


def test_where_all_are_placed_it_comes_close_to_the_bound(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 20_000)
    table = tight()
    core, run = Core.of(table), Run(10, 0, 1, table.units, clock=lambda: 0.0)
    penalty = core.value * 40.0
    prices = price_parts(core, table.total, penalty, run, climbs=300)
    loss = prices.losses(core, 1)
    first = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    cooling = all_are_placed(float(prices.offer_hour.mean()), float(table.total.mean()))
    columns = anneal.anneal_county(first, table, core, penalty, loss, run, cooling)
    used = np.bincount(table.offer[columns], table.hours[columns], len(table.problem.offers))
    assert (used <= table.parties.offer_hours).all()
    assert len(columns) == table.units
    assert table.total[columns].sum() < 1.02 * prices.bound


def test_what_is_spent_is_led_to_the_budgets(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 3_000)
    problem = county(Size(120, 60))
    children = [replace(c, tier=row % 3) for row, c in enumerate(problem.children)]
    free = build_table(replace(problem, children=children))
    _, columns, _, _ = annealed(free)
    spent = int((free.cost + free.transport)[columns[free.child[columns] % 3 == 1]].sum())
    policy = replace(problem.policy, tier_budgets={1: int(0.7 * spent)})
    problem = replace(problem, children=children, policy=policy)
    first, columns, _, _ = annealed(build_table(problem))
    table = first.table
    left = residue(table, columns).budgets[1]
    assert 0 <= left < 0.15 * policy.tier_budgets[1]
    assert value_of(table, columns) > first.value


def test_a_package_takes_one_place_of_a_provider_with_a_limit(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 3_000)
    problem = county(Size(120, 60))
    scarce = [replace(provider, places_free=2) for provider in problem.providers]
    table = build_table(replace(problem, providers=scarce))
    raw = []
    monkeypatch.setattr(anneal, "keep_the_rules", lambda _t, c: raw.append(c) or c)
    _, columns, _, _ = annealed(table)
    assert (residue(table, raw[-1]).provider_places >= 0).all()
    there = np.bincount(table.provider[columns], minlength=len(scarce))
    assert (there > 2).any()


def test_a_place_dearer_than_can_be_counted_is_never_a_bargain(monkeypatch):
    monkeypatch.setattr(anneal, "STEPS", 3_000)
    table = tight()
    dear = np.arange(table.columns) % 12 == 3
    total = np.where(dear, 500_000_000, table.total)
    total[~dear] = 1
    monkeypatch.setattr(anneal, "FINE", 10**9)
    table = replace(table, total=total)
    _, columns, _, _ = annealed(table)
    assert len(columns) and not dear[columns].any()
