"""The pages of evidence: sending, checking, and who may see a document."""

import io
from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.compliance import EvidenceKind
from providers.models.evidence import EvidenceDocument
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.evidence import PDF
from tests.factories.providers import an_item, make_offer, make_provider


@pytest.fixture
def site(app):
    """The application with one provider, whose insurance ran out yesterday."""
    with app.app_context(), audit.acting(TESTER, "test"):
        lapsed = an_item(expires_on=today() - timedelta(days=1))
        provider = make_provider(evidence=[lapsed, an_item(EvidenceKind.STAFF_CHECKS)])
        make_offer(provider=provider)
        db.session.commit()
    return app


def of_the_provider(site):
    return signed_in(site, Role.PROVIDER, provider_id=1)


def a_form(content=PDF, name="insurance.pdf", **values):
    issued, expires = today() - timedelta(days=1), today() + timedelta(days=364)
    fields = {"kind": "insurance", "file": (io.BytesIO(content), name)}
    for field, day in (("issued_on", issued), ("expires_on", expires)):
        fields[field] = [str(day.day), str(day.month), str(day.year)]
    return fields | values


def send(client, **values):
    return client.post("/evidence/send/1", data=a_form(**values))


def test_a_document_is_sent_checked_and_counts_from_then_on(site):
    provider, adviser = of_the_provider(site), signed_in(site, Role.QUALITY_ADVISER)
    assert "ran out" not in provider.get("/evidence/?within=7").text
    assert "Out of date" in provider.get("/evidence/").text

    assert send(provider).location == "/evidence/documents/1"
    assert "insurance.pdf" in adviser.get("/evidence/documents/1").text
    assert adviser.post("/evidence/documents/1/accept").status_code == 302

    assert "Public liability insurance" not in provider.get("/evidence/").text
    assert "Accepted" in provider.get("/evidence/documents/1").text


def test_a_commissioner_sees_that_a_document_counts_and_does_not_save_it(site):
    send(of_the_provider(site))
    commissioner = signed_in(site, Role.COMMISSIONER)
    page = commissioner.get("/evidence/documents/1").text
    assert "insurance.pdf" in page
    assert "/documents/1/file" not in page
    assert commissioner.get("/evidence/documents/1/file").status_code == 403
    assert "/documents/1/file" in signed_in(site, Role.AP_LEAD).get("/evidence/documents/1").text


def test_a_document_is_only_ever_given_out_to_be_saved(site):
    provider = of_the_provider(site)
    send(provider, name="<script>.pdf")
    answer = provider.get("/evidence/documents/1/file")

    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=script.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": b"MZ program", "name": "insurance.pdf"}, "The file is not a document"),
        ({"content": b"", "name": "insurance.pdf"}, "The file is empty"),
        ({"file": ""}, "Choose the file to send"),
        ({"kind": "nonsense"}, "Not a valid choice"),
        ({"issued_on": ["31", "2", "2026"]}, "Enter a real date"),
        ({"issued_on": ["31"]}, "Enter a real date"),
        ({"expires_on": ["1", "1", "2020"]}, "The expiry date must be after the date of issue"),
        ({"expires_on": ["", "", ""]}, "Enter the last day that the insurance covers"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(site, values, words):
    answer = send(of_the_provider(site), **values)
    assert answer.status_code == 200
    assert words in answer.text
    with site.app_context():
        assert db.session.scalar(db.select(EvidenceDocument.id)) is None


def test_a_file_of_two_hundred_megabytes_is_refused_before_it_is_read(site):
    provider = of_the_provider(site)
    answer = provider.post(
        "/evidence/send/1",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "That file is too large" in answer.text


def test_another_provider_finds_none_of_it(site):
    send(of_the_provider(site))
    other = signed_in(site, Role.PROVIDER)
    for address in ("/documents/1", "/documents/1/file", "/send/1"):
        assert other.get(f"/evidence{address}").status_code == 404
    assert "Public liability" not in other.get("/evidence/documents?state=all").text


def test_a_document_is_returned_with_a_reason_that_the_provider_reads(site):
    provider, lead = of_the_provider(site), signed_in(site, Role.AP_LEAD)
    send(provider)
    assert "Enter why it is returned" in lead.post("/evidence/documents/1/return").text
    lead.post("/evidence/documents/1/return", data={"comment": "It names another firm."})
    assert "It names another firm." in provider.get("/evidence/documents/1").text


def test_asking_for_more_shows_first_which_offers_would_close(site):
    lead, adviser = signed_in(site, Role.AP_LEAD), signed_in(site, Role.QUALITY_ADVISER)
    send(of_the_provider(site))
    adviser.post("/evidence/documents/1/accept")
    assert adviser.get("/evidence/services/1").status_code == 403
    asked = dict.fromkeys(EvidenceKind, "not_asked") | {"data_protection": "required"}

    assert "1 offer would close" in lead.post("/evidence/services/1", data=asked).text
    assert lead.post("/evidence/services/1", data=asked | {"agreed": "yes"}).status_code == 302
    assert "Data protection registration" in lead.get("/evidence/services").text


def test_what_falls_due_is_listed_for_the_command_line(site):
    told = site.test_cli_runner().invoke(args=["evidence", "remind"])
    assert "Public liability insurance ran out on" in told.output
    assert told.output.endswith("1 item of evidence due.\n")


def test_a_provider_is_written_to_on_the_days_that_matter_and_no_other(site):
    of_the_provider(site)
    run = site.test_cli_runner()
    told = run.invoke(args=["evidence", "remind", "--send"])
    assert told.output.endswith("1 message sent.\n"), told.output
    later = (today() + timedelta(days=1)).isoformat()
    assert (
        "0 messages sent" in run.invoke(args=["evidence", "remind", "--send", "--on", later]).output
    )
