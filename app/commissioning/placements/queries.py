"""Placements and proposals as pages and other rooms ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.models import Child, Referral
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.panels.models import PanelItem
from app.commissioning.placements.bulk_models import BulkWork
from app.commissioning.placements.lifecycle import (
    OPEN,
    Destination,
    PlacementState,
    ProposalState,
)
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.plans.models import Plan
from app.kernel.database import db
from providers.models.offer import Offer
from providers.needs import Tier

WHOLE = (
    joinedload(Placement.child),
    joinedload(Placement.service),
    joinedload(Placement.officer),
    joinedload(Placement.offer).joinedload(Offer.provider),
)
"""What a line about a placement shows, in the same query."""

PLACEMENT_ORDERS = {
    "start": Placement.starts_on,
    "end": Placement.ends_on,
    "cost": Placement.pence_a_week,
    "name": Child.surname,
    "reference": Placement.id,
}
UNNAMED_ORDERS = PLACEMENT_ORDERS | {"name": Child.reference}
"""The same for whoever knows children by reference alone: an order by name would tell the name."""


@dataclass(frozen=True)
class PlacementCriteria:
    """Which placements to list; None leaves a thing open.

    officer_id: of one SEND officer. text: a child's name or reference, or PL-00012. by_name:
    whether whoever asks knows children by name; else neither search nor order goes by it.
    """

    state: PlacementState | None = None
    tier: Tier | None = None
    officer_id: int | None = None
    provider_id: int | None = None
    text: str = ""
    by_name: bool = True


def open_placements() -> Select:
    """Every placement that holds room: approved, agreed or live."""
    return select(Placement).where(Placement.state.in_(OPEN)).options(*WHOLE)


def live_at(provider_id: int) -> Sequence[Placement]:
    """The placements that are live at a provider, the earliest to start first."""
    statement = (
        select(Placement)
        .join(Placement.offer)
        .where(Offer.provider_id == provider_id, Placement.state == PlacementState.LIVE)
        .options(*WHOLE)
        .order_by(Placement.starts_on, Placement.id)
    )
    return db.session.scalars(statement).all()


def around(provider_id: int, since: date) -> Sequence[Placement]:
    """The placements that are live at a provider, about to start, or ended from a day on.

    The live ones come first, then those to start, then those that ended.
    """
    order = case(
        (Placement.state == PlacementState.LIVE, 0), (Placement.state.in_(OPEN), 1), else_=2
    )
    ended = and_(Placement.state == PlacementState.ENDED, Placement.ended_on >= since)
    statement = (
        select(Placement)
        .join(Placement.offer)
        .where(Offer.provider_id == provider_id, or_(Placement.state.in_(OPEN), ended))
        .options(*WHOLE)
        .order_by(order, Placement.starts_on, Placement.id)
    )
    return db.session.scalars(statement).all()


def about_to_start(provider_id: int) -> Sequence[Placement]:
    """The placements at a provider that are approved or agreed and have not begun."""
    waiting = (PlacementState.APPROVED, PlacementState.AGREED)
    statement = (
        select(Placement)
        .join(Placement.offer)
        .where(Offer.provider_id == provider_id, Placement.state.in_(waiting))
        .options(*WHOLE)
        .order_by(Placement.starts_on, Placement.id)
    )
    return db.session.scalars(statement).all()


def outcomes_at(provider_id: int) -> list[tuple[Destination, int]]:
    """What became of the placements that ended at a provider: destinations with their number."""
    counted = (
        select(Placement.destination, func.count())
        .join(Placement.offer)
        .where(Offer.provider_id == provider_id, Placement.state == PlacementState.ENDED)
        .group_by(Placement.destination)
    )
    found = dict(db.session.execute(counted).all())
    return [(each, found[each]) for each in Destination if each in found]


def of_child(child_id: int) -> Sequence[Placement]:
    """Every placement of a child, the latest to start first."""
    statement = (
        select(Placement)
        .where(Placement.child_id == child_id)
        .options(*WHOLE)
        .order_by(Placement.starts_on.desc(), Placement.id.desc())
    )
    return db.session.scalars(statement).all()


def placements(criteria: PlacementCriteria, by: str = "start", descending: bool = True) -> Select:
    """Placements that meet the criteria, in order."""
    column = (PLACEMENT_ORDERS if criteria.by_name else UNNAMED_ORDERS)[by]
    return (
        select(Placement)
        .join(Placement.child)
        .where(*_conditions(criteria))
        .options(*WHOLE)
        .order_by(column.desc() if descending else column.asc(), Placement.id.desc())
    )


def _conditions(criteria: PlacementCriteria) -> list:
    conditions = []
    if criteria.state is not None:
        conditions.append(Placement.state == criteria.state)
    if criteria.tier is not None:
        conditions.append(Placement.tier == criteria.tier)
    if criteria.officer_id is not None:
        conditions.append(Placement.officer_id == criteria.officer_id)
    if criteria.provider_id is not None:
        conditions.append(
            Placement.offer_id.in_(
                select(Offer.id).where(Offer.provider_id == criteria.provider_id)
            )
        )
    for word in criteria.text.split():
        names = (Child.forename, Child.surname) if criteria.by_name else ()
        conditions.append(
            or_(
                *(name.icontains(word, autoescape=True) for name in names),
                Child.reference.icontains(word, autoescape=True),
                Placement.id == number_in(word),
            )
        )
    return conditions


def number_in(reference: str) -> int:
    """The number in "PL-00012" or "PR-00012"; 0, which no row has, where it is no reference."""
    digits = reference.upper().removeprefix("PL-").removeprefix("PR-")
    return int(digits) if digits.isdecimal() and len(digits) <= 9 else 0


def proposals(state: ProposalState | None = None) -> Select:
    """Proposals, those that wait longest first where they wait for a decision."""
    statement = select(Proposal).options(
        joinedload(Proposal.referral).joinedload(Referral.child),
        selectinload(Proposal.placements).options(*WHOLE),
    )
    if state is None:
        return statement.order_by(Proposal.id.desc())
    return statement.where(Proposal.state == state).order_by(Proposal.proposed_at, Proposal.id)


def versions_of(placement: Placement) -> Sequence[Agreement]:
    """Every version of a placement's agreement, the newest first."""
    statement = select(Agreement).where(Agreement.placement_id == placement.id)
    return db.session.scalars(statement.order_by(Agreement.number.desc())).all()


