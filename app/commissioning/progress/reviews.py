"""Holding reviews, opening urgent ones, and telling who must act."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.attendance.queries import Figures, figures
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import about_to_start, live_at, plan_of
from app.commissioning.progress.lifecycle import (
    REVIEW,
    NextStep,
    Progress,
    ReviewKind,
    ReviewState,
)
from app.commissioning.progress.models import ObjectiveProgress, Review
from app.commissioning.progress.schedule import Urgency
from app.commissioning.progress.worklist import Line, line_of, lines
from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.rules import require
from app.kernel.words import in_words
from app.notices import service as notices
from app.notices.topics import Topic
from providers.models.stop import PlacementStop


@dataclass(frozen=True)
class Conclusion:
    """What was said and decided at a review. new_hours: a week, None where they stay."""

    held_on: date
    present: str
    child_voice: str
    parents_voice: str
    summary: str
    next_step: NextStep
    new_hours: int | None = None


def attendance_since(placement: Placement, until: date) -> Figures:
    """The sessions of a placement since its last review, or since it began."""
    last = line_of(placement, until).last
    first = placement.starts_on if last is None else last + timedelta(days=1)
    return figures([placement.id], first, until).get(placement.id, Figures())


def hold(
    placement: Placement,
    conclusion: Conclusion,
    progress: Mapping[int, tuple[Progress, str]],
    *,
    by: Actor,
) -> Review:
    """Record a review that was held; an urgent one that is open is held by it.

    progress: for each objective of the plan, by its id, how far the child has come, and a note.
    Raises RuleBroken with every reason: a placement that is not live, a day before it began or
    still to come, an objective without progress, a review of that day that is recorded already.
    """
    placement = db.session.get_one(
        Placement, placement.id, with_for_update=True, populate_existing=True
    )
    plan = plan_of(placement.proposal)
    objectives = {each.id: each for each in plan.objectives} if plan else {}
    line = line_of(placement, today())
    require(*_faults(placement, conclusion, objectives.keys() - progress.keys(), line))
    since = attendance_since(placement, conclusion.held_on)
    review = line.review or Review(
        placement=placement,
        state=REVIEW.initial,
        kind=ReviewKind.HALF_TERMLY,
        due_on=line.timing.due_on,
        opened_at=now(),
    )
    db.session.add(review)
    for name, value in vars(conclusion).items():
        setattr(review, name, value.strip() or None if type(value) is str else value)
    review.attended, review.possible = since.attended, since.possible
    review.objectives = [
        ObjectiveProgress(objective=objectives[key], progress=far, note=note.strip() or None)
        for key, (far, note) in progress.items()
        if key in objectives
    ]
    review.recorded_by, review.recorded_at = by.name, now()
    REVIEW.fire(review, "hold")
    db.session.flush()
    return review


def _faults(placement, conclusion: Conclusion, unjudged, line: Line) -> list[str | None]:
    on = conclusion.held_on
    changes = conclusion.next_step in (NextStep.CHANGE, NextStep.STEP_DOWN)
    return [
        None
        if placement.state is PlacementState.LIVE
        else f"{placement.reference} is {placement.state.label.lower()}. Only a live placement"
        " is reviewed.",
        f"{in_words(on)} is still to come. Record the review once it was held."
        if on > today()
        else None,
        f"The placement began on {in_words(placement.starts_on)}. Enter that day or a later one."
        if on < placement.starts_on
        else None,
        f"A review of {in_words(line.last)} is recorded already. Enter a later day."
        if line.last and on <= line.last
        else None,
        "Select the progress for every objective of the plan." if unjudged else None,
        "Enter new hours only where the next step is to change or step down."
        if conclusion.new_hours is not None and not changes
        else None,
        f"To step down, enter fewer hours a week than the {placement.hours} of now."
        if conclusion.next_step is NextStep.STEP_DOWN
        and not 0 < (conclusion.new_hours or 0) < placement.hours
        else None,
    ]


@whole()
def open_urgent_reviews(
    provider_id: int, reason: str, *, offer_id: int | None = None
) -> list[Review]:
    """Open an urgent review for every child who is placed at a provider now, due at once.

    offer_id: only of those who are placed there with this offer. reason: why, in words for the
    authority, never with a child's name. Where one is open already none is added, so a second
    concern, or a repeated call, changes nothing. Returns those that are open now. The officers
    and the AP lead are told. (Keeping Children Safe in Education: review at once on a
    safeguarding concern, and end the placement if necessary.)
    """
    require(None if reason.strip() else "Enter why the reviews are urgent.")
    opened = []
    for placement in live_at(provider_id):
        if offer_id not in (None, placement.offer_id):
            continue
        db.session.execute(
            select(Placement.id).where(Placement.id == placement.id).with_for_update()
        )
        review = db.session.scalar(
            select(Review).where(
                Review.placement_id == placement.id, Review.state == ReviewState.OPEN
            )
        )
        opened.append(review or _open(placement, reason.strip()))
    return opened


@whole()
def review_everyone_there(stop: PlacementStop) -> None:
    """Open the urgent reviews that a stop of new placements asks for; heard from its signal.

    The officers of children who are about to start are told that they can't for now.

    What a concern says is restricted, so the cause names its kind and source alone.
    """
    reason = f"New placements were stopped. {stop.cause.label}: {stop.source}"
    open_urgent_reviews(stop.provider_id, reason, offer_id=stop.offer_id)
    for placement in about_to_start(stop.provider_id):
        if stop.covers(placement.offer):
            people = notices.person(placement.officer_id) or notices.people_in(Role.AP_LEAD)
            page, key = f"/placements/{placement.id}", f"stop:{stop.id}:held:{placement.id}"
            notices.tell(people, Topic.PLACEMENT_HELD, page=page, key=key)


def latest_of(placement_ids: Collection[int]) -> dict[int, Review]:
    """For each placement its review that is open, or else the one held last."""
    rows = db.session.scalars(
        select(Review)
        .where(Review.placement_id.in_(placement_ids), Review.state != ReviewState.NOT_NEEDED)
        .order_by(Review.held_on.asc().nulls_last(), Review.id)
    )
    return {review.placement_id: review for review in rows}


def _open(placement: Placement, reason: str) -> Review:
    review = Review(
        placement=placement,
        state=REVIEW.initial,
        kind=ReviewKind.URGENT,
        due_on=today(),
        cause=reason[:500],
        opened_at=now(),
    )
    db.session.add(review)
    db.session.flush()
    people = [*notices.person(placement.officer_id), *notices.people_in(Role.AP_LEAD)]
    page = f"/progress/placements/{placement.id}"
    notices.tell(people, Topic.REVIEW_URGENT, page=page, key=f"review:{review.id}:urgent")
    return review


def remind(on: date) -> tuple[int, int]:
    """Tell officers of reviews that are due or overdue, and the AP lead of those long overdue.

    Each is told once for a due day. Returns how many reviews are due, and how many overdue.
    """
    due = overdue = 0
    for line in lines(on):
        urgency = line.timing.urgency
        if urgency is Urgency.LATER:
            continue
        late = line.timing.school_days < 0
        overdue, due = overdue + late, due + (not late)
        _tell(line, Topic.REVIEW_OVERDUE if late else Topic.REVIEW_DUE)
    return due, overdue


def _tell(line: Line, topic: Topic) -> None:
    people = notices.person(line.placement.officer_id)
    if line.timing.is_escalated or not people:
        people = [*people, *notices.people_in(Role.AP_LEAD)]
    key = f"review:{line.placement.id}:{line.timing.due_on:%Y%m%d}:{topic.value}"
    notices.tell(people, topic, page=f"/progress/placements/{line.placement.id}", key=key)


def set_aside_open(placement: Placement) -> None:
    """Set aside what is open for a placement that has ended."""
    rows = select(Review).where(
        Review.placement_id == placement.id, Review.state == ReviewState.OPEN
    )
    for review in db.session.scalars(rows):
        REVIEW.fire(review, "set aside")


def held_for(placement: Placement) -> list[Review]:
    """The reviews of a placement, the latest first, those that are open before them."""
    rows = select(Review).where(Review.placement_id == placement.id)
    return list(db.session.scalars(rows.order_by(Review.held_on.desc().nulls_first())))
