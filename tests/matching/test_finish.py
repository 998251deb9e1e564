"""Settling what is left: a limit proven in another way strikes no column out."""

import numpy as np
import pytest

from matching.benchmark.county import Size, county
from matching.bound import price_parts
from matching.core import Core
from matching.exact import solve_whole
from matching.finish import settle_pence, settle_value
from matching.incumbent import Incumbent
from matching.residue import residue
from matching.run import Run
from matching.table import build_table


@pytest.fixture(scope="module")
def settled():
    """A county with the best there is of it, and prices that prove far less."""
    table = build_table(county(Size(40, 20), 3))
    core, run = Core.of(table), Run(60, 0, 1, 40)
    return table, core, run, solve_whole(table, Run(60, 0, 2, 40))


def without_one(table, columns):
    """The placements without the least valuable unit that has one."""
    units = np.unique(table.unit[columns])
    least = units[np.argmin(table.unit_value[units])]
    return columns[table.unit[columns] != least]


def one_moved(table, columns):
    """The placements with one component at the next dearer offer with room for it."""
    room, at = residue(table, columns), np.zeros(table.parts, dtype=np.int64)
    at[table.part[columns]] = columns
    fits = (room.hours[table.offer] >= table.hours) & (room.places[table.offer] > 0)
    dearer = table.total - table.total[at[table.part]]
    choice = np.flatnonzero(fits & (dearer > 0) & np.isin(table.part, table.part[columns]))
    new = choice[np.argmin(dearer[choice])]
    return np.r_[columns[table.part[columns] != table.part[new]], new]


def test_the_most_hours_are_found_from_poor_prices_and_a_close_limit(settled):
    table, core, run, best = settled
    free = np.zeros(table.columns)
    prices = price_parts(core, free, core.value, run, climbs=1, smooth_steps=1)
    most = best.hours_gap.found
    assert core.value.sum() - prices.bound > most + 500
    incumbent = Incumbent(table, core, without_one(table, best.columns))
    assert incumbent.value < most
    assert settle_value(incumbent, table, core, prices, most, run, 20) == most == incumbent.value


def test_the_least_pence_are_found_from_poor_prices_and_a_close_limit(settled):
    table, core, run, best = settled
    value, least = best.hours_gap.found, best.cost_gap.found
    prices = price_parts(core, table.total, core.value * 40.0, run, climbs=1, smooth_steps=1)
    start = one_moved(table, best.columns)
    incumbent = Incumbent(table, core, start)
    assert incumbent.value == value and incumbent.pence > least
    found = settle_pence(incumbent, table, core, prices, 40.0, least, run, 20, value)
    assert found == least == incumbent.pence
