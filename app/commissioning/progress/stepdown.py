"""Placements that may be ready to move on, with what that would save, in pence and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.children.terms import calendar
from app.commissioning.budgets import costs
from app.commissioning.placements.gatekeeping import SETTINGS
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.commissioning.progress.lifecycle import NextStep, ReviewState
from app.commissioning.progress.models import Review
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.words import in_words
from providers.needs import Tier

COSTLY = 50_000
"""Pence a week, with transport, from which a placement is looked at for its cost."""
MOVING_ON = (NextStep.STEP_DOWN, NextStep.REINTEGRATE, NextStep.END)


@dataclass(frozen=True)
class Candidate:
    """A live placement that may be ready to move on. reasons: in words. saving: in pence, to its
    planned last day. from_day: the first day on which less would be paid. hours: a week from then
    on, 0 where it would end. is_agreed: whether the last review said that the child moves on."""

    placement: Placement
    reasons: tuple[str, ...]
    from_day: date
    hours: int
    saving: int
    is_agreed: bool

    @property
    def in_words(self) -> str:
        """What would be done, and what it saves."""
        if not self.saving:
            return "It ends before less could be paid."
        day, sum_ = in_words(self.from_day), pounds(self.saving)
        ends = in_words(self.placement.ends_on)
        if self.hours:
            return (
                f"{self.hours} hours a week in place of {self.placement.hours} from {day}"
                f" to {ends} would save {sum_}."
            )
        return f"Ending it before {day}, not on {ends}, would save {sum_}."


def candidates(on: date) -> list[Candidate]:
    """The live placements that may be ready to move on: the largest saving first, those of which
    a review says so before the others."""
    found = select(Placement).where(Placement.state == PlacementState.LIVE).options(*WHOLE)
    last = _last_reviews()
    from_day = calendar().half_term_containing(on)[1] + timedelta(days=1)
    listed = [
        each
        for placement in db.session.scalars(found).unique()
        if (each := candidate(placement, last.get(placement.id), on, from_day))
    ]
    return sorted(listed, key=lambda each: (not each.is_agreed, -each.saving, each.placement.id))


def candidate(
    placement: Placement, review: Review | None, on: date, from_day: date
) -> Candidate | None:
    """One live placement as a candidate; None where nothing speaks for moving on.

    review: the last one held. Less is paid from from_day, the day after the present half-term.
    """
    reasons = tuple(_reasons(placement, review, on))
    if not reasons:
        return None
    agreed = review is not None and review.next_step in MOVING_ON
    steps = review is not None and review.next_step is NextStep.STEP_DOWN
    hours = min(review.new_hours or 0, placement.hours) if steps else 0
    return Candidate(
        placement, reasons, from_day, hours, _saving(placement, from_day, hours), agreed
    )


def _reasons(placement: Placement, review: Review | None, on: date):
    if review is not None and review.next_step in MOVING_ON:
        yield f"The review of {in_words(review.held_on)} said: {review.next_step.label.lower()}"
    weeks, most = (on - placement.starts_on).days // 7, SETTINGS.longest[placement.tier]
    warn = SETTINGS.warn_from.get(placement.tier, most)
    tier = placement.tier.label.split(":")[0].lower()
    if weeks >= most:
        yield f"{weeks} weeks so far; {tier} is meant for at most {most}"
    elif weeks >= warn:
        yield f"{weeks} weeks so far; {tier} is looked at from {warn}"
    if placement.whole_pence_a_week >= COSTLY:
        yield f"{pounds(placement.whole_pence_a_week)} a week with transport"


def _saving(placement: Placement, from_day: date, hours: int) -> int:
    """What would not be paid from a day to the planned last one, school days alone, in pence.

    Transport is saved only where the placement ends.
    """
    if from_day > placement.ends_on:
        return 0
    less = placement.pence_a_week - hours * placement.pence_per_hour
    transport = 0 if hours else placement.transport_pence_a_week
    stretch = costs.Stretch(from_day, placement.ends_on, max(0, less), transport)
    return costs.total(costs.by_year([stretch]))


def _last_reviews() -> dict[int, Review]:
    latest = (
        select(Review.placement_id, func.max(Review.held_on).label("held_on"))
        .where(Review.state == ReviewState.HELD)
        .group_by(Review.placement_id)
        .subquery()
    )
    rows = select(Review).join(
        latest,
        (Review.placement_id == latest.c.placement_id) & (Review.held_on == latest.c.held_on),
    )
    return {review.placement_id: review for review in db.session.scalars(rows)}


def total_saving(found: Sequence[Candidate], *, agreed_only: bool = False) -> int:
    """What several would save together, in pence."""
    return sum(each.saving for each in found if each.is_agreed or not agreed_only)


def by_tier(found: Sequence[Candidate]) -> dict[Tier, int]:
    """How many candidates each tier has."""
    return {tier: sum(each.placement.tier is tier for each in found) for tier in Tier}
