"""What stands against a proposal, what needs a reason, and what to think about.

Three kinds. A block is the law, or a fact that no reason changes. A ground is an exception that
may be made, with a reason that is kept with the decision. A remark is for the reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.children.models import Referral
from app.commissioning import inputs, policies
from app.commissioning.bridge_now import ANOTHER_REGISTERED
from app.commissioning.inputs import Gathered
from app.commissioning.now import Part, parts_in
from app.commissioning.placements import full, law
from app.commissioning.placements.candidates import candidates_of, recommendation_for
from app.commissioning.placements.lifecycle import OPEN, ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.words import in_sentence, in_words
from providers.capacity import free_on
from providers.needs import Labelled, PriceUnit, Tier, VatBasis, sessions_in_words
from providers.pricing import Price, above_cap, cap_on
from providers.queries import Closure, caps_in_force, closed_reasons


class Ground(Labelled):
    """An exception that a reason is required for."""

    NOT_RECOMMENDED = "not_recommended", "Not the recommended provider"
    UNREGISTERED = "unregistered", "Unregistered while registered provision is free"
    ABOVE_CAP = "above_cap", "Above the price cap"
    OFF_FRAMEWORK = "off_framework", "Off the framework"
    OVER_LENGTH = "over_length", "Longer than the tier allows"
    UNSUITABLE = "unsuitable", "Against a rule of matching"


@dataclass(frozen=True)
class GatekeepingSettings:
    """longest, warn_from: calendar weeks by tier (three terms are 39 weeks)."""

    longest: dict[Tier, int] = field(
        default_factory=lambda: {Tier.ONE: 12, Tier.TWO: 18, Tier.THREE: 39}
    )
    warn_from: dict[Tier, int] = field(default_factory=lambda: {Tier.TWO: 12})


SETTINGS = GatekeepingSettings()


@dataclass
class Assessment:
    """What was found about a proposal. grounds: the exception to the sentences about it.

    candidates: for each placement the other offers and why each was not chosen. conditions: what
    providers named as a condition of their offers.
    """

    blocks: list[str] = field(default_factory=list)
    grounds: dict[Ground, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)

    def except_(self, ground: Ground, sentence: str) -> None:
        """Note that an exception is asked for."""
        self.grounds.setdefault(ground, []).append(sentence)

    def unreasoned(self, reasons: dict[str, str]) -> list[Ground]:
        """The exceptions for which no reason is given."""
        return [ground for ground in self.grounds if not (reasons.get(ground) or "").strip()]


def gathered_for(referral: Referral, on: date) -> Gathered:
    """Everything that judging one child's proposal needs, as things stand on a date."""
    return inputs.gather(on, policy=policies.in_force(), referrals=[referral])


def assess(proposal: Proposal, gathered: Gathered | None = None) -> Assessment:
    """Everything about a proposal as things stand today.

    gathered: what was read already, where many proposals are judged in one go.
    """
    found = Assessment()
    gathered = gathered or gathered_for(proposal.referral, today())
    parts = {part.component.id: part for part in parts_in(gathered, proposal.referral)}
    for placement in proposal.placements:
        _judge_terms(found, placement)
        _judge_room(found, placement)
        _judge_law(found, proposal, placement)
        part = parts.get(placement.component_id or 0)
        if part is None:  # one with a place already has its rivals named below
            if placement.component_id not in gathered.standing.held:
                found.blocks.append(f"The child no longer waits for {_service(placement)}.")
            continue
        _judge_choice(found, proposal, placement, part)
    _judge_week(found, proposal)
    _judge_completeness(found, proposal)
    return found


