"""A child's whole case with a mark of its own in every field that says something personal."""

from dataclasses import dataclass, field
from datetime import date

from flask import Flask
from sqlalchemy import String, select

from app.accounts.roles import Role
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.placements.models import Placement
from app.kernel import audit, reach
from app.kernel.database import db
from app.kernel.secret import SecretText
from app.links import Purpose, token_for
from app.visits import calendars
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.cases import a_whole_case
from tests.factories.children import make_child, make_referral
from tests.factories.enquiries import make_enquiry
from tests.factories.providers import make_offer
from tests.factories.visits import finished, make_visit

NAMES = {"forename": "Zebedee", "surname": "Quxmarkham", "upn": "Z823432128014"}
HOME, SPACED = "SO239ZZ", "SO23 9ZZ"
BORN = date(2012, 11, 29)
DATES = ("2012-11-29", "29 November 2012", "29 Nov 2012", "29/11/2012")
FREE_TEXT = 300
"""A plain column at least this long holds sentences, and not a code or somebody's name."""
FROZEN = frozenset({"frozen_search"})
"""Evidence that nothing may change once it is made."""
NOT_SAID = frozenset({"query", "page", "fault", "address"})


@dataclass
class Planted:
    """The case. marks: each mark with the field that holds it. rows: ids by table.

    for_providers: marks of what officers write for providers to read. addresses: signed links.
    provider_id: where the child is placed; asked_id: a provider that was asked, and knows nobody.
    """

    marks: dict[str, str]
    rows: dict[str, list[int]]
    for_providers: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    feed: str = ""
    provider_id: int = 0
    asked_id: int = 0
    ask_id: int = 0
    waiting_id: int = 0
    offer_id: int = 0


def plant(app: Flask) -> Planted:
    """Make the case and say what was planted where."""
    with app.app_context(), audit.acting(TESTER, "test"):
        officer = make_user()
        child = a_whole_case(officer, postcode=HOME, born_on=BORN, **NAMES)
        visit = finished(make_visit())
        offer = make_offer()
        enquiry = make_enquiry(offer, referral=_waiting(offer))
        case = Planted(_identity(), {})
        about = {child.id, enquiry.referral.child_id}
        for row in _rows(about):
            case.rows.setdefault(row.__tablename__, []).append(row.id)
        for row in [*_rows(about, keyed=False), visit, *visit.parts, *visit.findings]:
            _mark(row, case)
        db.session.flush()
        ask = db.session.scalars(select(EnquiryAsk).where(EnquiryAsk.enquiry == enquiry)).one()
        case.addresses = [f"/answers/link/{token_for(Purpose.ANSWER_ENQUIRY, ask.id)}"]
        case.asked_id, case.ask_id = offer.provider_id, ask.id
        case.waiting_id, case.offer_id = enquiry.referral_id, _another(enquiry.referral).id
        placed = db.session.get(Placement, case.rows["placement"][0])
        case.provider_id = placed.offer.provider_id
        placed.destination = "reintegrated"
        case.feed = calendars.renew(make_user(Role.QUALITY_ADVISER))
        db.session.commit()
    return case


def _another(referral):
    """An offer of the service that is asked for, of a provider that was not asked yet."""
    offer = make_offer(service=referral.components[0].service)
    make_user(Role.PROVIDER, provider=offer.provider)
    return offer


def _waiting(offer):
    child = make_child(postcode=HOME, born_on=BORN, **NAMES | {"upn": None})
    return make_referral(child, hours={offer.service: 10})


def _identity() -> dict[str, str]:
    found = {value: f"child.{name}" for name, value in NAMES.items()}
    found |= dict.fromkeys((HOME, SPACED), "child.postcode")
    return found | dict.fromkeys(DATES, "child.born_on")


def _rows(about: set[int], *, keyed: bool = True):
    """Every row about these children."""
    for mapper in db.Model.registry.mappers:
        model = mapper.class_
        if model.__tablename__ in reach.chains() and (hasattr(model, "id") or not keyed):
            for row in db.session.scalars(select(model)):
                if about & reach.children_of(row):
                    yield row


def _mark(row, case: Planted) -> None:
    """Put a mark into each text of a row that has room for sentences."""
    table = row.__table__
    if table.name in FROZEN:
        return
    for column in table.columns:
        kind = column.type
        secret = isinstance(kind, SecretText)
        roomy = type(kind) is String and (kind.length or 0) >= FREE_TEXT
        if column.name in NOT_SAID or not (secret or roomy):
            continue
        name = f"{table.name}.{column.name}"
        mark = next((m for m, where in case.marks.items() if where == name), None)
        mark = mark or f"Marked{len(case.marks):03}text"
        setattr(row, column.name, mark)
        case.marks[mark] = name
        if name.startswith(("enquiry.words", "enquiry_ask.")):
            case.for_providers.add(mark)
