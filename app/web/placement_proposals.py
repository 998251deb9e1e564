"""What pages about proposals show and do: the assessment, the effect on budgets, a decision."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from app.access import Permission, may
from app.children.models import Referral
from app.commissioning import now, staleness
from app.commissioning.agreements.text import half_days_in_words
from app.commissioning.budgets import costs, limits, lines
from app.commissioning.enquiries.chosen import chosen_for
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.commissioning.placements import deciding, proposing, queries
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import Assessment, Ground, assess
from app.commissioning.placements.lifecycle import ProposalState
from app.commissioning.placements.models import Proposal
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices import service as notices
from app.notices.topics import Topic
from app.web.forms.placement_proposals import DecideProposal, MakeProposal, SubmitProposal
from app.web.placement_notices import tell_of_award
from app.web.placement_trail import history_of
from providers.models.offer import Offer

UNDECIDED = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.QUESTIONED)


def form_for(referral: Referral) -> tuple[MakeProposal, MatchRun | None]:
    """The form to propose something for a referral, with what the address has chosen already."""
    parts = now.parts_of(referral)
    offer = db.session.get(Offer, request.args.get("offer", type=int) or 0)
    outcome = db.session.get(MatchOutcome, request.args.get("outcome", type=int) or 0)
    if outcome is not None and outcome.referral_id != referral.id:
        abort(404)
    chosen = {part.component.id: part.choices[0].offer.id for part in parts if part.choices}
    if outcome is not None and outcome.placed:
        chosen |= {r.component_id: r.offer_id for r in outcome.recommendations if r.component_id}
    asks = chosen_for(referral.id)
    for ask in asks.values():
        mine = [
            part.component for part in parts if part.component.service_id == ask.offer.service_id
        ]
        chosen |= {component.id: ask.offer_id for component in mine}
    if offer is not None:
        mine = [part.component for part in parts if part.component.service_id == offer.service_id]
        chosen |= {component.id: offer.id for component in mine}
    run = outcome.run if outcome is not None else None
    return MakeProposal.for_referral(referral, parts, chosen, offer, asks), run


def draft_from(form: MakeProposal, referral: Referral, run: MatchRun | None) -> Proposal | None:
    """A draft of what was entered; None, with the reasons in the form, where a rule is broken."""
    try:
        return proposing.draft(
            referral, form.wanted(), form.terms(current_user.id), current_user, run=run
        )
    except RuleBroken as refusal:
        db.session.rollback()
        form.ends_on.errors = [*form.ends_on.errors, *refusal.reasons]
        return None


def facts_of(proposal: Proposal) -> dict[str, Any]:
    """Everything that the page of a proposal shows."""
    found = assess(proposal) if proposal.state in UNDECIDED else None
    run = proposal.match_run
    cost = deciding.whole_cost(proposal)
    decides = may_decide(proposal)
    return {
        "proposal": proposal,
        "found": found,
        "ground_label": {ground.value: ground.label for ground in Ground},
        "candidates": found.candidates if found else proposal.candidates,
        "moved": staleness.moved_since(run) if run is not None and found else None,
        "cost": cost,
        "costs": {each.id: costs.total(costs.cost_of(each)) for each in proposal.placements},
        "effect": lines.effect_of(proposal) if found else [],
        "limit": limits.limit_of(current_user) if decides else None,
        "beyond": deciding.beyond_limit(proposal, current_user) if decides else None,
        "items": queries.panel_items_of(proposal),
        "plan": queries.plan_of(proposal),
        "decides": decides,
        "year_words": costs.year_in_figures,
        "reason_rows": reason_rows,
        "half_days": half_days_in_words,
        "history": history_of(proposal),
        "own": proposal.proposed_by_id == current_user.id,
    }


def reason_rows(proposal: Proposal, label: dict[str, str]) -> list[tuple[str, str]]:
    """Each exception with the reason that was given for it."""
    return [(label[code], words) for code, words in proposal.reasons.items()]


def may_decide(proposal: Proposal) -> bool:
    """Whether this person may decide about it now, as far as who they are goes."""
    return (
        proposal.state is ProposalState.SUBMITTED
        and may(current_user, Permission.DECIDE_PROPOSAL)
        and proposal.proposed_by_id != current_user.id
    )


def submit_form(proposal: Proposal, found: Assessment | None) -> SubmitProposal | None:
    """The form that asks for a decision; None where it is no draft."""
    if proposal.state is not ProposalState.DRAFT or found is None:
        return None
    return SubmitProposal.for_proposal(proposal, found)


def decide(proposal: Proposal, form: DecideProposal) -> str:
    """Decide as the form says, tell the people concerned; what was done, in words."""
    by, key = Decider(current_user), f"proposal:{proposal.id}:{form.decision.data}"
    page = f"/placement-proposals/{proposal.id}"
    proposer = notices.person(proposal.proposed_by_id)
    if form.decision.data == "question":
        deciding.return_with_question(proposal, form.words.data, by, seen=form.version)
        notices.tell(
            proposer, Topic.PROPOSAL_QUESTIONED, page=page, key=f"{key}:{proposal.version}"
        )
        return f"{proposal.reference} was returned with your question."
    if form.decision.data == "refuse":
        deciding.refuse(proposal, form.words.data, by, seen=form.version)
        notices.tell(proposer, Topic.PROPOSAL_DECIDED, page=page, key=key)
        return f"{proposal.reference} was refused."
    deciding.approve(proposal, by, seen=form.version)
    tell_of_award(proposal)
    return f"{proposal.reference} was approved. The agreement waits for the provider."
