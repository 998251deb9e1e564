"""The day planner, held to a checker that knows nothing of how it plans."""

import random
from dataclasses import replace

import pytest

from app.visits.benchmark import BASE, week
from app.visits.plan_check import faults
from app.visits.planner import Day, Place, Stop, in_order, nearest_first, plan_day

NORTH = Place(51.263, -1.308)


def test_plans_hold_and_are_never_longer_than_going_to_the_nearest_next():
    draw = random.Random(11)
    for day in week(draw):
        plan, plain = plan_day(day), nearest_first(day)
        assert faults(day, plan) == []
        assert len(plan.left_out) <= len(plain.left_out)
        if len(plan.left_out) == len(plain.left_out):
            assert plan.metres <= plain.metres


def test_a_detour_that_the_nearest_next_makes_is_avoided():
    # one to the east close by, two to the west further off, one far to the east
    stops = [
        Stop(n, Place(51.063, -1.308 + east), 30) for n, east in enumerate((0.10, -0.12, 0.35), 1)
    ]
    day = Day(BASE, tuple(stops))
    assert plan_day(day).metres < in_order(day, [stops[0], stops[1], stops[2]]).metres


def test_what_does_not_fit_into_the_day_is_left_out():
    stops = tuple(Stop(n, NORTH, 200) for n in range(1, 4))
    plan = plan_day(Day(BASE, stops))
    assert len(plan.legs) == 2
    assert len(plan.left_out) == 1
    assert plan.ends <= 17 * 60


@pytest.mark.parametrize("count", [0, 1])
def test_a_day_with_no_choice_needs_no_search(count):
    stops = tuple(Stop(n, NORTH, 60) for n in range(1, count + 1))
    plan = plan_day(Day(BASE, stops))
    assert [leg.stop for leg in plan.legs] == list(stops)
    assert faults(Day(BASE, stops), plan) == []


def test_the_checker_sees_what_is_wrong():
    stops = (Stop(1, NORTH, 60), Stop(2, Place(50.9, -1.2), 60))
    day = Day(BASE, stops)
    plan = plan_day(day)
    leg = plan.legs[0]
    early = replace(leg, arrives=leg.arrives - 10, leaves=leg.leaves - 10)
    assert "begins before" in faults(day, replace(plan, legs=(early, *plan.legs[1:])))[0]
    short = replace(leg, metres=leg.metres - 1000)
    assert "The way to visit" in faults(day, replace(plan, legs=(short, *plan.legs[1:])))[0]
    assert "Not every visit" in faults(day, replace(plan, legs=plan.legs[:1]))[0]
    assert "after working hours" in faults(replace(day, ends=10 * 60), plan)[0]


def test_a_day_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="number of its own"):
        Day(BASE, (Stop(1, NORTH, 30), Stop(1, NORTH, 30)))
    with pytest.raises(ValueError, match="A day needs"):
        Day(BASE, (), starts=600, ends=500)