def _judge_terms(found: Assessment, placement: Placement) -> None:
    """Days, price, cap and framework."""
    if placement.starts_on < today():
        found.blocks.append(
            f"Its first day, {in_words(placement.starts_on)}, has passed, and no child may start "
            "before the approval. Return it with a question: the answer can name a later day."
        )
    weeks = -(-((placement.ends_on - placement.starts_on).days + 1) // 7)
    longest = SETTINGS.longest[placement.tier]
    warn = SETTINGS.warn_from.get(placement.tier)
    name = placement.offer.provider.name
    tier = placement.tier.label.partition(":")[0]
    if weeks > longest:
        found.except_(
            Ground.OVER_LENGTH,
            f"{name}: {weeks} weeks is longer than the {longest} weeks of {in_sentence(tier)}.",
        )
    elif warn and weeks > warn:
        found.remarks.append(
            f"{name}: {weeks} weeks; expected law would allow {warn} weeks of full-time provision."
        )
    _judge_price(found, placement)
    opens = placement.offer.opens_on
    if opens and placement.starts_on < opens:
        found.blocks.append(
            f"{name} can take a new child from {in_words(opens)}. Choose that day or a later one."
        )
    service = placement.service
    caps = caps_in_force(placement.starts_on)
    cap = cap_on(caps, service.code, placement.starts_on)
    price = Price(max(1, placement.pence_per_hour), PriceUnit.HOUR, VatBasis.EXEMPT)
    excess = above_cap(price, cap, service.name, offer_id=placement.offer_id)
    if excess:
        found.except_(Ground.ABOVE_CAP, f"{name}: {excess.partition(' Enter ')[0]}")
    if service.lot_id is None:
        found.except_(
            Ground.OFF_FRAMEWORK, f"{name}: {_service(placement)} belongs to no lot of a framework."
        )


def _judge_price(found: Assessment, placement: Placement) -> None:
    """The price is that of today: of the list, or what the provider offered for this child."""
    name, price = placement.offer.provider.name, placement.price_now
    ask, listed = placement.ask, placement.offer.price.net_per_hour()
    if price != placement.pence_per_hour:
        found.blocks.append(
            f"The price of {name} is {pounds(price)} an hour now; it was "
            f"{pounds(placement.pence_per_hour)} when this was proposed. Return it with a "
            "question, or take the new price on by proposing it again."
        )
    elif ask is not None and listed > price:
        found.remarks.append(
            f"{name} offered {pounds(price)} an hour for this child in {ask.enquiry.reference}; "
            f"its list price is {pounds(listed)}."
        )
    if ask is not None and ask.condition:
        found.conditions.append(f"{name}: {ask.condition}")


def _judge_room(found: Assessment, placement: Placement) -> None:
    """Whether the offer is open and has the room; the cap is a matter of reasons."""
    offer, name = placement.offer, placement.offer.provider.name
    caps = caps_in_force(placement.starts_on)
    for reason in closed_reasons(offer, placement.starts_on, caps):
        if reason.code is not Closure.CAP:
            found.blocks.append(f"{name}: {reason.text}")
    free = free_on(offer, placement.starts_on, placement.ends_on)
    if free.hours is not None and placement.hours > free.hours:
        found.blocks.append(
            f"{name} has {free.hours} hours a week free, not {placement.hours}. "
            "Ask for fewer hours, or choose another offer."
        )
    if free.places < 1:
        found.blocks.append(f"{name} has no place free. Choose another offer.")
    beyond = full.objection(placement)
    if beyond:
        found.blocks.append(beyond)
    missing = placement.sessions & ~free.sessions
    if missing:
        found.blocks.append(
            f"{name} has no room on {sessions_in_words(missing)}. Choose other half-days."
        )


def _judge_law(found: Assessment, proposal: Proposal, placement: Placement) -> None:
    """The registration rule over all placements at the provider, of this child and of others."""
    name = placement.offer.provider.name
    found.blocks += [f"{name}: {reason}" for reason in law.objections(proposal, placement)]
    found.remarks += [f"{name}: {remark}" for remark in law.warnings(proposal, placement)]


def _judge_choice(found: Assessment, proposal: Proposal, placement: Placement, part: Part) -> None:
    """Whether it is the recommended offer, a registered one, and one that the rules allow."""
    offer, name = placement.offer, placement.offer.provider.name
    recommended = recommended_offer(proposal, placement, part)
    if recommended is not None and recommended[0] != offer.id:
        found.except_(Ground.NOT_RECOMMENDED, f"{name}: {recommended[1]} is recommended for this.")
    registered = sorted(
        {c.offer.provider.name for c in part.choices if c.offer.provider.registered}
    )
    if not offer.provider.registered and registered:
        found.except_(
            Ground.UNREGISTERED,
            f"{name} is not registered as a school, and {registered[0]} is and could take this.",
        )
    against = next((each.reasons for each in part.refused if each.offer.id == offer.id), ())
    closed = {
        reason.text
        for reason in closed_reasons(offer, placement.starts_on, caps_in_force(placement.starts_on))
    }
    for reason in against:
        if not reason.startswith(ANOTHER_REGISTERED) and reason not in closed:
            found.except_(Ground.UNSUITABLE, f"{name}: {reason}")
    found.candidates.append(candidates_of(placement, part))


def recommended_offer(
    proposal: Proposal, placement: Placement, part: Part
) -> tuple[int, str] | None:
    """The offer recommended for a part, with its provider's name: by the match it rests on, else
    the best by the policy in force; None where nothing is."""
    if proposal.match_run_id is not None:
        return _recommended_by_match(proposal, placement)
    if part.choices:
        best = part.choices[0].offer
        return best.id, best.provider.name
    return None


def _recommended_by_match(proposal: Proposal, placement: Placement) -> tuple[int, str] | None:
    found = recommendation_for(proposal.match_run_id, placement.component_id)
    return None if found is None else (found.offer_id, found.offer.provider.name)


def _judge_week(found: Assessment, proposal: Proposal) -> None:
    """A child's hours over all placements fit into a school week."""
    hours = sum(each.hours for each in proposal.placements)
    hours += sum(each.hours for each in law.others_of_child(proposal))
    if hours > law.HOURS_A_WEEK:
        found.blocks.append(law.too_long_a_week(hours))


def _judge_completeness(found: Assessment, proposal: Proposal) -> None:
    chosen = {each.component_id for each in proposal.placements}
    for other in rivals_of(proposal):
        if other.component_id in chosen:
            found.blocks.append(
                f"{other.reference} at {other.offer.provider.name} is "
                f"{other.state.label.lower()} for {_service(other)} already. "
                "Cancel it, or leave this part out."
            )
        chosen.add(other.component_id)
    left = [part for part in proposal.referral.components if part.id not in chosen]
    for part in left:
        found.remarks.append(
            f"Nothing is proposed yet for {in_sentence(part.service.name)}, {part.hours} hours."
        )


def rivals_of(proposal: Proposal) -> Sequence[Placement]:
    """Placements of the same referral that are open, or proposed and not yet decided about."""
    statement = (
        select(Placement)
        .join(Placement.proposal)
        .where(
            Placement.referral_id == proposal.referral_id,
            Placement.proposal_id != proposal.id,
            or_(
                Placement.state.in_(OPEN),
                Proposal.state.in_((ProposalState.SUBMITTED, ProposalState.QUESTIONED)),
            ),
        )
    )
    return db.session.scalars(statement).unique().all()


def _service(placement: Placement) -> str:
    return in_sentence(placement.service.name)
