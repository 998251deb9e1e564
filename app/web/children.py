"""What the pages about children show: a line of the waiting list, and its spreadsheet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select

from app.children.clocks import Clock, Urgency, clock_of
from app.children.models import Child, Referral
from app.children.queries import days_out_of_education
from app.children.terms import calendar
from app.kernel.database import db
from app.kernel.geography import km_to_miles
from providers.stages import national_curriculum_year, year_in_words


@dataclass(frozen=True)
class Line:
    """A referral of the waiting list. days: out of education, None where that is not known."""

    referral: Referral
    year_group: str
    days: int | None
    clock: Clock


def lines(referrals: Iterable[Referral], on: date) -> list[Line]:
    """Referrals as lines of the waiting list on a date."""
    days = calendar()
    return [
        Line(
            referral,
            year_group(referral.child, on),
            days_out_of_education(referral, on),
            clock_of(referral, on, days),
        )
        for referral in referrals
    ]


def year_group(child: Child, on: date) -> str:
    """A child's school year on a date: "Year 9"."""
    return year_in_words(national_curriculum_year(child.born_on, on))


URGENCY_COLOURS = {
    Urgency.UNKNOWN: "red",
    Urgency.OVERDUE: "red",
    Urgency.SOON: "yellow",
    Urgency.LATER: "grey",
}
EXPORT_HEADER = (
    "Reference", "Surname", "Forename", "Date of birth", "Year group", "Primary need",
    "Other needs", "SEN provision", "Looked after", "Asked for", "Hours a week", "Reason",
    "Out of education since", "Days out of education", "Start from", "Preferred delivery",
    "Travel limit (miles)", "Transport", "Home postcode", "Urgency", "Provision due on",
    "What decides it", "School days missed", "Reason for urgency", "Officer responsible",
)  # fmt: skip


def rows_to_export(statement: Select, on: date) -> Iterator[list[Any]]:
    """Referrals as rows of a spreadsheet, in the header's order, read as they are written."""
    days = calendar()
    for referral in db.session.scalars(statement.execution_options(yield_per=500)):
        clock = clock_of(referral, on, days)
        yield [*_of_child(referral.child, on), *_of_referral(referral, on), *_of_clock(clock)] + [
            referral.officer.name if referral.officer else None
        ]


def _of_clock(clock: Clock) -> list[Any]:
    return [clock.urgency.label, clock.due_on, clock.duty.label, clock.school_days, clock.text]


def _of_child(child: Child, on: date) -> list[Any]:
    primary, *others = [need.label for need in child.need_types] or [None]
    return [
        child.reference,
        child.surname,
        child.forename,
        child.born_on,
        year_group(child, on),
        primary,
        "; ".join(others),
        child.sen_provision,
        child.looked_after,
    ]


def _of_referral(referral: Referral, on: date) -> list[Any]:
    limit = referral.max_travel_km
    parts = [f"{part.service.name} ({part.hours} hours)" for part in referral.components]
    return [
        "; ".join(parts),
        referral.hours_a_week,
        referral.reason,
        referral.out_of_education_since,
        days_out_of_education(referral, on),
        referral.start_from,
        referral.preferred_delivery,
        None if limit is None else round(km_to_miles(limit), 1),
        referral.transport,
        referral.child.postcode,
    ]
