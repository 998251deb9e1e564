"""Registers of the example's live placements: four weeks kept, a few gaps and absences."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.children.terms import calendar
from app.commissioning.attendance.codes import STANDARD, Code
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.attendance.timetable import (
    expected,
    planned_minutes,
    school_days,
    sessions_a_week,
)
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.kernel.clock import now, today
from app.kernel.database import db

KEPT = timedelta(days=28)
_CODES = {each.code: each for each in STANDARD}
_NOTES = {"I": "The family telephoned in the morning.", "M": "Dentist."}


def load() -> None:
    """Marks for every live placement; nothing where there is none, or where some are there."""
    live = select(Placement).where(Placement.state == PlacementState.LIVE).options(*WHOLE)
    placements = db.session.scalars(live.order_by(Placement.id)).unique().all()
    if not placements or db.session.scalar(select(AttendanceMark.id).limit(1)):
        return
    days = list(school_days(calendar(), today() - KEPT, today() - timedelta(days=1)))
    for number, placement in enumerate(placements):
        for place, (day, half) in enumerate(_sessions(placement, days)):
            if (number + place) % 19 != 7:  # some registers are missing
                db.session.add(_mark(placement, day, half, _code(number, place)))
    db.session.flush()


def _sessions(placement: Placement, days: Sequence) -> list:
    """The agreed sessions; where none are agreed, as many mornings of each week as are needed."""
    agreed = [(session.day, session.half) for session in expected(placement, days)]
    mornings = min(5, sessions_a_week(placement, placement.hours))
    within = [day for day in days if placement.starts_on <= day <= placement.last_day]
    return agreed or [(day, Half.AM) for day in within if day.weekday() < mornings]


def _code(number: int, place: int) -> Code:
    """Present nine times in ten; the rest ill, at the dentist, or nobody knows."""
    turn = (number * 7 + place * 3) % 31
    return _CODES[{4: "I", 11: "M", 17: "L", 23: "O", 29: "N"}.get(turn, "K")]


def _mark(placement: Placement, day, half: Half, code: Code) -> AttendanceMark:
    present = code.meaning == "present"
    return AttendanceMark(
        placement=placement,
        day=day,
        half=half,
        code=code.code,
        meaning=code.meaning,
        minutes=planned_minutes(placement, day) if present else 0,
        note=_NOTES.get(code.code),
        recorded_by="The provider",
        recorded_at=now(),
    )
