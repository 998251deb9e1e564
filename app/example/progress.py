"""Reviews of the example's live placements: some held, some overdue, one that ended."""

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.terms import calendar
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE, plan_of
from app.commissioning.progress import endings, reviews, worklist
from app.commissioning.progress.lifecycle import NextStep, Outcome, Progress
from app.commissioning.progress.models import Review
from app.commissioning.progress.schedule import due_after
from app.kernel.clock import today
from app.kernel.database import db

_STORIES = (
    (NextStep.CONTINUE, "Comes every day and has begun to join the group. We go on as planned."),
    (NextStep.STEP_DOWN, "Ready for fewer hours here and two mornings at school."),
    (NextStep.REINTEGRATE, "School has offered a place after the holiday; a visit is arranged."),
)
_BEFORE = (NextStep.CONTINUE, "Settling in. Attendance is better than before; we go on as planned.")
_FAR = {
    False: (Progress.SOME, Progress.NOT_BEGUN, Progress.ON_TRACK),
    True: (Progress.MET, Progress.ON_TRACK, Progress.MET),
}
"""How far the aims have come, at a review that others follow and at the last."""
EARLY, LATE = timedelta(days=-3), timedelta(days=6)
LATE_ONE, LEFT_OUT = 3, 1
"""Of each five placements the one whose reviews are late; of each four, whose last is not held."""
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
        _review(placement, number, officer)
    if len(placements) >= ENDS_AFTER:
        _end(placements[-1], officer)


def _review(placement: Placement, number: int, officer: User) -> None:
    """The reviews of a placement since it began: most in time, one in five late, some left out.

    Each is held before the next is due, as an officer would; so the last one says what is next.
    """
    while True:
        line = worklist.line_of(placement, today())
        due = line.timing.due_on
        held_on = _weekday(due + (LATE if number % 5 == LATE_ONE else EARLY))
        if held_on <= (line.last or placement.starts_on):
            held_on = due
        following = due_after(held_on, calendar())
        if held_on >= today() or (number % 4 == LEFT_OUT and following >= today()):
            return
        _hold(placement, held_on, following >= today(), number, officer)


def _weekday(day: date) -> date:
    """The same day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _hold(placement: Placement, held_on: date, is_last: bool, number: int, officer: User) -> None:
    step, summary = _STORIES[number % len(_STORIES)] if is_last else _BEFORE
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
    far = {
        aim: (_FAR[is_last][(number + place) % 3], "Shown in the tutor’s weekly notes")
        for place, aim in enumerate(_aims(placement))
    }
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
