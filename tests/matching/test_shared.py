"""Limits over several offers in the bound: it never lies, and it sees what a provider can hold."""

from dataclasses import replace

import numpy as np
import pytest

from matching import solve
from matching.benchmark.county import Size, county
from matching.bound import evaluate, price_parts, within
from matching.core import Core
from matching.run import Run
from matching.table import build_table
from matching.verify import verify
from tests.matching.brute_force import best_by_trying_everything
from tests.matching.builders import random_problem


def with_limits(problem, seed):
    """The same with few places at providers, and budgets for two tiers."""
    r = np.random.default_rng(seed)
    return replace(
        problem,
        children=[replace(c, tier=int(r.integers(3))) for c in problem.children],
        providers=[
            replace(p, places_free=int(r.integers(0, 3)), hours_by_child=p.hours_by_child)
            for p in problem.providers
        ],
        policy=replace(
            problem.policy, tier_budgets={1: int(r.integers(60_000)), 2: int(r.integers(60_000))}
        ),
    )


@pytest.mark.parametrize("seed", range(30))
def test_no_prices_prove_more_than_there_is(seed):
    problem = with_limits(random_problem(seed, children=3, offers=4), seed)
    table = build_table(problem)
    if not table.columns:
        return
    value, pence = best_by_trying_everything(problem)
    core, r = Core.of(table), np.random.default_rng(seed)
    hours = np.zeros(core.parts)
    penalty = np.where(core.pinned, 1e12, core.value)
    for _ in range(30):
        prices = np.r_[
            r.uniform(0, core.value.max(), core.parts), r.normal(0, 60, core.shared.rows)
        ]
        prices = within(core, prices, penalty)
        free = np.zeros(table.columns)
        here = evaluate(core, core.bids(free), free, penalty, prices, hours)
        assert core.value.sum() - here.bound >= value - 1e-6
        # with a price on each point, no result of this value costs less than the bound
        dear = within(core, 90.0 * prices, 90.0 * penalty)
        bids = core.bids(table.total)
        here = evaluate(core, bids, table.total, 90.0 * penalty, dear, hours)
        assert here.bound - 90.0 * (core.value.sum() - value) <= pence + 1e-6


def test_a_budget_counts_only_children_of_its_tier():
    problem = county(Size(20, 20))
    policy = replace(problem.policy, tier_budgets={-1: 1, 0: 0})
    children = [replace(c, tier=0 if row == 0 else None) for row, c in enumerate(problem.children)]
    table = build_table(replace(problem, policy=policy, children=children))
    limits = Core.of(table).shared
    assert limits.names == (("tier", 0),) and limits.limit.tolist() == [0.0]
    assert set(table.child[limits.use.indices].tolist()) == {0}


@pytest.mark.parametrize("kind", ["places", "budget"])
def test_limits_over_offers_are_in_the_bound(kind):
    problem = county(Size(150, 60))
    if kind == "places":
        scarce = [replace(provider, places_free=1) for provider in problem.providers]
        problem = replace(problem, providers=scarce)
    else:
        children = [replace(child, tier=1) for child in problem.children]
        policy = replace(problem.policy, tier_budgets={1: 1_500_000})
        problem = replace(problem, children=children, policy=policy)
    table = build_table(problem)
    core, run = Core.of(table), Run(60, 0, 1, 150)
    prices = price_parts(core, np.zeros(table.columns), core.value, run, climbs=200)
    no_rent = np.r_[prices.price, np.zeros(core.shared.rows)]
    bids = core.bids(prices.cost)
    blind = evaluate(core, bids, prices.cost, prices.penalty, no_rent, prices.offer_hour)
    assert core.shared.rows and (prices.shared > 0).any()
    assert prices.bound > 1.2 * max(0.0, blind.bound)
    result = solve.solve(problem, time_limit_s=20, workers=1)
    assert verify(problem, result) == []
    assert result.hours_gap.ratio < 0.02
