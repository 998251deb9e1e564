"""The form of a Learner Intervention Plan."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms.validators import NumberRange, Optional

from app.commissioning.plans.models import PARTS, Plan
from app.commissioning.plans.service import Aim
from app.web.fields import WholeNumber
from app.web.forms.entries import DayField, Line, Words

OBJECTIVES, REVIEWS = 4, 8


class WritePlan(FlaskForm):
    """A plan; every part may be left empty until it is complete."""

    purpose = Words(
        "Purpose of the placement",
        most=2000,
        description="What it is for and what it changes.",
    )
    route_back = Words(
        "Route back",
        most=2000,
        description="How and when the child returns to school, or what follows.",
    )
    longest_weeks = WholeNumber(
        "Maximum length in weeks",
        "Enter the number of weeks, such as 12",
        validators=[Optional(), NumberRange(1, 60, "Enter from 1 to 60 weeks")],
    )
    risk_assessment = Words(
        "Risk assessment",
        most=4000,
        description="Each risk, for whom, and what is done about it.",
    )
    attendance = Words(
        "Attendance", most=2000, description="Who records it, when, and how the school is told."
    )
    absence = Words(
        "Absence", most=2000, description="Who is called, by when, and what follows the same day."
    )
    transport = Words("Transport", most=2000, description="How the child gets there and back.")


for _number in range(1, OBJECTIVES + 1):
    setattr(WritePlan, f"aim_{_number}", Line("Objective", most=300))
    setattr(WritePlan, f"indicator_{_number}", Line("How it is measured", most=300))
    setattr(WritePlan, f"baseline_{_number}", Line("Where the child starts", most=300))
    setattr(WritePlan, f"target_{_number}", Line("Target", most=300))
for _number in range(1, REVIEWS + 1):
    setattr(WritePlan, f"review_{_number}", DayField(f"Review {_number}"))


def form_of(plan: Plan | None, suggested: list[date]) -> WritePlan:
    """The form with what is written already; suggested review dates where there are none."""
    values: dict[str, Any] = {name: getattr(plan, name) for name in PARTS} if plan else {}
    days = plan.reviews if plan and plan.review_dates else suggested
    values |= {f"review_{n}": day for n, day in enumerate(days[:REVIEWS], 1)}
    for number, row in enumerate(plan.objectives[:OBJECTIVES] if plan else [], 1):
        values |= {
            f"aim_{number}": row.aim,
            f"indicator_{number}": row.indicator,
            f"baseline_{number}": row.baseline,
            f"target_{number}": row.target,
        }
    return WritePlan(**values)


def parts_in(form: WritePlan) -> dict[str, Any]:
    """What was written of each part."""
    return {name: form[name].data for name in PARTS}


def aims_in(form: WritePlan) -> list[Aim]:
    """The objectives that were written."""
    return [
        Aim(
            *(
                (form[f"{name}_{number}"].data or "").strip()
                for name in ("aim", "indicator", "baseline", "target")
            )
        )
        for number in range(1, OBJECTIVES + 1)
    ]


def reviews_in(form: WritePlan) -> list[date]:
    """The review dates that were entered."""
    days = [form[f"review_{number}"].data for number in range(1, REVIEWS + 1)]
    return [day for day in days if day is not None]
