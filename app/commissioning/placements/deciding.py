"""Deciding about proposals: within a person's limit or by a panel, once, on what holds now."""

from dataclasses import dataclass

from app.accounts.models import User
from app.children.lifecycle import REFERRAL, ReferralState
from app.commissioning.agreements import offering
from app.commissioning.budgets import costs, limits
from app.commissioning.inputs import Gathered
from app.commissioning.placements import full
from app.commissioning.placements.gatekeeping import Assessment, Ground, assess
from app.commissioning.placements.lifecycle import (
    OPEN,
    PLACEMENT,
    PROPOSAL,
    PlacementState,
    ProposalState,
)
from app.commissioning.placements.models import Disclosure, Placement, Proposal
from app.commissioning.placements.proposing import drop_placements
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.rules import RuleBroken, require
from app.kernel.words import in_words
from providers import commitments
from providers.queries import Closure

STALE = (
    "This proposal has changed since you opened it. Read it again before you decide: "
    "what you saw may no longer hold."
)


@dataclass(frozen=True)
class Decider:
    """Who decides, and by what power. panel: the decision is a panel's, this person's only to
    record, so the person's limit does not count."""

    user: User
    panel: bool = False


def approve(
    proposal: Proposal, by: Decider, *, seen: int | None = None, gathered: Gathered | None = None
) -> None:
    """Award every placement of a proposal: its room, its money and its agreement, or nothing.

    seen: the version that the person decided on. gathered: what was read, where many are decided.
    Raises RuleBroken with every reason: proposer and decider are the same, beyond the limit,
    changed since it was seen, or something in the way now.
    """
    proposal = _locked(proposal, seen)
    _name_decider(proposal, by)
    require(
        *PROPOSAL.reasons_against(proposal, "approve"),
        None if by.panel else beyond_limit(proposal, by.user),
    )
    full.hold(proposal)
    found = assess(proposal, gathered)
    require(*found.blocks, *_new_exceptions(proposal, found))
    proposal.decided_at = now()
    PROPOSAL.fire(proposal, "approve")
    for placement in sorted(proposal.placements, key=lambda each: each.offer_id):
        _award(placement, by)
    settle_referral(proposal)


def _award(placement: Placement, by: Decider) -> None:
    """Take the room under its lock, tell the provider who the child is, offer the agreement.

    The cap was judged at the placement's own price, which an offer may put below the list's.
    """
    try:
        placement.commitment = commitments.promise(
            placement.offer,
            reference=placement.reference,
            hours=placement.hours,
            sessions=placement.sessions,
            starts_on=placement.starts_on,
            ends_on=placement.ends_on,
            pence_a_week=placement.pence_a_week,
            source=f"{placement.proposal.reference}, approved by {by.user.name}",
            despite=(Closure.CAP,),
        )
    except RuleBroken as refusal:
        name = placement.offer.provider.name
        raise RuleBroken(*(f"{name}: {reason}" for reason in refusal.reasons)) from refusal
    placement.awarded_at = now()
    PLACEMENT.fire(placement, "approve")
    db.session.add(
        Disclosure(
            child_id=placement.child_id,
            provider_id=placement.offer.provider_id,
            placement_id=placement.id,
            ground=f"Award of {placement.reference}",
            told_by=by.user.name,
            told_at=now(),
        )
    )
    offering.first_version(placement, by.user)
    costs.keep(placement)


def return_with_question(
    proposal: Proposal, question: str, by: Decider, *, seen: int | None = None
) -> None:
    """Give a proposal back to whoever made it. Raises RuleBroken without a question."""
    proposal = _locked(proposal, seen)
    require(None if question.strip() else "Enter your question.")
    proposal.question, proposal.answer = question.strip(), None
    PROPOSAL.fire(proposal, "return with a question")
    db.session.flush()


def refuse(proposal: Proposal, reason: str, by: Decider, *, seen: int | None = None) -> None:
    """Refuse a proposal for a reason; the child goes on waiting."""
    proposal = _locked(proposal, seen)
    require(None if reason.strip() else "Enter why you refuse it.")
    _name_decider(proposal, by)
    proposal.decision_reason = reason.strip()
    require(*PROPOSAL.reasons_against(proposal, "refuse"))
    proposal.decided_at = now()
    PROPOSAL.fire(proposal, "refuse")
    drop_placements(proposal)


def whole_cost(proposal: Proposal) -> int:
    """What a proposal costs over its whole length, with transport, in pence."""
    return sum(costs.total(costs.cost_of(placement)) for placement in proposal.placements)


def beyond_limit(proposal: Proposal, user: User) -> str | None:
    """Why a person may not approve this alone; None where the limit allows it."""
    limit, cost = limits.limit_of(user), whole_cost(proposal)
    if cost <= limit:
        return None
    return (
        f"It costs {pounds(cost)} over its whole length and your limit is {pounds(limit)}. "
        "Put it on a panel’s agenda."
    )


def settle_referral(proposal: Proposal) -> None:
    """Mark a referral as placed once every part of it has a placement that holds room."""
    db.session.flush()
    referral = proposal.referral
    held = db.session.scalars(
        db.select(Placement.component_id).where(
            Placement.referral_id == referral.id, Placement.state.in_(OPEN)
        )
    )
    placed = {component.id for component in referral.components} <= set(held)
    if placed and referral.state is ReferralState.WAITING:
        REFERRAL.fire(referral, "record as placed")
    elif not placed and referral.state is ReferralState.PLACED:
        REFERRAL.fire(referral, "return to waiting")
    db.session.flush()


def _locked(proposal: Proposal, seen: int | None) -> Proposal:
    """The proposal under a lock, as it stands now; refused where it was seen otherwise."""
    key = proposal.id
    db.session.expire(proposal)  # else its version is held against the one that others have made
    row = db.session.get_one(Proposal, key, with_for_update=True)
    if row.state in (ProposalState.APPROVED, ProposalState.REFUSED):
        raise RuleBroken(
            f"{row.reference} was {row.state.label.lower()} already, on "
            f"{in_words(row.decided_at.date())} by {row.decided_by}."
        )
    require(STALE if seen is not None and seen != row.version else None)
    return row


def _name_decider(proposal: Proposal, by: Decider) -> None:
    require(
        "You proposed this placement, so somebody else must decide about it."
        if proposal.proposed_by_id == by.user.id
        else None
    )
    proposal.decided_by_id = by.user.id
    proposal.decided_by = f"Panel (recorded by {by.user.name})" if by.panel else by.user.name


def _new_exceptions(proposal: Proposal, found: Assessment) -> list[str]:
    """Exceptions that have come up since the proposal gave its reasons. Which offer is
    recommended may change every day, so that alone stops no decision."""
    return [
        f"{found.grounds[ground][0]} The proposal gives no reason for that: return it with a "
        "question."
        for ground in found.unreasoned(proposal.reasons)
        if ground is not Ground.NOT_RECOMMENDED
    ]


def open_parts(proposal: Proposal) -> list[Placement]:
    """Its placements that hold room now."""
    return [each for each in proposal.placements if each.state in OPEN]


def is_decided(proposal: Proposal) -> bool:
    """Whether a proposal was approved or refused."""
    return proposal.state in (ProposalState.APPROVED, ProposalState.REFUSED)


def never_awarded(placement: Placement) -> bool:
    """Whether a placement was dropped before any award."""
    return placement.state is PlacementState.CANCELLED and placement.awarded_at is None
