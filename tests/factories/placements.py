"""Placements in any state, with all that the state stands on; everything invented."""

from datetime import timedelta
from typing import Any

from app.children.models import Referral
from app.commissioning.placements.lifecycle import PlacementState, ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.models.commitment import CommitmentState
from providers.models.offer import Offer
from providers.needs import Delivery, LegalBasis, Tier
from tests.factories.children import make_referral
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer

_PROMISED = {
    PlacementState.APPROVED: CommitmentState.PROMISED,
    PlacementState.AGREED: CommitmentState.PROMISED,
    PlacementState.LIVE: CommitmentState.LIVE,
    PlacementState.ENDED: CommitmentState.ENDED,
}


def make_proposal(referral: Referral | None = None, **values: Any) -> Proposal:
    """A proposal that waits for a decision, without its placements."""
    defaults = {
        "state": ProposalState.SUBMITTED,
        "why": "The child has been out of education since October.",
        "proposed_by": "Olive Officer",
        "proposed_at": now(),
    }
    proposal = Proposal(**{"referral": referral or make_referral()} | defaults | values)
    db.session.add(proposal)
    db.session.flush()
    return proposal


def make_placement(
    state: PlacementState = PlacementState.LIVE, offer: Offer | None = None, **values: Any
) -> Placement:
    """Ten hours of mentoring a week in tier 2; live since four weeks ago, planned for twelve.

    Before that state it begins next week. From approved on it has the provider's commitment.
    proposal, referral, child (through its referral): made unless given.
    """
    state = PlacementState(state)
    started = state in (PlacementState.LIVE, PlacementState.ENDED)
    starts_on = values.pop("starts_on", today() + timedelta(days=-28 if started else 7))
    ends_on = values.pop("ends_on", starts_on + timedelta(days=83))
    proposal = values.pop("proposal", None) or _proposal_for(state, values.pop("referral", None))
    referral = proposal.referral
    offer = offer or make_offer()
    hours = values.pop("hours", referral.components[0].hours)
    price = values.pop("pence_per_hour", offer.price.net_per_hour())
    defaults = {
        "proposal": proposal,
        "referral": referral,
        "child": referral.child,
        "component": referral.components[0],
        "offer": offer,
        "service": offer.service,
        "state": state,
        "hours": hours,
        "delivery": Delivery.AT_BASE,
        "pence_per_hour": price,
        "pence_a_week": price * hours,
        "tier": Tier.TWO,
        "legal_basis": LegalBasis.SECTION_19,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    if state is PlacementState.ENDED:
        defaults |= {"ended_on": today() - timedelta(days=1), "destination": "reintegrated"}
    ended_on = (defaults | values).get("ended_on")
    if state in _PROMISED:
        defaults["awarded_at"] = now()
        defaults["commitment"] = make_commitment(
            offer,
            state=_PROMISED[state],
            hours=hours,
            pence_a_week=price * hours,
            starts_on=starts_on,
            ends_on=ended_on or ends_on,
        )
    placement = Placement(**defaults | values)
    db.session.add(placement)
    db.session.flush()
    if placement.commitment:
        placement.commitment.reference = placement.reference
        db.session.flush()
    return placement


def _proposal_for(state: PlacementState, referral: Referral | None) -> Proposal:
    if state is PlacementState.PROPOSED:
        return make_proposal(referral)
    return make_proposal(
        referral,
        state=ProposalState.APPROVED,
        decided_by="Carol Commissioner",
        decided_at=now(),
    )
