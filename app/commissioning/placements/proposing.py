"""Proposing placements: a draft from a match or by hand, submitted with its reasons, answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.children.lifecycle import ReferralState
from app.children.models import Component, Referral
from app.commissioning.enquiries.chosen import chosen_for
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.inputs import Gathered
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.commissioning.now import parts_in
from app.commissioning.placements.candidates import recommendation_for
from app.commissioning.placements.gatekeeping import (
    Assessment,
    assess,
    gathered_for,
)
from app.commissioning.placements.lifecycle import PLACEMENT, PROPOSAL, PlacementState
from app.commissioning.placements.models import Placement, Proposal, price_of
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words
from providers.models.offer import Offer
from providers.needs import Delivery, LegalBasis, Tier


@dataclass(frozen=True)
class Terms:
    """What holds for every placement of a proposal. Both days are included."""

    starts_on: date
    ends_on: date
    tier: Tier
    legal_basis: LegalBasis
    officer_id: int | None = None


@dataclass(frozen=True)
class Wanted:
    """One part of the package at one offer. sessions: half-days as bits, 0 for not agreed.

    hours: None for those that the provider offered for this child, or else those asked for.
    """

    component: Component
    offer: Offer
    hours: int | None = None
    sessions: int = 0


def draft(
    referral: Referral,
    wanted: Sequence[Wanted],
    terms: Terms,
    by: User | None,
    *,
    run: MatchRun | None = None,
    why: str = "",
    gathered: Gathered | None = None,
) -> Proposal:
    """A draft that asks for offers for a child's package.

    run: the match that it rests on. gathered: what was read already, where many are drafted.
    Raises RuleBroken where the days make no sense or the child does not wait.
    """
    require(
        None if wanted else "Choose an offer for at least one part.",
        "The last day must not be before the first." if terms.ends_on < terms.starts_on else None,
        "The first day has passed. Enter today or a later day."
        if terms.starts_on < today()
        else None,
        None
        if referral.state is ReferralState.WAITING
        else f"This referral is {referral.state.value}, so nothing can be proposed for it.",
    )
    proposal = Proposal(
        state=PROPOSAL.initial,
        referral=referral,
        match_run=run,
        why=why.strip(),
        proposed_by_id=by.id if by else None,
        proposed_by=by.name if by else "Command line",
        proposed_at=now(),
    )
    db.session.add(proposal)
    asks = chosen_for(referral.id)
    require(*(_too_early(asks.get(each.offer.id), terms.starts_on) for each in wanted))
    gathered = gathered or gathered_for(referral, today())
    judged = {
        (part.component.id, choice.offer.id): choice.judged
        for part in parts_in(gathered, referral)
        for choice in part.choices
    }
    for each in wanted:
        found = recommendation_for(run.id if run else None, each.component.id)
        chosen = found if found is not None and found.offer_id == each.offer.id else None
        suited = judged.get((each.component.id, each.offer.id))
        transport = chosen.weekly_transport_pence if chosen else 0
        delivery = (
            chosen.delivery if chosen else min(each.offer.deliveries, key=list(Delivery).index)
        )
        if suited is not None:
            transport, delivery = suited.transport_pence, Delivery(suited.delivery)
        _add(proposal, each, terms, delivery, transport, asks.get(each.offer.id))
    db.session.flush()
    return proposal


def _too_early(ask: EnquiryAsk | None, starts_on: date) -> str | None:
    if ask is None or ask.starts_on is None or starts_on >= ask.starts_on:
        return None
    return (
        f"{ask.offer.provider.name} offered to start on {in_words(ask.starts_on)}. "
        "Enter that day or a later one."
    )


def _add(
    proposal: Proposal,
    wanted: Wanted,
    terms: Terms,
    delivery: Delivery,
    transport: int,
    ask: EnquiryAsk | None,
) -> None:
    offered = ask.hours if ask is not None else None
    hours = wanted.hours or offered or wanted.component.hours
    price = price_of(wanted.offer, ask)
    db.session.add(
        Placement(
            proposal=proposal,
            ask=ask,
            state=PLACEMENT.initial,
            referral=proposal.referral,
            child=proposal.referral.child,
            component=wanted.component,
            offer=wanted.offer,
            service=wanted.offer.service,
            hours=hours,
            sessions=wanted.sessions,
            delivery=delivery,
            pence_per_hour=price,
            pence_a_week=price * hours,
            transport_pence_a_week=transport,
            tier=terms.tier,
            legal_basis=terms.legal_basis,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            officer_id=terms.officer_id,
        )
    )


def wanted_by(outcome: MatchOutcome) -> list[Wanted]:
    """What a match recommends for a child, part by part; parts no longer asked for left out."""
    return [
        Wanted(found.component, found.offer)
        for found in outcome.recommendations
        if found.component is not None
    ]


def submit(proposal: Proposal, why: str, reasons: Mapping[str, str], **options) -> Assessment:
    """Ask for a decision: held against every rule now, with a reason for each exception.

    options: `gathered`, what was read already. Raises RuleBroken with every block, and with each
    exception that lacks its reason.
    """
    found = assess(proposal, **options)
    proposal.why = why.strip()
    proposal.reasons = {
        ground.value: reasons.get(ground, "").strip()
        for ground in found.grounds
        if reasons.get(ground, "").strip()
    }
    require(
        *found.blocks,
        None if proposal.why else "Enter why this placement is right for the child.",
        *(
            f"Enter a reason: {ground.label.lower()}. {found.grounds[ground][0]}"
            for ground in found.unreasoned(proposal.reasons)
        ),
    )
    proposal.candidates = found.candidates
    proposal.proposed_at = now()
    PROPOSAL.fire(proposal, "submit")
    db.session.flush()
    return found


def answer(proposal: Proposal, words: str, by: User, starts_on: date | None = None) -> None:
    """Answer a commissioner's question and ask for the decision again, at the prices of today.

    starts_on: another first day for all that it asks for, None where the days stay.
    Raises RuleBroken without words, for a day before the one that a provider offered, and as
    `submit` does.
    """
    require(None if words.strip() else "Enter your answer.")
    proposal.answer = words.strip()
    require(*PROPOSAL.reasons_against(proposal, "submit again"))
    for placement in proposal.placements:
        if starts_on is not None:
            require(
                f"The last day is {in_words(placement.ends_on)}. Enter an earlier first day, or "
                "withdraw it and propose again."
                if starts_on > placement.ends_on
                else None,
                _too_early(placement.ask, starts_on),
            )
            placement.starts_on = starts_on
        price = placement.price_now
        placement.pence_per_hour, placement.pence_a_week = price, price * placement.hours
    proposal.proposed_by_id, proposal.proposed_by = by.id, by.name
    found = assess(proposal)
    require(
        *found.blocks,
        *(
            f"A reason is needed that the proposal does not give: {ground.label.lower()}. "
            "Withdraw it and propose again."
            for ground in found.unreasoned(proposal.reasons)
        ),
    )
    proposal.candidates = found.candidates
    PROPOSAL.fire(proposal, "submit again")
    db.session.flush()


def withdraw(proposal: Proposal) -> None:
    """Take a proposal back before it is decided. Raises RuleBroken once it is."""
    PROPOSAL.fire(proposal, "withdraw")
    drop_placements(proposal)


def drop_placements(proposal: Proposal) -> None:
    """Cancel what a proposal asked for and never got."""
    for placement in proposal.placements:
        if placement.state is PlacementState.PROPOSED:
            PLACEMENT.fire(placement, "cancel")
    db.session.flush()
