"""Proving small problems by whole loads: bounds never lie, and the search ends with the best."""

import highspy
import numpy as np
import pytest

from matching import engine, knapsack, prove, solve
from matching.benchmark.county import Size, county
from matching.branch import Search
from matching.core import Core
from matching.exact import pence_of, solve_whole, value_of
from matching.loads import LoadProgram
from matching.problem import Status
from matching.rows import Rows
from matching.run import Run
from matching.table import build_table
from matching.verify import verify
from tests.matching.brute_force import best_by_trying_everything
from tests.matching.builders import random_problem


@pytest.fixture(scope="module")
def table():
    """A county small enough for CP-SAT to prove."""
    return build_table(county(Size(40, 20), 3))


def begun(table, seconds=30.0) -> LoadProgram:
    core = Core.of(table)
    return LoadProgram(table, core, Run(seconds, 0, 1, len(table.problem.children)))


def test_branch_and_price_ends_with_what_the_whole_model_proves(table):
    known = solve_whole(table, Run(60, 0, 2, 40))
    assert known.optimal
    program, kept = begun(table), []
    program.minimise(-program.rows.value)
    search = Search(program, 0.0, 1.0, kept.append)
    assert search.run(np.inf)
    assert value_of(table, kept[-1]) == -search.bound == known.hours_gap.found
    program.minimise(program.rows.pence)
    program.hold_value(known.hours_gap.found)
    search = Search(program, 1e9, 1.0, kept.append)
    assert search.run(np.inf)
    assert value_of(table, kept[-1]) == known.hours_gap.found
    assert pence_of(table, kept[-1]) == search.bound == known.cost_gap.found


@pytest.mark.parametrize("seed", range(12))
def test_any_prices_of_rows_prove_a_bound(seed):
    problem = random_problem(seed, children=3, offers=4)
    made = build_table(problem)
    if not made.columns:
        return
    value, _ = best_by_trying_everything(problem)
    program, r = begun(made), np.random.default_rng(seed)
    program.minimise(-program.rows.value)
    for _ in range(20):
        prices = program._signed(r.normal(0, 100, len(program.low)))
        assert program.price(prices).bound <= -value + 1e-6


def test_a_value_beyond_reach_is_proven_to_be(table):
    program = begun(table)
    program.minimise(program.rows.pence)
    program.hold_value(float(table.unit_value.sum()) + 1)
    assert program.relax(np.inf).bound == np.inf


def test_a_search_that_is_cut_short_keeps_a_bound_that_holds(table):
    known = solve_whole(table, Run(60, 0, 2, 40))
    program = begun(table)
    program.minimise(-program.rows.value)
    search = Search(program, 0.0, 1.0, lambda columns: None)
    assert not search.run(np.inf, most_parts=1) or search.bound == -known.hours_gap.found
    assert search.bound <= -known.hours_gap.found


@pytest.mark.parametrize("asked", [1, 2, 3, 4])
def test_a_stop_amid_a_part_proves_no_more_than_there_is(table, asked):
    known = solve_whole(table, Run(60, 0, 2, 40))
    answers = iter([False] * asked)
    run = Run(30, 0, 1, 40, should_stop=lambda: next(answers, True))
    program = LoadProgram(table, Core.of(table), run)
    program.minimise(-program.rows.value)
    search = Search(program, 0.0, 1.0, lambda columns: None)
    assert not search.run(np.inf)
    assert search.bound <= -known.hours_gap.found


def test_parts_that_the_linear_solver_cannot_tell_leave_a_bound_that_holds(table, monkeypatch):
    known = solve_whole(table, Run(60, 0, 2, 40))
    program = begun(table)
    program.minimise(-program.rows.value)
    proper, asked = program._solve, []

    def fails_now_and_then(method):
        asked.append(method)
        status = proper(method)
        return highspy.HighsModelStatus.kUnknown if len(asked) % 7 == 0 else status

    monkeypatch.setattr(program, "_solve", fails_now_and_then)
    search = Search(program, 0.0, 1.0, lambda columns: None)
    assert search.run(np.inf) == (search.bound == search.below)
    assert search.bound <= -known.hours_gap.found


def test_without_time_for_a_proof_the_search_goes_the_usual_way(monkeypatch):
    monkeypatch.setattr(engine, "PROOF_SHARE", 0.0)
    problem = county(Size(60, 30), 1)
    result = solve.solve(problem, time_limit_s=60, workers=1)
    assert result.status is Status.OPTIMAL and verify(problem, result) == []


def test_a_county_of_300_is_proven_optimal():
    problem = county(Size(300, 105), 3)
    result = solve.solve(problem, time_limit_s=240, workers=1)
    assert result.status is Status.OPTIMAL and verify(problem, result) == []


def test_it_is_proven_without_compiled_kernels_too(monkeypatch):
    monkeypatch.setattr(knapsack, "WORTH_COMPILING", 10**9)
    problem = county(Size(60, 30), 1)
    result = solve.solve(problem, time_limit_s=60, workers=1)
    assert result.status is Status.OPTIMAL and verify(problem, result) == []


def test_places_that_two_components_share_are_counted_by_rows():
    for seed in range(60):
        made = build_table(random_problem(seed, children=3, offers=2))
        if made.columns and (made.place == 0).any():
            core, rows = Core.of(made), Rows.of(made)
            assert rows.matrix.shape[0] == len(rows.low)
            assert prove.loads_are_short(made, core)
            return
    pytest.fail("no problem has a place to share")
