"""Made-up counties with limits over several offers: they bind, and nothing else changes."""

import pytest

from matching.benchmark.county import Size, county
from matching.benchmark.scarcer import LIMITS
from matching.core import Core
from matching.table import build_table


@pytest.mark.parametrize("limit", LIMITS)
def test_the_limits_are_in_question_and_the_county_is_the_same(limit):
    plain = county(Size(200, 120), 3)
    problem = LIMITS[limit](plain, 3)
    table, before = build_table(problem), build_table(plain)
    assert Core.of(table).shared.rows and not Core.of(before).shared.rows
    assert table.columns == before.columns
    assert table.total.tolist() == before.total.tolist()
    assert LIMITS[limit](plain, 3) == problem
