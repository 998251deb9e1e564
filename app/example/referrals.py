"""Example referrals: officers responsible, views, drafts that were begun, one withdrawn."""

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children import referring
from app.children.models import Child, Referral
from app.children.queries import waiting
from app.kernel.clock import today
from app.kernel.database import db
from providers.directory_queries import services
from providers.needs import LegalBasis, NeedType, ReferralReason, SenProvision, Sex, Tier

OFFICERS = 60
"""How many of the most urgent referrals have an officer."""
VIEWS = (
    ("Leaves the room when it is loud; safe with one adult.", "Wants to work with animals."),
    ("None known.", "Would like to do maths in the morning."),
    ("Anxious about travel; agrees to a taxi.", "Wants to see friends again."),
)
DRAFTS = (
    ("Jamie", "Sample", date(2014, 5, 6), "SO23 8UJ", ReferralReason.SUSPENSION),
    ("Toni", "Sample", date(2011, 2, 17), "PO12 1AB", ReferralReason.MENTAL_HEALTH),
)


def load() -> None:
    """Give the waiting list officers, views and legal bases; begin two drafts; withdraw one."""
    officer = db.session.scalar(select(User).where(User.role == Role.SEND_OFFICER))
    if officer is None:
        return
    urgent = db.session.scalars(waiting(on=today()).limit(OFFICERS)).all()
    for number, referral in enumerate(urgent):
        facts = {"officer_id": officer.id} | _case(referral)
        if number % 4 == 0:
            risks, child_view = VIEWS[number // 4 % len(VIEWS)]
            facts |= {"risks": risks, "child_view": child_view, "parents_view": "Agree."}
        referring.save_case(referral, facts)
    for forename, surname, born_on, postcode, reason in DRAFTS:
        _draft(officer, forename, surname, born_on, postcode, reason)
    if len(urgent) == OFFICERS:
        referring.withdraw(urgent[-1], "The family moved to another authority.")


def _case(referral: Referral) -> dict:
    named = referral.reason is ReferralReason.EHCP_NAMED
    return {
        "legal_basis": LegalBasis.SECTION_61 if named else LegalBasis.SECTION_19,
        "tier": Tier.THREE if named else Tier.TWO,
    }


def _draft(
    officer: User, forename: str, surname: str, born: date, home: str, reason: ReferralReason
) -> None:
    """A draft that lacks what is asked for, or the needs. Where the home is unknown: none."""
    facts = {
        "upn": None,
        "forename": forename,
        "surname": surname,
        "born_on": born,
        "sex": Sex.UNKNOWN,
        "postcode": home,
        "sen_provision": SenProvision.SUPPORT,
        "looked_after": False,
    }
    if referring.child_faults(facts, None, today()):
        return
    child: Child = referring.register_child(facts)
    since = today() - timedelta(days=4)
    draft = referring.begin(child, {"reason": reason, "out_of_education_since": since}, officer)
    if reason is ReferralReason.SUSPENSION:
        referring.save_needs(draft, [NeedType.SEMH])
    else:
        referring.save_support(draft, {next(iter(services())).id: 10})
