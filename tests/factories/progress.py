"""Plans with objectives, reviews and endings; all of them invented."""

from typing import Any

from app.commissioning.placements.models import Placement
from app.commissioning.plans.models import Objective, Plan
from app.commissioning.progress import reviews
from app.commissioning.progress.lifecycle import NextStep, Progress
from app.commissioning.progress.models import Review
from app.kernel.audit import Actor
from app.kernel.clock import today
from app.kernel.database import db

OLIVE = Actor(None, "Olive Officer")


def make_plan(placement: Placement, objectives: int = 2, **values: Any) -> Plan:
    """A plan of a placement's package with some objectives, complete but for its wording."""
    defaults = {"proposal": placement.proposal, "purpose": "To find a way back to school."}
    plan = Plan(**defaults | values)
    plan.objectives = [
        Objective(aim=f"Aim {number}", indicator="Comes each day", baseline="Two days a week")
        for number in range(1, objectives + 1)
    ]
    db.session.add(plan)
    db.session.flush()
    return plan


def conclusion(**values: Any) -> reviews.Conclusion:
    """Held today; to continue."""
    defaults = {
        "held_on": today(),
        "present": "The child, a parent, the tutor",
        "child_voice": "I like the mornings.",
        "parents_voice": "Calmer at home.",
        "summary": "Going well.",
        "next_step": NextStep.CONTINUE,
    }
    return reviews.Conclusion(**defaults | values)


def hold_review(placement: Placement, **values: Any) -> Review:
    """A review that was held, with every objective on track."""
    plan = placement.plan
    progress = {each.id: (Progress.ON_TRACK, "") for each in plan.objectives} if plan else {}
    return reviews.hold(placement, conclusion(**values), progress, by=OLIVE)
