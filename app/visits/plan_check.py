"""Checks a planned day without the planner: its own distances, its own clock."""

from geopy.distance import great_circle

from app.visits.planner import Day, Plan

TOLERANCE_METRES = 60
"""Between two formulas for the same way, over a county."""


def faults(day: Day, plan: Plan) -> list[str]:
    """What is wrong with a plan, in words; empty where nothing is."""
    found = []
    planned = [leg.stop.number for leg in plan.legs]
    every = sorted([*planned, *(stop.number for stop in plan.left_out)])
    if every != sorted(stop.number for stop in day.stops):
        found.append("Not every visit is either planned once or left out.")
    known = {stop.number: stop for stop in day.stops}
    here, clock = day.base, day.starts
    for leg in plan.legs:
        if known.get(leg.stop.number) != leg.stop:
            found.append(f"Visit {leg.stop.number} is not as it was asked for.")
        metres = _metres(day, here, leg.stop.place)
        if abs(metres - leg.metres) > TOLERANCE_METRES:
            found.append(f"The way to visit {leg.stop.number} is {metres:.0f} m, not {leg.metres}.")
        if leg.arrives < clock + metres / 1000 / day.speed * 60 - 1:
            found.append(f"Visit {leg.stop.number} begins before anybody can be there.")
        if leg.leaves - leg.arrives < leg.stop.minutes:
            found.append(f"Visit {leg.stop.number} is too short.")
        here, clock = leg.stop.place, leg.leaves
    if plan.legs and clock + _metres(day, here, day.base) / 1000 / day.speed * 60 > day.ends + 1:
        found.append("The day ends after working hours.")
    return found


def _metres(day: Day, start, end) -> float:
    straight = great_circle((start.lat, start.lon), (end.lat, end.lon)).meters
    return straight * day.road_factor
