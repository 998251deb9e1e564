"""Writing a child's plan: saved at any time as a draft, complete once nothing is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.children.terms import calendar
from app.commissioning.placements.lifecycle import PlacementState, ProposalState
from app.commissioning.placements.models import Proposal
from app.commissioning.plans.models import PARTS, Objective, Plan
from app.commissioning.progress.models import ObjectiveOutcome, ObjectiveProgress
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words

MOST_OBJECTIVES = 8


@dataclass(frozen=True)
class Aim:
    """An objective as it is written; one without an aim is left out."""

    aim: str
    indicator: str
    baseline: str
    target: str = ""


def save(
    proposal: Proposal,
    parts: Mapping[str, Any],
    aims: Iterable[Aim],
    reviews: Sequence[date],
) -> Plan:
    """Keep what has been written of a plan, complete or not.

    parts: by the names in `PARTS`. Raises RuleBroken where an objective lacks its indicator or
    baseline, a review lies outside the placement, the plan is for nothing that was approved, or
    something is missing though the child has begun.
    """
    written = [aim for aim in aims if aim.aim or aim.indicator or aim.baseline or aim.target]
    first, last = days_of(proposal)
    require(
        None
        if proposal.state is ProposalState.APPROVED
        else "A plan is written once its placement is approved.",
        *(
            f"Objective {number}: enter the aim, how it is measured and where the child starts."
            for number, aim in enumerate(written, 1)
            if not (aim.aim and aim.indicator and aim.baseline)
        ),
        *(
            f"{in_words(day)} is outside the placement, which runs from {in_words(first)} to "
            f"{in_words(last)}. Enter review dates inside it."
            for day in reviews
            if not first <= day <= last
        ),
    )
    plan = proposal.plan
    if plan is None:
        plan = Plan()
        proposal.plan = plan
    for name in PARTS:
        setattr(plan, name, parts.get(name) or None)
    plan.review_dates = [day.isoformat() for day in sorted(set(reviews))]
    _keep_aims(plan, written)
    live = any(each.state is PlacementState.LIVE for each in proposal.placements)
    require(*(f"The placement is live. {words}" for words in plan.missing()) if live else ())
    db.session.flush()
    return plan


def _keep_aims(plan: Plan, written: list[Aim]) -> None:
    """Change objectives in their places, so that what reviews say of each stays with it."""
    for place, aim in enumerate(written):
        if place >= len(plan.objectives):
            plan.objectives.append(Objective())
        row = plan.objectives[place]
        row.aim, row.indicator = aim.aim, aim.indicator
        row.baseline, row.target = aim.baseline, aim.target
    extra = plan.objectives[len(written) :]
    ids = [row.id for row in extra if row.id is not None]
    require(
        "A review has judged an objective that you took out. Keep it, or change its words."
        if _is_judged(ids)
        else None
    )
    for row in extra:
        plan.objectives.remove(row)


def _is_judged(ids: Sequence[int]) -> bool:
    """Whether a review or an ending says something of any of these objectives."""
    said = [
        select(row.id).where(row.objective_id.in_(ids)).limit(1)
        for row in (ObjectiveProgress, ObjectiveOutcome)
    ]
    return bool(ids) and any(db.session.scalar(each) for each in said)


def days_of(proposal: Proposal) -> tuple[date, date]:
    """First and last day of a child's package."""
    return (
        min(each.starts_on for each in proposal.placements),
        max(each.ends_on for each in proposal.placements),
    )


def suggested_reviews(proposal: Proposal) -> list[date]:
    """A review in the last week of each half-term that the placement runs in: at least
    half-termly, as the guidance asks (Arranging Alternative Provision, DfE 2025)."""
    first, last = days_of(proposal)
    found = []
    for begins, ends in calendar().half_terms:
        if ends < first or begins > last:
            continue
        day = min(ends, last)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        if first <= day <= last:
            found.append(day)
    return found
