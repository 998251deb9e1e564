"""What pages about attendance show: days from the address, rows of an export."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy import Select

from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.attendance.queries import delivered_hours
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from app.web.forms.attendance import ChooseDay

EXPORT_HEADER = (
    "Placement",
    "Child",
    "Name",
    "Provider",
    "Service",
    "Date",
    "Session",
    "Code",
    "Meaning",
    "Hours delivered",
    "Out of term because",
    "Recorded by",
    "Recorded at",
)
EXPORTED = timedelta(days=92)


def day_asked() -> date:
    """The day that the address names, today where it names none or it cannot be read."""
    if "day" not in request.args:
        return today()
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        form = ChooseDay(request.args)
        return form.day.data if form.validate() else today()


def rows_to_export(statement: Select) -> Iterator[tuple[Any, ...]]:
    """A row a session, in order."""
    rows: Iterator[AttendanceMark] = db.session.scalars(statement.execution_options(yield_per=500))
    for mark in rows:
        placement = mark.placement
        yield (
            placement.reference,
            placement.child.reference,
            placement.child.full_name,
            placement.offer.provider.name,
            placement.service.name,
            mark.day,
            mark.half,
            mark.code,
            mark.meaning,
            mark.minutes / 60,
            mark.out_of_term,
            mark.recorded_by,
            mark.recorded_at,
        )


def delivered_of(placement: Placement) -> float:
    """The hours delivered in a placement so far."""
    found = delivered_hours([placement.id], placement.starts_on, max(today(), placement.last_day))
    return float(found[placement.id])
