"""What commissioning shows: match runs, and what each found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from app.children.lifecycle import ReferralState
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import (
    MatchOutcome,
    MatchRun,
    Recommendation,
    RunKind,
)
from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import NeedType


class Order(Protocol):
    """A column to order by, and which way."""

    by: str
    descending: bool


@dataclass(frozen=True)
class OutcomeCriteria:
    """Which outcomes of a run to list; None leaves a thing open. text: in name or reference."""

    placed: bool | None = None
    need_type: NeedType | None = None
    service_id: int | None = None
    text: str = ""


OUTCOME_ORDERS = {
    "waiting": Referral.out_of_education_since,
    "name": Child.surname,
    "hours": MatchOutcome.hours,
    "cost": MatchOutcome.weekly_cost_pence,
    "distance": MatchOutcome.furthest_km,
}


def waiting_referrals(*conditions: ColumnElement[bool]) -> list[Referral]:
    """Every referral that waits for provision, with all that matching needs, oldest first.

    conditions: of these only those that meet each.
    """
    return list(
        db.session.scalars(
            select(Referral)
            .where(Referral.state == ReferralState.WAITING, *conditions)
            .options(
                joinedload(Referral.child).selectinload(Child.needs),
                selectinload(Referral.components).joinedload(Component.service),
                selectinload(Referral.wishes).joinedload(ProviderWish.provider),
            )
            .order_by(Referral.id)
        )
    )


def waiting_counts() -> tuple[int, int]:
    """How many children wait, and for how many hours a week that have no place yet."""
    waiting = Referral.state == ReferralState.WAITING
    children = select(func.count(distinct(Referral.child_id))).where(waiting)
    held = select(Placement.component_id).where(
        Placement.state.in_(OPEN), Placement.ends_on >= today(), Placement.component_id.is_not(None)
    )
    hours = (
        select(func.coalesce(func.sum(Component.hours), 0))
        .join(Referral)
        .where(waiting, Component.id.not_in(held))
    )
    return db.session.scalar(children) or 0, db.session.scalar(hours) or 0


def runs() -> Select:
    """Matches, the newest first; trials are not among them."""
    return select(MatchRun).where(MatchRun.kind == RunKind.MATCH).order_by(MatchRun.id.desc())


def last_finished_run() -> MatchRun | None:
    """The newest run that came to an end with a result."""
    return db.session.scalar(runs().where(MatchRun.state == RunState.FINISHED).limit(1))


def run_under_way() -> MatchRun | None:
    """The newest run that is asked for or being done."""
    under_way = (RunState.QUEUED, RunState.RUNNING)
    return db.session.scalar(runs().where(MatchRun.state.in_(under_way)).limit(1))


def ahead_of(run: MatchRun) -> int:
    """How many matches and trials are to be done before a run that waits for its turn."""
    under_way = (RunState.QUEUED, RunState.RUNNING)
    earlier = select(func.count(MatchRun.id)).where(
        MatchRun.state.in_(under_way), MatchRun.id < run.id
    )
    return db.session.scalar(earlier) or 0


def outcomes(run: MatchRun, criteria: OutcomeCriteria, order: Order | None = None) -> Select:
    """A run's outcomes with all that a list of them shows, in a fixed number of queries."""
    statement = (
        select(MatchOutcome)
        .join(MatchOutcome.child)
        .join(MatchOutcome.referral)
        .where(MatchOutcome.run_id == run.id, *_conditions(criteria))
        .options(
            joinedload(MatchOutcome.child).selectinload(Child.needs),
            joinedload(MatchOutcome.referral)
            .selectinload(Referral.components)
            .joinedload(Component.service),
            *_recommended(),
        )
    )
    return statement.order_by(*_ordering(order), MatchOutcome.id)


def whole_outcomes(run: MatchRun, *conditions: ColumnElement[bool]) -> Sequence[MatchOutcome]:
    """All outcomes of a run with what a map of it shows, without the reasons in words.

    Of thousands of children the reasons are tens of megabytes. conditions: of these outcomes only
    those that meet each.
    """
    statement = (
        select(MatchOutcome)
        .where(MatchOutcome.run_id == run.id, *conditions)
        .options(
            defer(MatchOutcome.reasons),
            joinedload(MatchOutcome.child),
            joinedload(MatchOutcome.referral),
            *_recommended(*map(defer, _IN_WORDS)),
        )
        .order_by(MatchOutcome.id)
    )
    return db.session.scalars(statement).unique().all()


def cost_by_service(run: MatchRun) -> list[tuple[str, int, int, int]]:
    """For each service: its name, components placed, hours a week, pence a week."""
    statement = (
        select(
            Service.name,
            func.count(Recommendation.id),
            func.sum(Recommendation.hours),
            func.sum(Recommendation.weekly_cost_pence),
        )
        .join(Recommendation.outcome)
        .join(Recommendation.offer)
        .join(Offer.service)
        .where(MatchOutcome.run_id == run.id)
        .group_by(Service.name)
        .order_by(Service.name)
    )
    return [tuple(row) for row in db.session.execute(statement)]


def services() -> Sequence[Service]:
    """Every service by name, for choosing."""
    return db.session.scalars(select(Service).order_by(Service.name)).all()


_IN_WORDS = (Recommendation.why, Recommendation.drawbacks, Recommendation.next_best)


def _recommended(*options: Any) -> tuple:
    """What is recommended, with the offer. options: what else to say of how it is read."""
    offer = joinedload(Recommendation.offer).options(
        joinedload(Offer.provider).load_only(
            Provider.name, Provider.reference, Provider.registration
        ),
        joinedload(Offer.service),
        joinedload(Offer.site),
    )
    return (selectinload(MatchOutcome.recommendations).options(offer, *options),)


def _conditions(criteria: OutcomeCriteria) -> list:
    conditions = []
    if criteria.placed is not None:
        conditions.append(MatchOutcome.placed == criteria.placed)
    if criteria.need_type is not None:
        conditions.append(Child.needs.any(ChildNeed.need_type == criteria.need_type))
    if criteria.service_id is not None:
        conditions.append(Referral.components.any(Component.service_id == criteria.service_id))
    for word in criteria.text.split():
        conditions.append(
            or_(
                Child.forename.icontains(word, autoescape=True),
                Child.surname.icontains(word, autoescape=True),
                Child.reference.icontains(word, autoescape=True),
            )
        )
    return conditions


def _ordering(order: Order | None) -> list:
    """Longest wait first unless asked otherwise; gaps always at the end."""
    column = OUTCOME_ORDERS[order.by if order else "waiting"]
    down = order.descending if order else True
    if column is Referral.out_of_education_since:
        down = not down  # the earliest date is the longest wait
    return [column.is_(None), column.desc() if down else column.asc()]
