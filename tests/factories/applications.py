"""Applications to join, from empty to ready to be admitted."""

from typing import Any

from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.applications import review, service
from providers.applications.proposals import ProposedOffer, ProposedSite
from providers.applications.sections import QUESTIONS, Kind, Section
from providers.models.application import Application, Review
from providers.models.framework import Service
from providers.needs import Judgement
from tests.factories.evidence import CHECKER
from tests.factories.providers import make_cap, make_lot, make_provider, make_service

APPLICANT = audit.Actor(8_001, "Anna Applicant")
_BY_KIND = {Kind.EMAIL: "anna@example.org", Kind.PHONE: "01962 000000", Kind.YES_NO: "yes"}


def answers_to(section: Section) -> dict[str, str]:
    """An acceptable answer to every question of a section that has questions."""
    given = {q.key: _BY_KIND.get(q.kind, "As you ask.") for q in QUESTIONS[section]}
    if section is Section.ORGANISATION:
        given |= {"registration": "unregistered", "legal_form": "company", "urn": ""}
        given["legal_name"] = "Brook Learning CIC"
    return given


def an_offer(**values: Any) -> ProposedOffer:
    """Mentoring for SEMH at £45 an hour, given at the first site."""
    defaults = {
        "number": 1,
        "service": "mentoring",
        "site": 1,
        "needs": ("SEMH",),
        "min_age": 11,
        "max_age": 16,
        "deliveries": ("at_base",),
        "travel_radius_km": None,
        "sessions": 0b1111111111,
        "hours_free": 20,
        "places_free": 4,
        "group_size": 1,
        "min_hours": 2,
        "price_pence": 4_500,
        "price_unit": "hour",
        "vat_basis": "exempt",
    }
    return ProposedOffer(**defaults | values)


def make_capped_service() -> Service:
    """Mentoring in a lot of a framework that is open, with a cap of £55 an hour."""
    lot = make_lot()
    row = make_service()
    row.lot = lot
    make_cap(row, framework=lot.framework)
    db.session.flush()
    return row


def make_application(**values: Any) -> Application:
    """An application just begun by a provider that was never admitted and holds no evidence."""
    scheme = values.pop("scheme", None) or make_capped_service().lot.framework.scheme
    provider = values.pop("provider", None) or make_provider(
        state=AdmissionState.PENDING, evidence=[], sites=[], judgement=None, last_visit_on=None
    )
    return service.start(provider, scheme, by=APPLICANT, **values)


def complete(application: Application, offer: ProposedOffer | None = None) -> Application:
    """The same application with every question answered, one site and one offer."""
    for section in QUESTIONS:
        service.save(application, section, answers_to(section), by=APPLICANT)
    service.put_site(application, ProposedSite(1, "Brook House", "SO238UJ"), by=APPLICANT)
    service.put_offer(application, offer or an_offer(), by=APPLICANT)
    return application


def reviewed(application: Application) -> Application:
    """The same application with every section met and a good visit; it has to be in review."""
    for section in Section:
        review.review(application, section, Review.MEETS, "", by=CHECKER)
    review.record_visit(application, today(), Judgement.GREEN, "A calm place.", by=CHECKER)
    return application
