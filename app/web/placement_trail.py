"""The history of a proposal and its placements in plain words, from the audit trail."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, or_, select

from app.commissioning.agreements.lifecycle import AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.panels.models import PanelItem
from app.commissioning.placements.lifecycle import Destination, PlacementState, ProposalState
from app.commissioning.placements.models import Disclosure, Placement, Proposal
from app.commissioning.plans.models import Objective, Plan
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.web.trail import Entry, in_entries

MOST = 300
_PROPOSAL = {
    ProposalState.SUBMITTED: "Submitted for a decision",
    ProposalState.QUESTIONED: "Returned with a question",
    ProposalState.APPROVED: "Proposal approved",
    ProposalState.REFUSED: "Proposal refused",
    ProposalState.WITHDRAWN: "Proposal withdrawn",
}
_PLACEMENT = {
    PlacementState.APPROVED: "approved; its room is promised",
    PlacementState.AGREED: "agreed with the provider",
    PlacementState.LIVE: "started",
    PlacementState.ENDED: "ended",
    PlacementState.CANCELLED: "cancelled",
}
_AGREEMENT = {
    AgreementState.OFFERED: "sent to the provider",
    AgreementState.ACCEPTED: "accepted by the provider",
    AgreementState.DECLINED: "declined by the provider",
    AgreementState.REFUSED: "refused",
    AgreementState.WITHDRAWN: "withdrawn",
    AgreementState.REPLACED: "replaced by a later version",
}
_PLAN = {
    "purpose": "purpose",
    "route_back": "route back",
    "longest_weeks": "maximum length",
    "risk_assessment": "risk assessment",
    "attendance": "arrangements for attendance",
    "absence": "arrangements for absence",
    "transport": "transport",
    "review_dates": "review dates",
}


def history_of(proposal: Proposal) -> list[Entry]:
    """Everything that was done about a proposal, its placements, agreements and plan."""
    ids = [placement.id for placement in proposal.placements]
    agreements = select(Agreement.id).where(Agreement.placement_id.in_(ids))
    disclosures = select(Disclosure.id).where(Disclosure.placement_id.in_(ids))
    plans = select(Plan.id).where(Plan.proposal_id == proposal.id)
    objectives = select(Objective.id).where(Objective.plan_id.in_(plans))
    items = select(PanelItem.id).where(PanelItem.proposal_id == proposal.id)
    about = {
        Proposal: [proposal.id],
        Placement: ids,
        Agreement: agreements,
        Disclosure: disclosures,
        Plan: plans,
        Objective: objectives,
        PanelItem: items,
    }
    return _entries(about, ids)


def history_for_provider(placement: Placement, versions: Iterable[Agreement]) -> list[Entry]:
    """What a placement's provider may know: the placement itself, and the versions that it sees."""
    told = select(Disclosure.id).where(Disclosure.placement_id == placement.id)
    about = {
        Placement: [placement.id],
        Agreement: [version.id for version in versions],
        Disclosure: told,
    }
    return _entries(about, [placement.id])


def _entries(about: dict[Any, Any], placement_ids: Iterable[int]) -> list[Entry]:
    statement = (
        select(AuditEvent)
        .where(
            or_(
                *(
                    and_(AuditEvent.subject == model.__tablename__, AuditEvent.subject_id.in_(rows))
                    for model, rows in about.items()
                )
            )
        )
        .order_by(AuditEvent.id.desc())
        .limit(MOST)
    )
    events = list(db.session.scalars(statement))
    return in_entries(events, Words(_agreements_by_id(placement_ids)))


def _agreements_by_id(placement_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    rows = select(Agreement.id, Agreement.placement_id, Agreement.number)
    found = db.session.execute(rows.where(Agreement.placement_id.in_(placement_ids)))
    return {number: (placement, version) for number, placement, version in found}


class Words:
    """Turns an event into sentences without a full stop."""

    def __init__(self, agreements: dict[int, tuple[int, int]]) -> None:
        self._agreements = agreements

    def __call__(self, event: AuditEvent) -> list[str]:
        """The sentences of one event, none for what a reader needs not know."""
        told = {
            "placement_proposal": self._proposal,
            "placement": self._placement,
            "placement_agreement": self._agreement,
            "placement_plan": self._plan,
            "plan_objective": self._objective,
            "panel_item": self._panel,
            "identity_disclosure": self._disclosure,
        }[event.subject]
        return told(event)

    @staticmethod
    def _proposal(event: AuditEvent) -> list[str]:
        if event.kind == "created":
            return ["Proposal drafted"]
        state = _after(event, "state")
        return [_PROPOSAL[ProposalState(state)]] if state in _PROPOSAL else []

    @staticmethod
    def _placement(event: AuditEvent) -> list[str]:
        name = f"PL-{event.subject_id:05}"
        if event.kind == "created":
            return []
        state, words = _after(event, "state"), []
        if state in _PLACEMENT:
            words.append(f"{name} {_PLACEMENT[PlacementState(state)]}")
        if (where := _after(event, "destination")) is not None:
            words.append(f"{name}: {Destination(where).label.lower()}")
        for field, label in (("hours", "hours a week"), ("ends_on", "planned last day")):
            if field in event.changes:
                before, after = event.changes[field]
                words.append(f"{name}: {label} changed from {before} to {after}")
        return words

    def _agreement(self, event: AuditEvent) -> list[str]:
        placement, version = self._agreements.get(event.subject_id or 0, (0, 0))
        state = _after(event, "state")
        if state not in _AGREEMENT:
            return []
        done = _AGREEMENT[AgreementState(state)]
        return [f"Version {version} of the agreement for PL-{placement:05} {done}"]

    @staticmethod
    def _plan(event: AuditEvent) -> list[str]:
        if event.kind == "created":
            return ["Learner Intervention Plan begun"]
        parts = [_PLAN[field] for field in event.changes if field in _PLAN]
        return [f"Plan: {part} written" for part in parts]

    @staticmethod
    def _objective(event: AuditEvent) -> list[str]:
        done = {"created": "added", "changed": "changed", "deleted": "taken out"}[event.kind]
        return [f"Plan: objective {done}"]

    @staticmethod
    def _panel(event: AuditEvent) -> list[str]:
        if event.kind == "created":
            return ["Put on a panel’s agenda"]
        decision = _after(event, "decision")
        return [f"Panel’s decision recorded: {decision}"] if decision else []

    @staticmethod
    def _disclosure(_event: AuditEvent) -> list[str]:
        return ["The provider was told who the child is"]


def _after(event: AuditEvent, field: str) -> Any:
    return event.changes.get(field, (None, None))[1]
