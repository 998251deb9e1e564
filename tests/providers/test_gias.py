"""The national register of schools: read by column name, loaded again and again, claims checked."""

import csv
import io
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import gias
from providers.gias import Finding, SchoolCriteria, check_claim, load_schools
from providers.models.school import RegisteredSchool, SchoolStatus
from providers.needs import Registration
from tests.factories.providers import make_provider

HEAD = {"HeadTitle (name)": "Dr", "HeadFirstName": "Secret", "HeadLastName": "Person"}
ROW = {
    "URN": "100001",
    "LA (code)": "850",
    "LA (name)": "Hampshire",
    "EstablishmentName": "The Clifford Centre – Île",
    "TypeOfEstablishment (code)": "14",
    "EstablishmentStatus (name)": "Open",
    "CloseDate": "",
    "StatutoryLowAge": "5",
    "StatutoryHighAge": "16",
    "SchoolCapacity": "",
    "PlacesPRU": "48",
    "UKPRN": "10012345",
    "Street": "1 High Street",
    "Town": "Winchester",
    "Postcode": "SO23 8UJ",
    "SchoolWebsite": "https://clifford.example",
    "TelephoneNum": "01962000000",
    "Section41Approved (name)": "Not approved",
    "SEN1 (name)": "SEMH - Social, Emotional and Mental Health",
    "SEN2 (name)": "ASD - Autistic Spectrum Disorder",
    "OfstedLastInsp": "14-03-2024",
    "OfstedRating (name)": "Good",
} | HEAD


def file_of(*rows, leave_out=(), encoding="cp1252"):
    """A file in the register's shape; each row says how it differs from ROW."""
    names = [name for name in ROW if name not in leave_out]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def load(*rows, **options):
    return load_schools(file_of(*rows, **options), "edubasealldata20261123.csv")


def school(urn="100001"):
    return db.session.get(RegisteredSchool, urn)


def test_a_school_is_kept_with_what_the_register_says(context):
    done = load({})
    assert (done.new, done.loaded_by) == (1, "Test")
    found = school()
    assert found.name == "The Clifford Centre – Île"
    assert (found.kind, found.status) == (Registration.PRU, SchoolStatus.OPEN)
    assert (found.authority, found.pru_places, found.capacity) == ("850", 48, None)
    assert found.needs == ["SEMH", "ASD"]
    assert found.inspected_on == date(2024, 3, 14)
    assert found.section_41 is False


def test_the_heads_names_are_never_kept(context):
    load({})
    kept = {column.key: getattr(school(), column.key) for column in RegisteredSchool.__table__.c}
    assert not any("Secret" in str(value) or "Person" in str(value) for value in kept.values())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("14", Registration.PRU),
        ("42", Registration.AP_ACADEMY),
        ("38", Registration.AP_FREE_SCHOOL),
        ("44", Registration.SPECIAL),
        ("8", Registration.NON_MAINTAINED_SPECIAL),
        ("10", Registration.INDEPENDENT_SPECIAL),
        ("49", Registration.ONLINE),
    ],
)
def test_kinds_follow_the_registers_codes(context, code, kind):
    load({"TypeOfEstablishment (code)": code})
    assert school().kind is kind


def test_other_kinds_and_unusable_rows_are_counted_and_left_out(context):
    done = load(
        {},
        {"URN": "100002", "TypeOfEstablishment (code)": "1"},
        {"URN": "12"},
        {"URN": "100003", "EstablishmentStatus (name)": "?"},
    )
    assert (done.new, done.left_out, done.faulty) == (1, 1, 2)


def test_a_second_file_says_what_is_new_changed_closed_or_as_before(context):
    load({}, {"URN": "100002"}, {"URN": "100003"}, {"URN": "100004"})
    done = load(
        {},
        {"URN": "100002", "PlacesPRU": "60"},
        {"URN": "100003", "EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2026"},
        {"URN": "100005"},
    )
    assert (done.new, done.changed, done.closed, done.unchanged) == (1, 1, 1, 1)
    assert school("100002").pru_places == 60
    assert school("100003").closed_on == date(2026, 8, 31)
    assert [closed.urn for closed in gias.closed_in(done)] == ["100003"]
    assert school("100004").status is SchoolStatus.OPEN


def test_columns_may_be_absent_or_stand_elsewhere(context):
    load({}, leave_out=("SEN1 (name)", "OfstedRating (name)", "CloseDate", "UKPRN"))
    assert school().needs == ["ASD"]
    assert school().ukprn == ""


def test_a_file_without_a_needed_column_changes_nothing(context):
    with pytest.raises(RuleBroken, match="lacks the columns urn"):
        load({}, leave_out=("URN",))


@pytest.mark.parametrize("content", [b"", b"name,postcode\nOak,SO23 8UJ\n", b"PK\x03\x04broken"])
def test_a_file_of_another_sort_is_refused_in_words(context, content):
    with pytest.raises(RuleBroken):
        load_schools(io.BytesIO(content), "other.csv")


def test_the_zip_as_it_is_published_is_read(context):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("edubasealldata20261123.csv", file_of({}).getvalue())
        archive.writestr("links_edubasealldata.txt", "other")
    assert load_schools(packed, "extract.zip").new == 1


def test_utf_8_is_read_where_the_file_says_so(context):
    load({}, encoding="utf-8-sig")
    assert school().name.endswith("Île")


def test_thousands_of_rows_come_in_batches(context):
    rows = ({"URN": str(110_000 + number)} for number in range(1_200))
    assert load(*rows).new == 1_200


def test_schools_are_listed_by_authority_and_kind(context):
    load({}, {"URN": "100002", "LA (code)": "851", "LA (name)": "Portsmouth"})
    found = db.session.scalars(gias.schools(SchoolCriteria(authority="850", text="clifford"))).all()
    assert [each.urn for each in found] == ["100001"]
    assert gias.authorities() == [("850", "Hampshire"), ("851", "Portsmouth")]
    assert gias.counts_by_kind(None) == [(Registration.PRU, 2)]
    assert db.session.scalars(gias.schools(SchoolCriteria(kind=Registration.SPECIAL))).all() == []


@pytest.mark.parametrize(
    ("row", "claimed", "finding", "words"),
    [
        ({}, Registration.PRU, Finding.CONFIRMED, "is The Clifford Centre"),
        ({}, Registration.OTHER_SCHOOL, Finding.CONFIRMED, "is The Clifford Centre"),
        ({}, Registration.SPECIAL, Finding.MISMATCH, "pupil referral unit, not maintained"),
        ({"URN": "100009"}, Registration.PRU, Finding.UNKNOWN, "no school"),
        (
            {"EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2026"},
            Registration.PRU,
            Finding.CLOSED,
            "closed on 31 August 2026",
        ),
    ],
)
def test_a_claim_is_held_against_the_register(context, row, claimed, finding, words):
    load(row)
    claim = check_claim(claimed, "100001")
    assert claim.finding is finding
    assert words in claim.text


def test_before_a_register_is_loaded_no_claim_is_in_doubt(context):
    assert check_claim(Registration.PRU, "100001").finding is Finding.UNCHECKED
    assert check_claim(Registration.UNREGISTERED, None) is None


def test_claims_in_doubt_come_first(context):
    good = make_provider(name="A", registration=Registration.PRU, urn="100001")
    bad = make_provider(name="B", registration=Registration.SPECIAL, urn="100002")
    load({}, {"URN": "100002"})
    assert [provider for provider, _claim in gias.claims()] == [bad, good]
    assert db.session.scalar(select(RegisteredSchool.urn).limit(1))
