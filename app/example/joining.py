"""The example county's way in: an application in review with a question open, another begun, a
round of price changes with proposals, and what an officer saved of the search."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Component, Referral
from app.commissioning import shortlists
from app.example.offers import a_proposed_offer
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import uplifts
from providers.applications import review, service
from providers.applications.proposals import ProposedOffer, ProposedSite
from providers.applications.sections import QUESTIONS, Kind, Section
from providers.compliance import EvidenceKind
from providers.models.application import Application, Review
from providers.models.framework import Scheme, Service
from providers.models.offer import Offer
from providers.models.provider import Evidence

APPLICANT = audit.Actor(None, "Sample Learning CIC")
SERVICE = "mentoring"
PROPOSALS = 6
_GIVEN = {
    Kind.EMAIL: "office@sample-learning.example",
    Kind.PHONE: "01962 000000",
    Kind.YES_NO: "yes",
}
_SAID = {
    "registration": "unregistered",
    "legal_form": "company",
    "legal_name": "Sample Learning CIC",
    "contact_name": "The office",
    "about": "Mentoring for young people who are out of school, alone or in pairs.",
    "recruitment": "Two references, an enhanced check and a trial day before anybody works alone.",
}


def load() -> None:
    """All of it; nothing where people, scheme or service are missing, or where it is there."""
    people = {role: db.session.scalar(select(User).where(User.role == role)) for role in Role}
    lead, officer = people[Role.AP_LEAD], people[Role.SEND_OFFICER]
    scheme = db.session.scalar(select(Scheme))
    known = db.session.scalar(select(Service.id).where(Service.code == SERVICE))
    if None in (lead, officer, scheme, known) or db.session.scalar(select(Application.id).limit(1)):
        return
    _under_review(scheme, lead)
    service.register_applicant("Second Sample Ltd", scheme, by=APPLICANT)
    _round(lead)
    _searches(officer)


def _under_review(scheme: Scheme, lead: User) -> None:
    """An application of which three sections are reviewed and one is asked about."""
    row = service.register_applicant("Sample Learning CIC", scheme, by=APPLICANT)
    for section, questions in QUESTIONS.items():
        answers = {q.key: _SAID.get(q.key) or _GIVEN.get(q.kind, "As you ask.") for q in questions}
        answers |= {"urn": ""} if section is Section.ORGANISATION else {}
        service.save(row, section, answers, by=APPLICANT)
    service.put_site(row, ProposedSite(1, "Sample House", "SO238UJ"), by=APPLICANT)
    service.put_offer(row, _mentoring(), by=APPLICANT)
    row.provider.evidence = [
        Evidence(kind=kind, issued_on=today(), expires_on=today() + timedelta(days=364))
        for kind in EvidenceKind
    ]
    db.session.flush()
    service.submit(row)
    review.start_review(row)
    for section in list(Section)[:3]:
        review.review(row, section, Review.MEETS, "", by=lead.actor)
    words = "Who looks after a child while the mentor speaks with the family?"
    review.ask(row, Section.METHODS, words, today() + timedelta(days=10), by=lead.actor)


def _mentoring() -> ProposedOffer:
    return a_proposed_offer(
        number=1,
        service=SERVICE,
        site=1,
        hours_free=30,
        places_free=4,
        group_size=2,
        price_pence=4_500,
    )


def _round(lead: User) -> None:
    """A round that is open, with proposals three in a hundred above the present prices."""
    days = [today() + timedelta(days=number) for number in (0, 45, 120)]
    row = uplifts.open_round(f"Prices of {days[2].year}", *days, by=lead.actor, on=today())
    made = 0
    for offer in db.session.scalars(select(Offer).order_by(Offer.id)):
        if made == PROPOSALS:
            return
        by = audit.Actor(None, offer.provider.name)
        new = {offer: offer.price_pence * 103 // 100}
        try:
            uplifts.propose(row, new, "Wages and rent have risen.", by=by, on=today())
        except RuleBroken:  # the cap leaves no room for it
            continue
        made += 1


def _searches(officer: User) -> None:
    """A search that is saved, and a shortlist of two for a child who waits."""
    words = "service={}&need=SEMH&age=KS3&postcode=SO23+8UJ&free=yes&order=distance"
    found = db.session.scalars(
        select(Offer).join(Offer.service).where(Service.code == "tutoring_qts").order_by(Offer.id)
    ).all()
    if not found:
        return
    query = words.format(found[0].service_id)
    shortlists.save_search(officer, "Tutors near Winchester", query, None)
    waits = db.session.scalar(
        select(Referral)
        .join(Referral.components)
        .where(
            Referral.state == ReferralState.WAITING,
            Component.service_id == found[0].service_id,
        )
        .order_by(Referral.id)
    )
    if waits is not None:
        notes = ("Knows the school.", "Asked for a visit on Tuesday.")
        for offer, note in zip(found, notes, strict=False):
            shortlists.keep(waits, offer, note, officer)
