"""Documents, applications and proposed prices: a list holds what may be seen one by one."""

from datetime import timedelta

from sqlalchemy import select

from app.access import Permission, may, visible
from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from providers import caps, uplifts
from providers.applications import review, service
from providers.applications.sections import Section
from providers.compliance import EvidenceKind
from providers.models.application import Application, Clarification
from providers.models.cap import CapException
from providers.models.evidence import EvidenceDocument
from providers.models.uplift import UpliftProposal
from tests.factories.accounts import make_user
from tests.factories.applications import an_offer, complete, make_application, make_capped_service
from tests.factories.evidence import CHECKER, SENDER, make_document
from tests.factories.providers import make_offer

MODELS = {
    EvidenceDocument: Permission.VIEW_EVIDENCE,
    Application: Permission.VIEW_APPLICATION,
    Clarification: Permission.WRITE_APPLICATION,
    CapException: Permission.VIEW_EVIDENCE,
    UpliftProposal: Permission.VIEW_EVIDENCE,
}


def rows_of(provider, service_row, round_):
    """One row of each model that belongs to a provider."""
    offer = make_offer(provider=provider, service=service_row, price_pence=5_000)
    make_document(provider)
    make_document(provider, kind=EvidenceKind.STAFF_CHECKS)
    scheme = service_row.lot.framework.scheme
    application = complete(make_application(provider=provider, scheme=scheme), an_offer())
    service.submit(service.whole(application))
    review.start_review(application)
    review.ask(application, Section.STAFF, "Who?", today(), by=CHECKER)
    ends = today() + timedelta(days=9)
    caps.allow_above_cap(offer, 6_000, ends, "Needed.", by=CHECKER, on=today())
    uplifts.propose(round_, {offer: 5_100}, "Wages.", by=SENDER, on=today())


def test_a_list_holds_exactly_the_rows_that_may_be_seen_one_by_one(context):
    on = today()
    round_ = uplifts.open_round(
        "2027", on, on + timedelta(days=9), on + timedelta(days=19), by=CHECKER, on=on
    )
    own, other = make_user(Role.PROVIDER), make_user(Role.PROVIDER)
    lead = make_user(Role.AP_LEAD)
    service_row = make_capped_service()
    for user in (own, other):
        rows_of(user.provider, service_row, round_)
    for model, permission in MODELS.items():
        every = set(db.session.scalars(select(model)))
        assert len({row.owner_provider_id for row in every}) == 2, model
        for user in (own, other, lead):
            listed = set(db.session.scalars(visible(select(model), model, permission, user)))
            assert listed == {row for row in every if may(user, permission, row)}, model
            if user is not lead:
                assert {row.owner_provider_id for row in listed} == {user.provider_id}
