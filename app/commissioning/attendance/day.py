"""One day's register of a provider: a cell for each session, with what is recorded of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.children.terms import calendar
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.attendance.service import DAYS_BACK, marks_on, placements_on
from app.commissioning.attendance.timetable import HALVES, halves_on, planned_minutes
from app.commissioning.placements.models import Placement

SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """A session of a placement on the day that is shown. planned: minutes. agreed: whether this
    half-day was agreed, so that the register is missing without it."""

    placement: Placement
    half: Half
    planned: int
    agreed: bool
    mark: AttendanceMark | None

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"p{self.placement.id}_{self.half}"

    @property
    def name(self) -> str:
        """The child, as the provider knows them."""
        return self.placement.child.full_name

    @property
    def title(self) -> str:
        """The child and the half of the day."""
        return f"{self.name}, {self.half.label.lower()}"


def cells_of(provider_id: int, day: date) -> list[Cell]:
    """The sessions to record on a day: those agreed, and both halves where none are agreed.

    On a day without an agreed session, such as one out of term, both halves can be recorded.
    """
    placements = placements_on(provider_id, day)
    marks, school = marks_on(placements, day), calendar().is_school_day(day)
    return [
        Cell(each, half, planned_minutes(each, day), school and half in halves, marks.get(key))
        for each in placements
        for halves in [halves_on(each, day)]
        for half in HALVES
        if (key := (each.id, half)) in marks or _is_offered(each, half, halves, school)
    ]


def _is_offered(placement: Placement, half: Half, halves: Sequence[Half], school: bool) -> bool:
    if placement.sessions and school:
        return half in halves
    return True


def days_around(day: date, today: date) -> list[date]:
    """The school days that can be recorded, nearest to a day, for links to them; in order."""
    here, first = calendar(), today - timedelta(days=DAYS_BACK)
    days = [first + timedelta(days=number) for number in range(DAYS_BACK + 1)]
    days = [each for each in days if here.is_school_day(each) and each != day]
    return sorted(sorted(days, key=lambda each: abs((each - day).days))[:SHOWN])
