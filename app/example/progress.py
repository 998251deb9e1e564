"""Reviews of the example's live placements: some held, some overdue, one that ended."""

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE, plan_of
from app.commissioning.progress import endings, reviews
from app.commissioning.progress.lifecycle import NextStep, Outcome, Progress
from app.commissioning.progress.models import Review
from app.kernel.clock import today
from app.kernel.database import db

_STORIES = (
    (NextStep.CONTINUE, "Comes every day and has begun to join the group. We go on as planned."),
    (NextStep.STEP_DOWN, "Ready for fewer hours here and two mornings at school."),
    (NextStep.REINTEGRATE, "School has offered a place after the holiday; a visit is arranged."),
)
ENDS_AFTER = 6
"""Placements from this many on have one that has ended."""


def load() -> None:
    """Reviews and an ending; nothing where no placement is live, or where some are there."""
    officer = db.session.scalar(select(User).where(User.role == Role.SEND_OFFICER))
    live = select(Placement).where(Placement.state == PlacementState.LIVE).options(*WHOLE)
    placements = db.session.scalars(live.order_by(Placement.id)).unique().all()
    if officer is None or db.session.scalar(select(Review.id).limit(1)):
        return
    for number, placement in enumerate(placements):
        held_on = today() - timedelta(days=3 + number)
        if number % 2 == 0 and placement.starts_on <= held_on:
            _hold(placement, held_on, number // 2, officer)
    if len(placements) >= ENDS_AFTER:
        _end(placements[-1], officer)


def _hold(placement: Placement, held_on: date, number: int, officer: User) -> None:
    step, summary = _STORIES[number % len(_STORIES)]
    if step is NextStep.STEP_DOWN and placement.hours < 2:
        step = NextStep.CONTINUE
    told = reviews.Conclusion(
        held_on=held_on,
        present="The child, a parent, the tutor and the officer",
        child_voice="I like the mornings best. I would like to see my friends more.",
        parents_voice="Calmer at home, and up in time on most days.",
        summary=summary,
        next_step=step,
        new_hours=placement.hours // 2 if step is NextStep.STEP_DOWN else None,
    )
    far = dict.fromkeys(_aims(placement), (Progress.ON_TRACK, "Shown in the tutor’s weekly notes"))
    reviews.hold(placement, told, far, by=officer.actor)


def _end(placement: Placement, officer: User) -> None:
    last_day = today() - timedelta(days=1)
    if last_day < placement.starts_on:
        return
    endings.end(
        placement,
        last_day,
        Destination.REINTEGRATED,
        dict.fromkeys(_aims(placement), Outcome.MET),
        where="The home school",
        reason="The aims of the plan were met and school was ready.",
        waits_again=False,
        by=officer,
    )


def _aims(placement: Placement) -> list[int]:
    plan = plan_of(placement.proposal)
    return [each.id for each in plan.objectives] if plan else []
