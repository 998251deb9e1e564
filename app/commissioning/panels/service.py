"""Panels: their meetings, agendas and decisions."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.children.models import Referral
from app.commissioning.agreements import service as agreements
from app.commissioning.agreements.lifecycle import AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.panels.models import (
    PANEL,
    PanelDecision,
    PanelItem,
    PanelMeeting,
    PanelState,
)
from app.commissioning.placements import deciding
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.lifecycle import ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.placements.queries import WHOLE
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words


def meetings() -> Select:
    """Every meeting with its items, the latest first."""
    return (
        select(PanelMeeting)
        .options(selectinload(PanelMeeting.items))
        .order_by(PanelMeeting.held_on.desc(), PanelMeeting.id.desc())
    )


def coming() -> Sequence[PanelMeeting]:
    """The meetings whose agenda is open, the next one first."""
    statement = select(PanelMeeting).where(PanelMeeting.state == PanelState.PLANNED)
    return db.session.scalars(statement.order_by(PanelMeeting.held_on, PanelMeeting.id)).all()


def items_of(meeting: PanelMeeting) -> Sequence[PanelItem]:
    """The agenda with all that it shows of each proposal."""
    statement = (
        select(PanelItem)
        .where(PanelItem.panel_meeting_id == meeting.id)
        .options(
            joinedload(PanelItem.agreement).joinedload(Agreement.placement),
            joinedload(PanelItem.proposal).options(
                joinedload(Proposal.referral).joinedload(Referral.child),
                selectinload(Proposal.placements).options(
                    *WHOLE, selectinload(Placement.agreements)
                ),
            ),
        )
        .order_by(PanelItem.id)
    )
    return db.session.scalars(statement).unique().all()


def call(held_on: date, place: str, by: User) -> PanelMeeting:
    """Call a meeting on a day that has not passed. Raises RuleBroken."""
    require("Enter today or a later day." if held_on < today() else None)
    meeting = PanelMeeting(
        state=PANEL.initial, held_on=held_on, place=place.strip(), called_by=by.name
    )
    db.session.add(meeting)
    db.session.flush()
    return meeting


def put_on_agenda(meeting: PanelMeeting, proposal: Proposal) -> PanelItem:
    """Put a proposal that waits for a decision on an agenda. Raises RuleBroken."""
    ready = None
    if proposal.state is not ProposalState.SUBMITTED:
        ready = "Only a proposal that waits for a decision can be put on an agenda."
    same = (PanelItem.proposal_id == proposal.id, PanelItem.placement_agreement_id.is_(None))
    return _put(PanelItem(proposal=proposal), meeting, same, ready)


def put_variation_on_agenda(meeting: PanelMeeting, version: Agreement) -> PanelItem:
    """Put a variation that waits for approval on an agenda. Raises RuleBroken."""
    ready = None
    if version.state is not AgreementState.WAITING:
        ready = "Only a variation that waits for approval can be put on an agenda."
    same = (PanelItem.placement_agreement_id == version.id,)
    item = PanelItem(proposal=version.placement.proposal, agreement=version)
    return _put(item, meeting, same, ready)


def _put(
    item: PanelItem,
    meeting: PanelMeeting,
    same: Iterable[ColumnElement[bool]],
    objection: str | None,
) -> PanelItem:
    """Put an item on an agenda, unless the same one is on that of a meeting to come."""
    found = select(PanelItem).join(PanelItem.meeting).options(joinedload(PanelItem.meeting))
    elsewhere = db.session.scalar(found.where(*same, PanelMeeting.state == PanelState.PLANNED))
    require(
        objection,
        None
        if meeting.state is PanelState.PLANNED
        else f"This meeting is {meeting.state.label.lower()}.",
        f"It is on the agenda of {in_words(elsewhere.meeting.held_on)} already."
        if elsewhere
        else None,
    )
    item.meeting = meeting
    db.session.add(item)
    db.session.flush()
    return item


def cost_of(item: PanelItem) -> int:
    """What is to be decided costs over its whole length, with transport, in pence."""
    if item.agreement is None:
        return deciding.whole_cost(item.proposal)
    return agreements.whole_cost_with(item.agreement)


def take_off(item: PanelItem) -> None:
    """Take an item off an agenda before it is decided. Raises RuleBroken."""
    require("The panel has decided about it already." if item.decision else None)
    db.session.delete(item)
    db.session.flush()


def record(
    item: PanelItem, decision: PanelDecision, reason: str, by: User, *, seen: int | None = None
) -> None:
    """Record what a panel decided about a proposal or a variation, which is then so decided.

    by: who records it, never the proposer. seen: the version of the proposal.
    Raises RuleBroken with every reason, as a commissioner's own decision would.
    """
    require(
        None
        if item.meeting.state is PanelState.PLANNED
        else "This meeting is closed. Its decisions stand.",
        "The panel has decided about it already." if item.decision else None,
        None if reason.strip() else "Enter the panel’s reason.",
        f"The panel meets on {in_words(item.meeting.held_on)}. Record its decisions then."
        if item.meeting.held_on > today()
        else None,
    )
    if item.agreement is not None:
        _decide_variation(item.agreement, decision, reason, by)
    else:
        _decide_proposal(item, decision, reason, by, seen)
    item.decision, item.reason = decision, reason.strip()
    item.recorded_by, item.recorded_at = by.name, now()
    db.session.flush()


def _decide_variation(version: Agreement, decision: PanelDecision, reason: str, by: User) -> None:
    require(
        "Approve or refuse a variation. Whoever asked for it can ask for another."
        if decision is PanelDecision.QUESTIONED
        else None
    )
    if decision is PanelDecision.APPROVED:
        agreements.approve(version, by, panel=True)
    else:
        agreements.refuse(version, reason, by, panel=True)


def _decide_proposal(
    item: PanelItem, decision: PanelDecision, reason: str, by: User, seen: int | None
) -> None:
    decider = Decider(by, panel=True)
    if decision is PanelDecision.APPROVED:
        deciding.approve(item.proposal, decider, seen=seen)
        item.proposal.decision_reason = reason.strip()
    elif decision is PanelDecision.REFUSED:
        deciding.refuse(item.proposal, reason, decider, seen=seen)
    else:
        deciding.return_with_question(item.proposal, reason, decider, seen=seen)


def close(meeting: PanelMeeting, present: str, notes: str) -> None:
    """Close a meeting: every item is decided, and who was there is known. Raises RuleBroken."""
    meeting.present, meeting.notes = present.strip(), notes.strip() or None
    PANEL.fire(meeting, "close")
    db.session.flush()


def cancel(meeting: PanelMeeting) -> None:
    """Cancel a meeting that has decided nothing; its items can go on another agenda."""
    decided = any(item.decision for item in meeting.items)
    require("The panel has decided about items already. Close the meeting." if decided else None)
    for item in list(meeting.items):
        meeting.items.remove(item)
    PANEL.fire(meeting, "cancel")
    db.session.flush()
