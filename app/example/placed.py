"""Children of the example who are placed already: with plan, agreement and commitment, weeks ago.

They are not of the waiting list, so its figures stay as they are. A placement of the past cannot
be proposed today, so its rows are written here as they would have come about, through the same
lifecycles and their rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import REFERRAL
from app.children.models import Child, ChildNeed, Component, Referral
from app.children.terms import nth_school_day_after
from app.commissioning.agreements.lifecycle import AGREEMENT
from app.commissioning.agreements.offering import first_version
from app.commissioning.budgets import costs
from app.commissioning.placements.lifecycle import PLACEMENT, PROPOSAL
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.plans import service as plans
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.models.commitment import COMMITMENT, Commitment
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import (
    Delivery,
    LegalBasis,
    NeedType,
    ReferralReason,
    SenProvision,
    Sex,
    Tier,
    sessions_to_mask,
)

PROVIDERS_OWN = "SUP0008"


@dataclass(frozen=True)
class Story:
    """A child who is placed. weeks: since the first day. halves: agreed; three hours each."""

    forename: str
    surname: str
    born_on: date
    tier: Tier
    weeks: int
    halves: tuple[str, ...]


_STORIES = (
    Story("Nia", "Larkspur", date(2012, 11, 4), Tier.TWO, 20, ("mon_am", "wed_am")),
    Story("Tomasz", "Fernley", date(2013, 2, 17), Tier.TWO, 9, ("mon_am", "thu_am")),
    Story("Zara", "Whitlock", date(2011, 6, 30), Tier.THREE, 12, ("tue_am", "wed_am")),
    Story("Callum", "Reedham", date(2014, 1, 9), Tier.ONE, 6, ("wed_am", "fri_am")),
    Story("Aisha", "Brookvale", date(2012, 8, 22), Tier.TWO, 5, ("tue_am", "fri_am")),
    Story("Jonah", "Marlow", date(2013, 5, 13), Tier.TWO, 14, ("mon_pm", "thu_am")),
    Story("Freya", "Ashdown", date(2011, 12, 1), Tier.THREE, 25, ("tue_pm", "thu_pm")),
)
_PLAN = {
    "purpose": "To settle, to work with one adult and then in a small group, and to go back.",
    "route_back": "Two mornings at the home school from the second half-term, then more.",
    "longest_weeks": 39,
    "risk_assessment": "Walks away when it is loud. A quiet room is agreed.",
    "attendance": "Half-days as agreed, recorded at each session.",
    "absence": "The provider telephones the family and marks the register the same morning.",
    "transport": "A parent brings the child.",
}
_AIMS = (
    plans.Aim("Come on every agreed day", "Attendance of 90%", "One day in two before"),
    plans.Aim("Work in a small group", "Three sessions running in a group", "Works alone only"),
)


def load() -> None:
    """Placed children at the provider who can sign in, and two elsewhere; nothing without it."""
    people = {user.role: user for user in db.session.scalars(select(User).order_by(User.id))}
    officer, decider = people.get(Role.SEND_OFFICER), people.get(Role.COMMISSIONER)
    offers = _offers()
    home = db.session.scalar(select(Child).order_by(Child.id))
    if not (officer and decider and home and offers):
        return
    for number, story in enumerate(_STORIES):
        own = number < len(_STORIES) - 2
        offer = offers[0] if own else offers[-1 - number % 2]
        _place(story, number, offer, home, officer, decider)
    db.session.flush()


def _offers() -> Sequence[Offer]:
    """Offers with room for all of them, that of the provider who can sign in first."""
    found = select(Offer).join(Provider).where(Offer.hours_free >= 20, Offer.at_base)
    own = Provider.reference == PROVIDERS_OWN
    return db.session.scalars(found.order_by(own.desc(), Offer.id)).all()


def _place(
    story: Story, number: int, offer: Offer, home: Child, officer: User, decider: User
) -> None:
    starts_on = nth_school_day_after(today() - timedelta(weeks=story.weeks), 1)
    referral = _referral(story, number, offer, home)
    proposal = Proposal(
        state=PROPOSAL.initial,
        referral=referral,
        why="Close to home, and the provider knows children with the same needs.",
        proposed_by_id=officer.id,
        proposed_by=officer.name,
        proposed_at=now(),
    )
    db.session.add(proposal)
    hours, price = 3 * len(story.halves), offer.price.net_per_hour()
    placement = Placement(
        proposal=proposal,
        state=PLACEMENT.initial,
        referral=referral,
        child=referral.child,
        component=referral.components[0],
        offer=offer,
        service=offer.service,
        hours=hours,
        sessions=sessions_to_mask(story.halves),
        delivery=Delivery.AT_BASE,
        pence_per_hour=price,
        pence_a_week=price * hours,
        tier=story.tier,
        legal_basis=LegalBasis.SECTION_19,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=38),
        officer_id=officer.id,
    )
    db.session.add(placement)
    db.session.flush()
    _award(placement, decider)
    _begin(placement, decider)


def _referral(story: Story, number: int, offer: Offer, home: Child) -> Referral:
    child = Child(
        reference=f"P{number + 1:05}",
        forename=story.forename,
        surname=story.surname,
        born_on=story.born_on,
        sex=Sex.UNKNOWN,
        sen_provision=SenProvision.SUPPORT,
        postcode=home.postcode,
        latitude=home.latitude,
        longitude=home.longitude,
        accuracy=home.accuracy,
        needs=[ChildNeed(rank=1, need_type=NeedType.SEMH)],
    )
    referral = Referral(
        child=child,
        state=REFERRAL.initial,
        reason=ReferralReason.BEHAVIOUR,
        tier=story.tier,
        legal_basis=LegalBasis.SECTION_19,
        components=[Component(service=offer.service, hours=3 * len(story.halves))],
    )
    db.session.add(referral)
    db.session.flush()
    REFERRAL.fire(referral, "take in from a file")
    REFERRAL.fire(referral, "record as placed")
    return referral


def _award(placement: Placement, decider: User) -> None:
    proposal = placement.proposal
    PROPOSAL.fire(proposal, "submit")
    proposal.decided_by_id, proposal.decided_by = decider.id, decider.name
    proposal.decided_at = now()
    PROPOSAL.fire(proposal, "approve")
    placement.commitment = Commitment(
        offer=placement.offer,
        state=COMMITMENT.initial,
        reference=placement.reference,
        hours=placement.hours,
        sessions=placement.sessions,
        pence_a_week=placement.pence_a_week,
        starts_on=placement.starts_on,
        ends_on=placement.ends_on,
        source=f"{proposal.reference}, approved by {decider.name}",
        recorded_by=decider.name,
        recorded_at=now(),
    )
    COMMITMENT.fire(placement.commitment, "start")
    placement.awarded_at = now()
    PLACEMENT.fire(placement, "approve")


def _begin(placement: Placement, decider: User) -> None:
    version = first_version(placement, decider)
    version.accepted_by, version.accepted_at = placement.offer.provider.name, now()
    AGREEMENT.fire(version, "accept")
    PLACEMENT.fire(placement, "agree")
    proposal = placement.proposal
    plans.save(proposal, _PLAN, _AIMS, plans.suggested_reviews(proposal))
    PLACEMENT.fire(placement, "start")
    costs.keep(placement)
