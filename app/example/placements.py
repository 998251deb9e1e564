"""Placements of the example county: proposed from its first match, in every state that matters."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.children.terms import calendar
from app.commissioning import inputs, policies, queries
from app.commissioning.agreements import service as agreements
from app.commissioning.budgets import lines
from app.commissioning.budgets.costs import financial_year_of
from app.commissioning.inputs import Gathered
from app.commissioning.models.match import MatchOutcome
from app.commissioning.placements import bulk, deciding, proposing, running
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import Ground
from app.commissioning.placements.models import Proposal
from app.commissioning.placements.proposing import Terms
from app.commissioning.plans import service as plans
from app.commissioning.plans.service import Aim
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.models.provider import Provider
from providers.needs import LegalBasis, Tier

CHILDREN = 25
WEEKS = 11
BUDGET = {Tier.ONE: 20_000_000, Tier.TWO: 45_000_000, Tier.THREE: 30_000_000}
REASON = "The family asks for it, and the SEND team agrees."
WHY = "It meets the primary need, is near home, and leads back to school by the spring."
PLAN = {
    "purpose": "To bring the child back into a rhythm of learning after months at home.",
    "route_back": "Two lessons a week at the home school after half-term, then four, then all.",
    "longest_weeks": WEEKS + 1,
    "risk_assessment": "Leaves when upset: staff agree a safe place and call home at once.",
    "attendance": "The provider records each session on the day; the school is told the same day.",
    "absence": "The provider calls home within half an hour, then the SEND officer.",
    "transport": "The family brings the child; a taxi is booked where it cannot.",
}
AIMS = (
    Aim("Attends four sessions in five", "Sessions attended", "One in five", "Four in five"),
    Aim("Reads for twenty minutes", "Minutes read without a break", "Five minutes", "Twenty"),
)


def load(password: str) -> None:
    """Placements from the last match; nothing where the example has no match or no people."""
    run, officer = queries.last_finished_run(), _person(Role.SEND_OFFICER)
    commissioner = _person(Role.COMMISSIONER)
    if run is None or officer is None or commissioner is None:
        return
    outcomes = bulk.outcomes_to_propose(run)[:CHILDREN]
    referrals = [outcome.referral for outcome in outcomes]
    gathered = inputs.gather(today(), policy=policies.in_force(), referrals=referrals)
    lines.set_budget(financial_year_of(today()), BUDGET)
    made = [p for outcome in outcomes if (p := _proposed(outcome, officer, gathered))]
    for proposal in made[:17]:
        _tried(lambda p: deciding.approve(p, Decider(commissioner), gathered=gathered), proposal)
    approved = [each for each in made[:17] if each.decided_at]
    for number, proposal in enumerate(approved):
        _tried(lambda p, n=number: _carried_on(p, n, password), proposal)
    for proposal in made[17:18]:
        question = "Could a registered provider take the child from January?"
        _tried(
            lambda p, q=question: deciding.return_with_question(p, q, Decider(commissioner)),
            proposal,
        )
    for proposal in made[18:19]:
        reason = "The home school has offered a place from January."
        _tried(lambda p, r=reason: deciding.refuse(p, r, Decider(commissioner)), proposal)


def _proposed(outcome: MatchOutcome, by: User, gathered: Gathered) -> Proposal | None:
    """A proposal of what the match recommends, submitted; None where something is in the way."""
    referral = outcome.referral
    early = outcome.id % 2 == 0
    starts_on = today() if early else calendar().nth_school_day_after(today(), 5)
    terms = Terms(
        starts_on,
        starts_on + timedelta(weeks=WEEKS),
        referral.tier or list(Tier)[outcome.id % 3],
        referral.legal_basis or LegalBasis.SECTION_19,
        by.id,
    )
    try:
        with db.session.begin_nested():
            wanted = proposing.wanted_by(outcome)
            proposal = proposing.draft(
                referral, wanted, terms, by, run=outcome.run, gathered=gathered
            )
            reasons = dict.fromkeys(Ground, REASON)
            proposing.submit(proposal, WHY, reasons, gathered=gathered)
            return proposal
    except RuleBroken:
        return None


def _carried_on(proposal: Proposal, number: int, password: str) -> None:
    """The first have a plan; of those most are agreed, and those whose day has come are live."""
    if number >= 13:
        return
    reviews = plans.suggested_reviews(proposal) if number < 11 else []
    plans.save(proposal, PLAN, AIMS, reviews)
    if number >= 10:
        return
    for placement in proposal.placements:
        by = _account_of(placement.offer.provider, password)
        agreements.accept(placement.agreements[0], by)
        if not running.what_is_missing(placement):
            running.start(placement)


def _account_of(provider: Provider, password: str) -> User:
    """A person of a provider who can accept, opened where it has none."""
    found = db.session.scalar(select(User).where(User.provider_id == provider.id).limit(1))
    if found is not None:
        return found
    return open_account(
        email=f"{provider.reference.lower()}@example.org",
        name=f"Office of {provider.name}",
        role=Role.PROVIDER,
        password=password,
        provider=provider,
    )


def _tried(step: Callable[[Proposal], None], proposal: Proposal) -> None:
    """Do a step; where the example's data forbid it, leave the proposal as it was."""
    try:
        with db.session.begin_nested():
            step(proposal)
    except RuleBroken:
        return


def _person(role: Role) -> User | None:
    return db.session.scalar(select(User).where(User.role == role).order_by(User.id).limit(1))
