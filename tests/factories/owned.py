"""Rows by whose they are: a provider's, one person's, the authority's."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.accounts.models import User
from app.accounts.passkeys import Passkey
from app.accounts.roles import Role
from app.accounts.sessions import SignInSession
from app.children.term_defaults import ClosedKind
from app.children.terms import ClosedDay
from app.commissioning.invoices.models import Invoice, InvoiceExport, InvoiceLine
from app.commissioning.models.match import MatchRun
from app.commissioning.models.policy import MatchPolicy
from app.commissioning.models.search import SavedSearch
from app.commissioning.placements.bulk_models import BulkKind, BulkWork
from app.commissioning.placements.models import Placement
from app.kernel.clock import now, today
from app.kernel.database import db
from app.notices.models import Notice
from app.notices.topics import Topic
from app.visits.concerns.models import Concern, ConcernAction
from app.visits.lifecycle import VisitState
from app.visits.models import Visit, VisitFile
from app.visits.settings_models import Interest
from app.visits.terms import Part
from providers.applications.proposals import ProposedSite
from providers.applications.sections import Section
from providers.models.addition import Addition, AdditionKind
from providers.models.application import Clarification
from providers.models.cap import CapException
from providers.models.change import ChangeItem, Subject
from providers.models.file import StoredFile
from providers.models.provider import Provider
from providers.models.school import SchoolLoad
from providers.models.uplift import UpliftRound
from providers.needs import Judgement
from providers.storage import new_key
from providers.uploads import FileType
from tests.factories.accounts import make_user
from tests.factories.applications import complete, make_application
from tests.factories.concerns import make_concern
from tests.factories.evidence import make_document
from tests.factories.intakes import make_intake
from tests.factories.stops import make_stop
from tests.factories.visits import make_action, make_finding, make_visit

_numbers = count(1)
ASKED = {"asked_by": "Alex Lead", "asked_at": now()}


def _keep(*rows: Any) -> None:
    db.session.add_all(rows)
    db.session.flush()


def make_report(provider: Provider, state: VisitState = VisitState.FINAL) -> Visit:
    """A visit with its report, a photograph, a finding and an action of which it is an answer."""
    visit = make_visit(
        provider=provider, state=state, visited_on=today(), judgement=Judgement.GREEN,
        check_due_on=today() + timedelta(days=5), final_at=now(),
    )  # fmt: skip
    photo = StoredFile(
        key=new_key(), name="room.png", type=FileType.PNG, size=9, sha256="0" * 64,
        stored_at=now(), stored_by="Quinn",
    )  # fmt: skip
    _keep(photo, VisitFile(visit=visit, part=list(Part)[0], file=photo, caption="A room", key="k"))
    make_action(make_finding(visit), file=photo)
    return visit


def all_that_a_provider_owns(placement: Placement) -> None:
    """A row of every kind that belongs to the provider of a placement."""
    offer, proposed = placement.offer, {"proposed_by": "Sam", "proposed_at": now()}
    provider = offer.provider
    application = complete(make_application(provider=provider))
    make_document(provider)
    make_stop(provider)
    make_report(provider)
    make_user(Role.PROVIDER, provider=provider)
    month = today().replace(day=1) - timedelta(days=1)
    invoice = Invoice(provider=provider, first_day=month.replace(day=1), last_day=month)
    dates = {"first_day": invoice.first_day, "last_day": invoice.last_day}
    _keep(
        Clarification(
            application=application, section=Section.STAFF, question="Who leads?",
            due_on=today() + timedelta(days=5), **ASKED,
        ),
        Addition(
            provider=provider, kind=AdditionKind.SITE,
            wanted=ProposedSite(0, "Mill House", "SO238UJ").kept(), **proposed,
        ),
        ChangeItem(
            provider=provider, subject=Subject.OFFER, subject_id=offer.id, field="about",
            before="", after="Small groups.", **proposed,
        ),
        CapException(
            offer=offer, pence_per_hour=9_000, starts_on=today(),
            ends_on=today() + timedelta(days=30), reason="Two to one.", approved_by="Alex",
            approved_at=now(),
        ),
        invoice,
        InvoiceLine(
            invoice=invoice, placement=placement, minutes=600,
            pence_per_hour=placement.pence_per_hour, **dates,
        ),
    )  # fmt: skip


def make_followed_up(**values: Any) -> Concern:
    """A concern of which something is to be done."""
    concern = make_concern(**values)
    concern.actions.append(ConcernAction(text="Ring the proprietor.", owner="Alex", due_on=today()))
    db.session.flush()
    return concern


def all_that_a_person_owns(user: User) -> None:
    """A row of every kind that is one person's."""
    number = next(_numbers)
    if user.role is not Role.PROVIDER:
        make_followed_up(by=user)
    _keep(
        Passkey(
            user_id=user.id, name=f"Phone {number}", credential_id=f"c{number}".encode(),
            public_key=b"k", backup_state=False, device_type="single_device", usage="secondary",
            lastuse_datetime=now(),
        ),
        SignInSession(user_id=user.id, began_at=now(), seen_at=now(), browser="Firefox"),
        Notice(
            user_id=user.id, key=f"test:{number}", topic_code=list(Topic)[0].value, page="/",
            told_at=now(), due_at=now(),
        ),
        SavedSearch(user=user, name="Near", query="", saved_at=now()),
    )  # fmt: skip


def make_interest(user: User, provider: Provider) -> Interest:
    """An interest that a person has declared in a provider."""
    row = Interest(user=user, provider=provider, what="A relative.", declared_at=now())
    _keep(row)
    return row


def all_that_the_authority_owns(run: MatchRun) -> None:
    """A row of every kind that belongs to nobody in particular."""
    make_intake()
    day = today()
    _keep(
        InvoiceExport(made_by="Fran", made_at=now()),
        MatchPolicy(rules={}, note="Nearer.", written_by="Alex", written_at=now()),
        BulkWork(
            kind=list(BulkKind)[0], match_run=run, chosen=[], options={}, requested_by="Olive",
            requested_at=now(),
        ),
        SchoolLoad(filename="edubasealldata.csv", loaded_by="Alex", loaded_at=now()),
        ClosedDay(school_year=2026, day=day, kind=ClosedKind.INSET),
        UpliftRound(
            name="2027", opens_on=day, closes_on=day + timedelta(days=20),
            applies_on=day + timedelta(days=60), opened_by="Alex", opened_at=now(),
        ),
    )  # fmt: skip
