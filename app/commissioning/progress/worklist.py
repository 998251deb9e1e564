"""Which reviews are due: one line for each live placement, with the reason for its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.children.terms import Calendar, calendar
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.commissioning.plans.models import Plan
from app.commissioning.progress.lifecycle import ReviewKind, ReviewState
from app.commissioning.progress.models import Review
from app.commissioning.progress.schedule import Timing, Urgency, due_after, in_words, timing
from app.kernel.database import db

_ORDER = tuple(Urgency)


@dataclass(frozen=True)
class Line:
    """A live placement and its next review. last: the day of the last one, None before the first.
    review: the urgent one that is open."""

    placement: Placement
    timing: Timing
    last: date | None
    review: Review | None = None

    @property
    def why(self) -> str:
        """Why it stands where it does, in words."""
        if self.review is not None:
            return self.review.cause or ""
        since = "last review" if self.last else "first day"
        return f"A half-term after the {since} at most; due {in_words(self.timing)}"


def lines(on: date, officer_id: int | None = None) -> list[Line]:
    """Every live placement with its next review, the most urgent first; or one officer's."""
    found = select(Placement).where(Placement.state == PlacementState.LIVE).options(*WHOLE)
    if officer_id is not None:
        found = found.where(Placement.officer_id == officer_id)
    placements = db.session.scalars(found).unique().all()
    lasts, planned, urgent = _last_held(), _planned(), _open()
    here, dues = calendar(), {}
    listed = [
        _line(each, lasts.get(each.id), planned.get(each.proposal_id, ()), urgent, on, here, dues)
        for each in placements
    ]
    return sorted(
        listed,
        key=lambda line: (
            _ORDER.index(line.timing.urgency),
            line.timing.due_on,
            line.placement.id,
        ),
    )


def line_of(placement: Placement, on: date) -> Line:
    """One placement and its next review."""
    held = select(func.max(Review.held_on)).where(
        Review.placement_id == placement.id, Review.state == ReviewState.HELD
    )
    plan = placement.plan
    return _line(
        placement,
        db.session.scalar(held),
        plan.reviews if plan else (),
        {each.placement_id: each for each in _open(placement.id).values()},
        on,
        calendar(),
        {},
    )


def _line(
    placement: Placement,
    last: date | None,
    planned: Iterable[date],
    urgent: dict[int, Review],
    on: date,
    here: Calendar,
    dues: dict[tuple, date],
) -> Line:
    review = urgent.get(placement.id)
    if review is not None:
        is_urgent = review.kind is ReviewKind.URGENT
        return Line(placement, timing(review.due_on, on, here, urgent=is_urgent), last, review)
    key = (last or placement.starts_on, tuple(planned))
    if key not in dues:
        dues[key] = due_after(*key[:1], here, key[1])
    return Line(placement, timing(dues[key], on, here), last)


def _last_held() -> dict[int, date]:
    rows = select(Review.placement_id, func.max(Review.held_on)).where(
        Review.state == ReviewState.HELD
    )
    return dict(db.session.execute(rows.group_by(Review.placement_id)).all())


def _planned() -> dict[int, list[date]]:
    rows = db.session.execute(
        select(Plan.proposal_id, Plan.review_dates)
        .join(Placement, Placement.proposal_id == Plan.proposal_id)
        .where(Placement.state == PlacementState.LIVE)
    )
    return {key: [date.fromisoformat(day) for day in days] for key, days in rows}


def _open(placement_id: int | None = None) -> dict[int, Review]:
    rows = select(Review).where(Review.state == ReviewState.OPEN)
    if placement_id is not None:
        rows = rows.where(Review.placement_id == placement_id)
    return {review.placement_id: review for review in db.session.scalars(rows)}
