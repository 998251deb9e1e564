"""A county is annealed where that helps, and only what is better stays."""

from time import process_time
from types import SimpleNamespace

import numpy as np
import pytest

from matching import compiled_moves, cooling, engine
from matching.benchmark.county import Size, county
from matching.cooled import cooled
from matching.cooling import FOR_THE_PENCE, FROM_A_DRAFT
from matching.core import Core
from matching.draft import draft
from matching.exact import NO_COLUMNS
from matching.incumbent import Incumbent
from matching.outcome import result_of
from matching.run import Run
from matching.table import build_table
from matching.verify import verify

pytestmark = pytest.mark.skipif(compiled_moves.anneal is None, reason="numba is not installed")


@pytest.fixture(scope="module")
def table():
    return build_table(county(Size(60, 30)))


@pytest.mark.parametrize("better", [True, False])
def test_what_annealing_finds_is_kept_only_where_it_is_better(table, better):
    core, loss = Core.of(table), table.total.astype(float)
    first = Incumbent(table, core, draft(table, loss, np.zeros(table.units), NO_COLUMNS))
    penalty = core.value * 8.0 * float(table.total.mean()) / float(core.value.mean())
    run, seen = Run(1.0, 0, 2, table.units, clock=lambda: 0.0), []
    kept = cooled(
        first, table, core, penalty, loss, run, FROM_A_DRAFT, lambda f: seen.append(f) or better
    )
    assert kept is (seen[0] if better else first)


@pytest.mark.parametrize("soon_seen", [True, False])
def test_a_county_is_annealed_first_where_neighbourhoods_cannot_see_it_often(
    table, monkeypatch, soon_seen
):
    asked = []

    def noted(incumbent, *rest):
        *_, asked_for, _, _ = rest
        asked.append(asked_for)
        return cooled(incumbent, *rest)

    monkeypatch.setattr(engine, "cooled", noted)
    monkeypatch.setattr(engine, "loads_are_short", lambda *_: False)
    monkeypatch.setattr(engine.Engine, "_is_small", lambda _: False)
    monkeypatch.setattr(cooling, "is_soon_seen", lambda *_: soon_seen)
    monkeypatch.setattr(engine.Engine, "_patience", lambda _: 3)
    # hours that nobody can reach, so that the search goes on to the last stretch
    monkeypatch.setattr(engine, "most_value", lambda core, _: int(core.value.sum()) + 1)
    run = Run(5.0, 0, 2, table.units, clock=process_time)
    found = engine.Engine(table, run).solve()
    assert (asked[0] == FROM_A_DRAFT) is not soon_seen
    assert asked[-1].salt in (FOR_THE_PENCE.salt, 6)
    faults = verify(table.problem, result_of(table, run, found))
    assert faults == []


def test_how_often_a_county_is_seen_is_told_from_its_size_and_the_time(table):
    core = Core.of(table)

    def soon_seen(seconds, units, most=99):
        many = SimpleNamespace(parts=core.parts, units=units, value=np.array([100.0]))
        return cooling.is_soon_seen(many, Run(seconds, 0, 2, table.units), most)

    assert soon_seen(60.0, core.units) and not soon_seen(0.5, core.units)
    # the same time is enough where nearly all have a single component
    assert soon_seen(0.5, core.parts)
    # but not where everyone can be placed
    assert not soon_seen(60.0, core.units, most=100)