def plan_of(proposal: Proposal) -> Plan | None:
    """The plan of a child's package with its objectives, None before it is begun."""
    statement = select(Plan).where(Plan.proposal_id == proposal.id)
    return db.session.scalar(statement.options(selectinload(Plan.objectives)))


def costs_of(placement: Placement) -> Sequence[PlacementCost]:
    """What a placement commits in each financial year, the earliest first."""
    statement = select(PlacementCost).where(PlacementCost.placement_id == placement.id)
    return db.session.scalars(statement.order_by(PlacementCost.year)).all()


def panel_items_of(proposal: Proposal) -> Sequence[PanelItem]:
    """The items of panels' agendas that a proposal was, the newest first."""
    statement = select(PanelItem).where(
        PanelItem.proposal_id == proposal.id, PanelItem.placement_agreement_id.is_(None)
    )
    statement = statement.options(joinedload(PanelItem.meeting))
    return db.session.scalars(statement.order_by(PanelItem.id.desc())).all()


def panel_items_about(version: Agreement) -> Sequence[PanelItem]:
    """The items of panels' agendas that a variation was, the newest first."""
    statement = select(PanelItem).where(PanelItem.placement_agreement_id == version.id)
    statement = statement.options(joinedload(PanelItem.meeting))
    return db.session.scalars(statement.order_by(PanelItem.id.desc())).all()


def bulk_work_on(run_id: int) -> Sequence[BulkWork]:
    """The bulk work that was asked for on a match, the newest first."""
    statement = select(BulkWork).where(BulkWork.match_run_id == run_id)
    return db.session.scalars(statement.order_by(BulkWork.id.desc())).all()
