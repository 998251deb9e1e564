"""The scalable engine: its bounds never lie, and its results always pass the verifier."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import compiled_dual, compiled_loads, compiled_losses, knapsack, solve
from matching.benchmark.county import Size, county
from matching.bound import price_parts
from matching.core import Core
from matching.engine import least_pence, most_value
from matching.point import price_a_point
from matching.problem import Delivery, Problem, Status, Weights
from matching.relaxation import _SoftDual
from matching.run import Run
from matching.table import build_table
from matching.verify import verify
from tests.matching.brute_force import best_by_trying_everything
from tests.matching.builders import random_problem


@pytest.fixture(scope="module")
def small_county() -> Problem:
    """A county of 60 children; what numba compiles is compiled before any clock runs."""
    problem = county(Size(60, 30))
    core = Core.of(build_table(problem))
    cost = np.zeros(len(core.part), np.int64)
    price_parts(core, cost, core.value, Run(10, 0, 1, 60), climbs=1).losses(core, 1)
    return problem


@pytest.fixture
def by_search_only(monkeypatch):
    """Send even tiny problems to the scalable engine."""
    monkeypatch.setattr(solve, "WHOLE", 0)


def pence_of(totals) -> int:
    return totals.cost_pence + totals.transport_pence + totals.misfit_pence


@pytest.mark.parametrize("seed", range(150))
def test_on_tiny_problems_the_engine_agrees_with_trying_everything(seed, by_search_only):
    problem = random_problem(seed, children=3, offers=4)
    result = solve.solve(problem, time_limit_s=20, workers=1)
    value, pence = best_by_trying_everything(problem)
    assert verify(problem, result) == []
    assert (result.totals.priority_hours, pence_of(result.totals)) == (value, pence)
    assert result.hours_gap.bound >= value and result.cost_gap.bound <= pence


def test_a_small_county_is_solved_and_verified(small_county):
    result = solve.solve(small_county, time_limit_s=30)
    assert verify(small_county, result) == []
    assert result.hours_gap.ratio < 0.1 and result.totals.placed > 0


def test_a_second_is_enough_for_a_correct_result(small_county):
    result = solve.solve(small_county, time_limit_s=1)
    assert verify(small_county, result) == [] and result.totals.placed > 0
    assert result.status in (Status.FEASIBLE, Status.OPTIMAL)


def test_stopping_early_keeps_the_best_so_far(small_county):
    asked = []
    result = solve.solve(small_county, should_stop=lambda: asked.append(1) or len(asked) > 400)
    assert verify(small_county, result) == []
    assert result.status in (Status.STOPPED, Status.OPTIMAL)


def test_the_same_seed_gives_the_same_outcome(small_county):
    first, second = (solve.solve(small_county, seed=3, time_limit_s=10) for _ in range(2))
    assert first.totals == second.totals or Status.FEASIBLE in (first.status, second.status)


def test_a_second_run_starts_from_the_first_and_looks_only_at_what_changed(small_county):
    fewer = replace(small_county, children=small_county.children[:-1])
    first = solve.solve(fewer, time_limit_s=6)
    second = solve.solve(small_county, time_limit_s=6, previous=first)
    assert verify(small_county, second) == []
    assert second.totals.priority_hours >= 0.98 * first.totals.priority_hours
    kept = set(first.placements) & set(second.placements)
    assert len(kept) > 0.8 * len(first.placements)


def test_a_second_run_survives_an_offer_that_closed(small_county):
    first = solve.solve(small_county, time_limit_s=4)
    gone = first.placements[0].offer_id
    offers = tuple(offer for offer in small_county.offers if offer.id != gone)
    smaller = replace(small_county, offers=offers)
    second = solve.solve(smaller, time_limit_s=4, previous=first)
    assert verify(smaller, second) == []
    assert all(each.offer_id != gone for each in second.placements)


def test_giving_up_some_hours_for_cost_is_kept_within_the_tolerance(small_county):
    strict = solve.solve(small_county, time_limit_s=20)
    policy = replace(small_county.policy, hours_tolerance=0.05)
    loose_county = replace(small_county, policy=policy)
    loose = solve.solve(loose_county, time_limit_s=20)
    assert verify(loose_county, loose) == []
    assert loose.totals.priority_hours >= 0.94 * strict.totals.priority_hours
    assert pence_of(loose.totals) <= 1.02 * pence_of(strict.totals)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 500.0))
def test_a_bound_holds_at_any_price_of_a_point(seed, point):
    problem = random_problem(seed, children=3, offers=4)
    table = build_table(problem)
    if not table.columns:
        return
    core, run = Core.of(table), Run(10, 0, 1, 3)
    value, pence = best_by_trying_everything(problem)
    prices = price_parts(core, np.zeros(table.columns), core.value, run, climbs=30)
    assert most_value(core, prices) >= value
    prices = price_parts(core, table.total, core.value * point, run, climbs=30)
    assert least_pence(core, prices, point, value) <= pence
    spare = float(core.value.sum()) - value
    prices, point = price_a_point(
        core, table.total, prices, point, spare, run, climbs=30, until_s=10
    )
    assert least_pence(core, prices, point, value) <= pence


def bids_of(offer, hours, place, limits) -> knapsack.Bids:
    """Columns that each are a part of their own and cost nothing."""
    return knapsack.Bids.of_columns(knapsack.Knapsacks.of(offer, hours, place, *limits))


def holds_its_loads(bids, offer, hours, place, profit, value, taken) -> None:
    """Assert that every load fits its offer and is worth what is said of it."""
    for number, worth in enumerate(value):
        load = np.flatnonzero((taken > 0) & (offer == number))
        assert hours[load].sum() <= bids.sacks.hours_limit[number]
        assert place[load].sum() <= bids.sacks.places_limit[number]
        assert profit[load].sum() == pytest.approx(worth)


@pytest.mark.parametrize("seed", range(8))
def test_compiled_and_plain_knapsacks_agree(seed, monkeypatch):
    r = np.random.default_rng(seed)
    offer = r.integers(0, 30, 400)
    hours, place = r.integers(1, 26, 400), (r.random(400) < 0.9).astype(int)
    bids = bids_of(offer, hours, place, (r.integers(0, 90, 30), r.integers(0, 6, 30)))
    profit = r.normal(0, 100, 400)
    found = []
    for smallest in (0, 10**9):
        monkeypatch.setattr(knapsack, "WORTH_COMPILING", smallest)
        value, taken = bids.best_loads(profit, workers=2)
        loss = bids.losses(profit, workers=2)
        found.append((value, loss[profit > -150.0]))
        holds_its_loads(bids, offer, hours, place, profit, value, taken)
    assert np.allclose(found[0][0], found[1][0]) and np.allclose(found[0][1], found[1][1])


@pytest.mark.skipif(compiled_loads.fast_loads is None, reason="numba is not installed")
@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    hours_free=st.integers(1, 400),
    places_free=st.integers(0, 40),
    spread=st.sampled_from([0.0, 0.02, 0.3, 1.0]),
    steps=st.sampled_from([1e-6, 1.0, 50.0]),
)
def test_large_offers_keep_what_is_worth_most(seed, hours_free, places_free, spread, steps):
    """Profits that hardly differ by the hour, and those that are alike, leave most at the edge."""
    r = np.random.default_rng(seed)
    hours, place = r.integers(2, 26, 500), (r.random(500) < 0.95).astype(int)
    profit = 100.0 * (hours + 2 * place) * (1 + spread * r.normal(0, 1, 500))
    profit = np.round(profit / steps) * steps
    offer, limits = np.zeros(500, int), (np.array([hours_free]), np.array([places_free]))
    bids = bids_of(offer, hours, place, limits)
    value, taken = bids.best_loads(profit)
    exact, chosen = np.zeros(1), np.zeros(len(bids.part), bool)
    bids.sacks.each(None, knapsack.plain_loads, 1, bids.part, bids.cost, profit, chosen, exact)
    assert value == pytest.approx(exact)
    holds_its_loads(bids, offer, hours, place, profit, value, taken)


@pytest.mark.skipif(compiled_loads.fast_loads is None, reason="numba is not installed")
@pytest.mark.parametrize("spread", [0.0, 0.003, 0.05])
def test_very_large_offers_keep_hardly_more_than_is_possible(spread):
    r = np.random.default_rng(5)
    hours, place = r.integers(2, 26, 900), (r.random(900) < 0.95).astype(int)
    profit = 100.0 * (hours + 2 * place) * (1 + spread * r.normal(0, 1, 900))
    offer, limits = np.zeros(900, int), (np.array([600]), np.array([50]))
    bids = bids_of(offer, hours, place, limits)
    (value,), taken = bids.best_loads(profit)
    assert compiled_loads.MOST_PLANES < 900 * 601 * 51
    exact, chosen = np.zeros(1), np.zeros(len(bids.part), bool)
    bids.sacks.each(None, knapsack.plain_loads, 1, bids.part, bids.cost, profit, chosen, exact)
    assert exact[0] - 1e-6 <= value <= exact[0] * 1.001
    load = np.flatnonzero(taken)
    assert hours[load].sum() <= 600 and place[load].sum() <= 50
    assert profit[load].sum() >= 0.999 * exact[0]


def test_the_loss_of_a_column_is_what_forcing_it_costs_its_offer():
    r = np.random.default_rng(1)
    hours, profit = r.integers(1, 12, 9), r.normal(5, 10, 9)
    place, limits = np.ones(9, dtype=int), (np.array([20]), np.array([3]))
    bids = bids_of(np.zeros(9, dtype=int), hours, place, limits)

    def best(forced=None) -> float:
        values = [
            profit[list(load)].sum()
            for load in (np.flatnonzero([n >> bit & 1 for bit in range(9)]) for n in range(512))
            if hours[load].sum() <= 20 and len(load) <= 3 and (forced is None or forced in load)
        ]
        return max(values)

    loss = bids.losses(profit)
    for column in range(9):
        assert loss[column] == pytest.approx(best() - best(column))


@pytest.mark.skipif(compiled_losses.fast_losses is None, reason="numba is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_losses_at_large_offers_are_close_and_never_too_high(seed):
    r = np.random.default_rng(seed)
    hours, profit = r.integers(2, 26, 600), r.normal(40, 100, 600)
    place = (r.random(600) < 0.95).astype(int)
    limits = np.array([700]), np.array([45])
    bids = bids_of(np.zeros(600, dtype=int), hours, place, limits)
    most, taken = bids.best_loads(profit)
    assert 46 * 701 * taken.sum() < compiled_losses.LARGE_PLANES < 46 * 701 * 600
    found, exact = np.full(600, np.inf), np.full(600, np.inf)
    bids.sacks.each(None, knapsack.plain_losses, 1, bids.part, bids.cost, profit, found)
    exact[bids.sacks.column] = found
    priced = bids.losses(profit)
    assert np.all(priced <= exact + 1e-6)
    assert np.all(priced >= exact - 0.05 * profit.max())
    assert priced[taken > 0].max() <= 1e-6


@pytest.mark.skipif(compiled_dual.fast_soft_dual is None, reason="numba is not installed")
@pytest.mark.parametrize("warmth", [1e2, 1e4, 1e6])
def test_the_compiled_dual_says_what_the_plain_one_says(warmth):
    core = Core.of(table := build_table(county(Size(60, 30))))
    r = np.random.default_rng(3)
    dual = _SoftDual(core, table.total.astype(float), core.value * 500.0, 1.0, 2)
    prices = r.random(dual.offers) * 2_000, r.random(dual.offers) * 9_000
    for fast, plain in zip(dual._fast(*prices, warmth), dual._plain(*prices, warmth), strict=True):
        assert np.allclose(fast, plain)


def test_a_county_in_which_nothing_costs_anything_is_proven():
    problem = county(Size(60, 30))
    online = frozenset({Delivery.ONLINE})
    offers = [replace(o, price_pence_per_hour=0, deliveries=online) for o in problem.offers]
    nothing = Weights(**dict.fromkeys(Weights.__dataclass_fields__, 0))
    policy = replace(problem.policy, weights=nothing)
    problem = replace(problem, offers=offers, policy=policy)
    result = solve.solve(problem, time_limit_s=30, workers=1)
    assert result.status is Status.OPTIMAL and verify(problem, result) == []
