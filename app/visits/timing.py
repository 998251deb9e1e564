"""Days of visits: what the planner is asked about one, and the times that its answer gives."""

from collections.abc import Iterable

from app.visits.models import Visit
from app.visits.planner import Day, Place, Plan, Stop, plan_day
from app.visits.schedule import Cycle
from providers.places import Locator


def base_of(cycle: Cycle) -> Place | None:
    """Where a day begins and ends; None where its postcode is not known."""
    found = Locator()(cycle.base_postcode)
    return Place(found.latitude, found.longitude) if found else None


def day_of(visits: Iterable[Visit], cycle: Cycle) -> tuple[Day | None, list[Visit]]:
    """A day for the planner, and the visits that cannot be put on a map.

    The day is None where the base is not known or no visit can be put on a map.
    """
    placed, nowhere = [], []
    for visit in visits:
        known = visit.site is not None and visit.site.latitude is not None
        (placed if known else nowhere).append(visit)
    base = base_of(cycle) if placed else None
    if base is None:
        return None, placed + nowhere
    stops = tuple(
        Stop(visit.id, Place(visit.site.latitude, visit.site.longitude), visit.minutes)
        for visit in placed
    )
    return _day(base, stops, cycle), nowhere


def planned(visits: Iterable[Visit], cycle: Cycle) -> tuple[Plan | None, Day | None, list[Visit]]:
    """A day's plan, the day itself, and the visits that cannot be put on a map."""
    day, nowhere = day_of(visits, cycle)
    return (plan_day(day) if day else None), day, nowhere


def keep_times(plan: Plan, visits: Iterable[Visit]) -> None:
    """Give each planned visit the time at which the plan has it begin; others have none."""
    begins = {leg.stop.number: leg.arrives for leg in plan.legs}
    for visit in visits:
        visit.starts_minute = begins.get(visit.id)


def _day(base: Place, stops: tuple[Stop, ...], cycle: Cycle) -> Day:
    return Day(
        base,
        stops,
        starts=cycle.day_starts * 60,
        ends=cycle.day_ends * 60,
        road_factor=cycle.road_factor_percent / 100,
        speed=float(cycle.kilometres_an_hour),
    )
