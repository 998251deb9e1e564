"""Ending a placement: last day, destination, outcome per objective, and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning.attendance.queries import delivered_hours
from app.commissioning.budgets import costs
from app.commissioning.placements import running
from app.commissioning.placements.deciding import settle_referral
from app.commissioning.placements.lifecycle import OPEN, Destination
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import plan_of
from app.commissioning.progress.lifecycle import Outcome
from app.commissioning.progress.models import Ending, ObjectiveOutcome
from app.commissioning.progress.reviews import set_aside_open
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.money import round_half_up
from app.kernel.rules import require
from app.kernel.words import in_words
from app.notices import service as notices
from app.notices.topics import Topic


@dataclass(frozen=True)
class Account:
    """What a placement came to by a day, in minutes and pence net of VAT. delivered: what the
    registers show at the agreed price; agreed: what was committed for the same time."""

    minutes: int
    delivered: int
    agreed: int


def account(placement: Placement, until: date) -> Account:
    """What a placement has come to by a day, that day included; nothing before it began."""
    hours = delivered_hours([placement.id], placement.starts_on, until)[placement.id]
    years = costs.cost_of(placement, until) if until >= placement.starts_on else []
    return Account(
        round_half_up(hours * 60),
        round_half_up(hours * Fraction(placement.pence_per_hour)),
        sum(year.pence for year in years),
    )


def end(
    placement: Placement,
    last_day: date,
    destination: Destination,
    outcomes: Mapping[int, Outcome],
    *,
    where: str,
    reason: str,
    waits_again: bool,
    by: User,
) -> Ending:
    """End a live placement and write down how it ended; its room and its cost stop there.

    outcomes: for each objective of the plan, by its id. A placement that broke down always puts
    the child back on the waiting list; any other does where waits_again says so.
    Raises RuleBroken with every reason: a day before the first or still to come, an objective
    without an outcome, no reason, or a placement that is not live.
    """
    plan = plan_of(placement.proposal)
    objectives = {each.id: each for each in plan.objectives} if plan else {}
    broke_down = destination is Destination.BROKE_DOWN
    require(
        f"It began on {in_words(placement.starts_on)}. Enter that day or a later one."
        if last_day < placement.starts_on
        else None,
        f"{in_words(last_day)} is still to come. End the placement on its last day; to shorten it,"
        " agree a variation."
        if last_day > today()
        else None,
        None if reason.strip() else "Enter why the placement ended.",
        "Select what became of every objective of the plan."
        if objectives.keys() - outcomes.keys()
        else None,
    )
    running.end(placement, last_day, destination, by)
    if waits_again and not broke_down:
        settle_referral(placement.proposal)
    if waits_again or broke_down:
        _count_from(placement, last_day + timedelta(days=1))
    came_to = account(placement, last_day)
    ending = Ending(
        placement=placement,
        where=where.strip() or None,
        reason=reason.strip(),
        waits_again=waits_again or broke_down,
        delivered_minutes=came_to.minutes,
        delivered_pence=came_to.delivered,
        agreed_pence=came_to.agreed,
        recorded_by=by.name,
        recorded_at=now(),
        outcomes=[
            ObjectiveOutcome(objective=objectives[key], outcome=outcome)
            for key, outcome in outcomes.items()
            if key in objectives
        ],
    )
    db.session.add(ending)
    set_aside_open(placement)
    db.session.flush()
    _tell(placement)
    return ending


def _count_from(placement: Placement, day: date) -> None:
    """Begin the waiting clock anew for a child who now has no provision at all."""
    others = select(Placement.id).where(
        Placement.child_id == placement.child_id, Placement.state.in_(OPEN)
    )
    if db.session.scalar(others.limit(1)) is None:
        placement.referral.out_of_education_since = day


def _tell(placement: Placement) -> None:
    people = [
        *notices.people_of(placement.offer.provider),
        *notices.person(placement.officer_id),
    ]
    page, key = f"/placements/{placement.id}", f"placement:{placement.id}:ended"
    notices.tell(people, Topic.PLACEMENT_ENDING, page=page, key=key)


def ending_of(placement: Placement) -> Ending | None:
    """How a placement ended; None while it has not."""
    return db.session.scalar(select(Ending).where(Ending.placement_id == placement.id))
