"""What the planner's pages show: a week's board, and a day with its order, map and table."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import abort
from flask_login import current_user
from markupsafe import Markup

from app.accounts.models import User
from app.kernel.clock import today
from app.visits import days, planning, queries, timing
from app.visits.models import Visit
from app.visits.planner import Day, Plan
from app.visits.schedule import Cycle
from app.web import map as drawing
from app.web.formats import plural

KINDS = {
    **drawing.KINDS,
    "base": drawing.Kind("Where the day begins and ends", "diamond", "#912b88"),
    "visit": drawing.Kind("Visit, by its number in the order", "square", "#14524a"),
}


def day_asked(values: Mapping[str, str]) -> date:
    """The day that an address or a form names; today where it names none."""
    try:
        return date.fromisoformat(values.get("day", ""))
    except ValueError:
        return today()


def adviser_asked(values: Mapping[str, str]) -> User:
    """The adviser that an address or a form names; the person who asks where it names none."""
    number = values.get("adviser", "")
    found = next((each for each in planning.advisers() if f"{each.id}" == number), None)
    if found is None and number:
        abort(404)
    return found or current_user


def board(on: date) -> dict[str, Any]:
    """The week of a day: its days, and each adviser's visits on each of them."""
    monday = days.monday_of(on)
    week = [monday + timedelta(days=number) for number in range(5)]
    visits = defaultdict(list)
    for visit in queries.planned_between(week[0], week[-1]):
        visits[visit.adviser_id, visit.planned_on].append(visit)
    people = planning.advisers()
    rows = [(person, [visits.get((person.id, day), []) for day in week]) for person in people]
    return {
        "week": [(day, days.closed(day)) for day in week],
        "rows": rows,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "count": sum(map(len, visits.values())),
    }


def day_page(visits: list[Visit], cycle: Cycle) -> dict[str, Any]:
    """A day's visits in the order of least travel."""
    plan, day, nowhere = timing.planned(visits, cycle)
    known = {visit.id: visit for visit in visits}
    return {
        "plan": plan,
        "legs": [(leg, known[leg.stop.number]) for leg in plan.legs] if plan else [],
        "left_out": [known[stop.number] for stop in plan.left_out] if plan else [],
        "nowhere": nowhere,
        "picture": _picture(plan, day, known) if plan and day else Markup(""),
        "clock": clock,
    }


def clock(minutes: int) -> str:
    """Minutes after midnight as a time: "1:05pm"."""
    hour, minute = divmod(minutes, 60)
    return f"{(hour - 1) % 12 + 1}:{minute:02}{'am' if hour % 24 < 12 else 'pm'}"


def _picture(plan: Plan, day: Day, known: Mapping[int, Visit]) -> Markup:
    points = [drawing.Point(day.base.lat, day.base.lon, "base", "Where the day begins and ends")]
    lines, here = [], day.base
    for number, leg in enumerate(plan.legs, 1):
        there, visit = leg.stop.place, known[leg.stop.number]
        label = f"{number}. {visit.provider.name}"
        points.append(drawing.Point(there.lat, there.lon, "visit", label, f"{number}"))
        lines.append(drawing.Line((here.lat, here.lon), (there.lat, there.lon)))
        here = there
    if plan.legs:
        lines.append(drawing.Line((here.lat, here.lon), (day.base.lat, day.base.lon)))
    return drawing.draw(
        points,
        lines,
        title="The way of the day",
        description=f"{plural(len(plan.legs), 'visit')}; the table holds the same facts.",
        kinds=KINDS,
        way="From one to the next, in a straight line",
    )
