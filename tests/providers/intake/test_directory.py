"""The supplier tool's rows against the directory: new, changed, unchanged, refused late."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.admission import ADMISSION, AdmissionState
from providers.compliance import EvidenceKind
from providers.intake.directory import DirectoryReader
from providers.intake.staging import Judged
from providers.models.intake import RowOutcome
from providers.models.offer import Offer
from providers.models.place import Accuracy
from providers.models.provider import Evidence, Provider, Site
from providers.needs import ALL_SESSIONS, Judgement, NeedType, PriceUnit, VatBasis
from tests.factories.places import a_mapped_county
from tests.providers.intake.builders import OFFER, TODAY

TUTORING = {"Service": "Tutoring (QTS)", "Lot": "A"}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def county(context):
    a_mapped_county()
    return context


def judge(changes: dict[str, str] | None = None) -> Judged:
    """A row, each a change of `OFFER`, as the directory stands now."""
    return DirectoryReader().judge(2, OFFER | (changes or {}))


def save(*rows: dict[str, str]) -> None:
    reader = DirectoryReader()
    for number, changes in enumerate(rows, 2):
        reader.save(reader.judge(number, OFFER | changes).record)
    db.session.flush()
    db.session.expire_all()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def the_offer() -> Offer:
    return db.session.scalars(select(Offer)).one()


def test_a_row_about_an_unknown_provider_is_new(county):
    judged = judge()
    assert (judged.outcome, judged.label) == (RowOutcome.NEW, "SUP0001 Oak Futures Ltd: Mentoring")
    assert count(Provider) == 0


def test_a_new_row_is_saved_with_all_that_it_says(county):
    save({"Notes": "Ring first"})
    offer = the_offer()
    provider = offer.provider
    assert (provider.reference, provider.name) == ("SUP0001", "Oak Futures Ltd")
    assert provider.state is AdmissionState.APPROVED
    assert (offer.service.code, offer.need_types) == (
        "mentoring", {NeedType.ASD, NeedType.SEMH},
    )  # fmt: skip
    assert (offer.min_age, offer.max_age, offer.sessions) == (7, 16, ALL_SESSIONS)
    assert (offer.at_base, offer.at_home, offer.online) == (True, False, False)
    assert (offer.hours_free, offer.places_free, offer.group_size, offer.min_hours) == (
        60, 12, 1, 2,
    )  # fmt: skip
    assert (offer.price_pence, offer.price_unit, offer.vat_basis) == (
        3975, PriceUnit.HOUR, VatBasis.EXEMPT,
    )  # fmt: skip
    assert (offer.confirmed_on, offer.notes) == (date(2026, 11, 20), "Ring first")
    assert (offer.site.postcode, offer.site.accuracy) == ("SO23 8UJ", Accuracy.SECTOR)
    assert (offer.site.latitude, offer.site.longitude) == (51.06, -1.31)


def test_the_evidence_of_a_row_belongs_to_its_offer(county):
    save({})
    held = {item.kind: item for item in the_offer().evidence}
    assert held[EvidenceKind.INSURANCE].expires_on == date(2027, 5, 2)
    assert held[EvidenceKind.STAFF_CHECKS].issued_on == date(2026, 10, 12)


def test_a_row_that_says_what_is_known_is_unchanged(county):
    save({})
    judged = judge()
    assert (judged.outcome, judged.changes) == (RowOutcome.UNCHANGED, {})


@pytest.mark.parametrize(
    ("column", "value", "field", "before", "after"),
    [
        ("Supplier name", "Oak Futures CIC", "Name", "Oak Futures Ltd", "Oak Futures CIC"),
        ("Ages", "8-16", "Ages", "7 to 16", "8 to 16"),
        ("Needs supported", "SEMH", "Needs", "ASD, SEMH", "SEMH"),
        ("Hours per week available", "45", "Hours a week free", 60, 45),
        ("Places", "6", "Places free", 12, 6),
        ("Base postcode", "PO12 1AA", "Postcode", "SO23 8UJ", "PO12 1AA"),
        ("Rate per hour", "£40", "Price", "£39.75 an hour", "£40.00 an hour"),
        ("Insurance expires", "03/06/2027", "Insurance until", "2 May 2027", "3 June 2027"),
        ("Status", "Suspended", "Status", "approved", "suspended"),
        ("Notes", "New van", "Notes", None, "New van"),
    ],
)
def test_a_change_is_told_field_by_field_saved_and_then_known(
    county, column, value, field, before, after
):
    save({})
    judged = judge({column: value})
    assert (judged.outcome, judged.changes) == (RowOutcome.CHANGED, {field: [before, after]})
    save({column: value})
    assert judge({column: value}).outcome is RowOutcome.UNCHANGED
    assert count(Provider) == count(Offer) == 1


def test_two_services_of_one_provider_share_it_and_its_site(county):
    save({}, TUTORING)
    assert (count(Provider), count(Offer), count(Site)) == (1, 2, 1)


def test_the_provider_was_last_visited_when_any_of_its_services_was(county):
    save(
        {"Last visit": "14/02/2026", "Visit judgement": "Green"},
        TUTORING | {"Last visit": "14/06/2026", "Visit judgement": "Amber"},
    )
    provider = db.session.scalars(select(Provider)).one()
    assert (provider.last_visit_on, provider.judgement) == (date(2026, 6, 14), Judgement.AMBER)


def test_evidence_that_the_row_no_longer_gives_is_taken_out(county):
    save({})
    save({"DBS register confirmed": ""})
    assert {item.kind for item in the_offer().evidence} == {EvidenceKind.INSURANCE}
    assert count(Evidence) == 1


def test_a_provider_that_has_left_must_apply_again(county):
    save({})
    provider = db.session.scalars(select(Provider)).one()
    ADMISSION.bring(provider, AdmissionState.REMOVED)
    judged = judge()
    assert judged.outcome is RowOutcome.REFUSED
    assert judged.record is None
    assert judged.faults[-1]["column"] == "Status"
    assert "It has to apply again." in judged.faults[-1]["message"]


def test_saving_what_a_rule_forbids_is_refused(county):
    reader = DirectoryReader()
    record = reader.judge(2, OFFER).record
    reader.save(record)
    ADMISSION.bring(db.session.scalars(select(Provider)).one(), AdmissionState.REMOVED)
    with pytest.raises(RuleBroken):
        reader.save(record)


def test_a_refused_row_is_named_by_what_can_be_read_of_it(county):
    assert judge({"Ages": "16-11"}).label == "SUP0001 Oak Futures Ltd Mentoring"
