"""Marks in registers; all of them invented."""

from typing import Any

from app.commissioning.attendance.codes import STANDARD
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.placements.models import Placement
from app.kernel.clock import now, today
from app.kernel.database import db
from tests.factories.placements import make_placement

_MEANINGS = {each.code: each.meaning for each in STANDARD}


def make_mark(placement: Placement | None = None, code: str = "K", **values: Any) -> AttendanceMark:
    """This morning, present for two and a half hours, unless another code is given."""
    meaning = _MEANINGS[code]
    defaults = {
        "placement": placement or make_placement(),
        "day": today(),
        "half": Half.AM,
        "code": code,
        "meaning": meaning,
        "minutes": 150 if meaning == "present" else 0,
        "recorded_by": "Priya Provider",
        "recorded_at": now(),
    }
    mark = AttendanceMark(**defaults | values)
    db.session.add(mark)
    db.session.flush()
    return mark
