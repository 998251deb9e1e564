"""Between stretches of the search for hours a county is annealed, and only what is better stays."""

from time import process_time

import numpy as np
import pytest

from matching import compiled_moves, engine
from matching.benchmark.county import Size, county
from matching.cooled import cooled
from matching.cooling import BETWEEN, FOR_THE_PENCE, FROM_A_DRAFT
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


def test_a_large_county_is_annealed_after_each_stretch_and_never_for_the_worse(table, monkeypatch):
    asked, points = [], []

    def noted(incumbent, *rest):
        *_, cooling, _, _ = rest
        kept = cooled(incumbent, *rest)
        asked.append(cooling)
        more = (kept.value - incumbent.value) * points[0].point
        assert kept is incumbent or kept.pence - incumbent.pence < more + 1
        return kept

    monkeypatch.setattr(engine, "cooled", noted)
    monkeypatch.setattr(engine, "loads_are_short", lambda *_: False)
    monkeypatch.setattr(engine.Engine, "_is_small", lambda _: False)
    monkeypatch.setattr(engine.Engine, "_patience", lambda _: 3)
    # hours that nobody can reach, so that the search goes on to the last stretch
    monkeypatch.setattr(engine, "most_value", lambda core, _: int(core.value.sum()) + 1)
    run = Run(5.0, 0, 2, table.units, clock=process_time)
    points.append(engine.Engine(table, run))
    found = points[0].solve()
    assert asked[0] == FROM_A_DRAFT and asked[-1].salt in (FOR_THE_PENCE.salt, 6)
    between = [cooling for cooling in asked if cooling.warm == BETWEEN.warm]
    assert len(between) == engine.STRETCHES
    assert len({cooling.salt for cooling in asked}) == len(asked)
    faults = verify(table.problem, result_of(table, run, found))
    assert faults == []
