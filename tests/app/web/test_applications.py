"""The pages of joining: from the public page to admission, and who sees what on the way."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers import evidence
from providers.admission import AdmissionState
from providers.applications.lifecycle import ApplicationState
from providers.applications.sections import QUESTIONS, Section
from providers.compliance import EvidenceKind
from providers.models.application import Application
from providers.models.place import Accuracy, Postcode
from providers.models.provider import Provider
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.applications import answers_to, make_capped_service
from tests.factories.evidence import CHECKER, make_document

START = {
    "organisation": "Brook Learning CIC",
    "name": "Anna Applicant",
    "email": "anna@example.org",
    "password": "three random words",
}
OFFER = {
    "service": "mentoring",
    "site": "1",
    "needs": ["SEMH", "ASD"],
    "min_age": "11",
    "max_age": "16",
    "deliveries": ["at_base"],
    "sessions": ["mon_am", "mon_pm"],
    "hours_free": "20",
    "places_free": "4",
    "group_size": "1",
    "min_hours": "2",
    "price_pence": "45.50",
    "price_unit": "hour",
    "vat_basis": "exempt",
}


@pytest.fixture
def site(app):
    """The application with a framework that is open."""
    with app.app_context(), audit.acting(TESTER, "test"):
        make_capped_service()
        db.session.commit()
    return app


@pytest.fixture
def applicant(site, known_postcodes):
    """Somebody who has just begun an application."""
    client = site.test_client()
    answer = client.post("/join/start", data=START)
    assert answer.location == "/applications/1", answer.text
    return client


@pytest.fixture
def known_postcodes(site):
    """Postcode sectors around Winchester."""
    with site.app_context():
        db.session.add(
            Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                     longitude=-1.31)
        )  # fmt: skip
        db.session.commit()


def fill_in(client):
    for section in QUESTIONS:
        answer = client.post(f"/applications/1/{section.value}", data=answers_to(section))
        assert answer.status_code == 302, answer.text
    client.post("/applications/1/site/0", data={"name": "Brook House", "postcode": "so238uj"})
    assert client.post("/applications/1/offer/0", data=OFFER).status_code == 302


def give_evidence(site):
    with site.app_context(), audit.acting(TESTER, "test"):
        for kind in (EvidenceKind.INSURANCE, EvidenceKind.STAFF_CHECKS):
            document = make_document(db.session.get_one(Provider, 1), kind=kind)
            evidence.accept(document, by=CHECKER, on=today())
        db.session.commit()


def state(site):
    with site.app_context():
        return db.session.get_one(Application, 1).state


def test_anybody_sees_what_the_framework_buys_and_that_it_is_open(site):
    text = site.test_client().get("/join/").text
    assert "Open to applications" in text
    assert "Mentoring" in text
    assert "£55.00" in text
    assert "Start now" in text


def test_beginning_opens_an_account_of_a_provider_that_is_not_admitted(site, applicant):
    with site.app_context():
        user = db.session.scalars(db.select(User)).one()
        assert user.provider.state is AdmissionState.PENDING
        assert user.name == "Anna Applicant"
    assert "still unanswered" in applicant.get("/applications/1").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "short"}, "Use 12 to 128 characters"),
        ({"email": "nobody"}, "Enter an email address in the correct format"),
        ({"organisation": " "}, "Enter your organisation’s name"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_what_was_entered(site, changed, words):
    answer = site.test_client().post("/join/start", data=START | changed)
    assert words in answer.text
    assert "Anna Applicant" in answer.text
    with site.app_context():
        assert db.session.scalar(db.select(Provider.id)) is None


def test_an_address_that_has_an_account_is_told_to_sign_in(site, applicant):
    answer = site.test_client().post("/join/start", data=START)
    assert "An account has this address already" in answer.text


def test_an_application_is_filled_in_submitted_reviewed_and_admitted(site, applicant):
    fill_in(applicant)
    early = applicant.post("/applications/1/submit")
    assert early.status_code == 409
    assert "Send: Public liability insurance" in early.text
    give_evidence(site)
    assert applicant.post("/applications/1/submit").status_code == 302

    lead = signed_in(site, Role.AP_LEAD)
    assert lead.post("/reviews/1/start").status_code == 302
    against = lead.get("/reviews/1/admit").text
    assert "Not yet reviewed as met" in against
    for section in Section:
        assert lead.get(f"/reviews/1/{section.value}").status_code == 200
        lead.post(f"/reviews/1/{section.value}", data={"verdict": "meets"})
    day = today()
    seen = {"visited_on": [day.day, day.month, day.year], "judgement": "green", "notes": "Calm."}
    assert lead.post("/reviews/1/visit", data=seen).status_code == 302
    assert lead.post("/reviews/1/admit").status_code == 302
    assert state(site) is ApplicationState.ADMITTED
    assert "Mentoring" in lead.get("/providers/1").text


class Letterbox:
    """Keeps the messages that would be sent."""

    def __init__(self):
        self.messages = []

    def send(self, message, _mark):
        self.messages.append(message)


def test_a_question_is_asked_and_answered(site, applicant, monkeypatch):
    box = Letterbox()
    monkeypatch.setitem(site.extensions, "mailer", box)
    fill_in(applicant)
    give_evidence(site)
    applicant.post("/applications/1/submit")
    lead = signed_in(site, Role.AP_LEAD)
    lead.post("/reviews/1/start")
    due = today() + timedelta(days=7)
    asked = {"question": "Who covers holidays?", "due_on": [due.day, due.month, due.year]}
    assert lead.post("/reviews/1/staff/ask", data=asked).status_code == 302
    (message,) = box.messages
    assert message["To"] == "anna@example.org"
    assert "holidays" not in message.get_content()
    assert "Who covers holidays?" in applicant.get("/applications/1").text
    assert applicant.get("/applications/1/staff").text.count("<form") == 2
    assert "<textarea" not in applicant.get("/applications/1/methods").text
    assert applicant.post("/applications/questions/1", data={"answer": ""}).status_code == 200
    applicant.post("/applications/questions/1", data={"answer": "The deputy."})
    assert state(site) is ApplicationState.IN_REVIEW


def test_a_refusal_gives_every_reason_to_the_applicant_who_may_begin_again(site, applicant):
    fill_in(applicant)
    give_evidence(site)
    applicant.post("/applications/1/submit")
    lead = signed_in(site, Role.AP_LEAD)
    lead.post("/reviews/1/refuse", data={"reasons": "No first aider.\n\nNo fire drill."})
    text = applicant.get("/applications/1").text
    assert "No first aider." in text
    assert "No fire drill." in text
    again = applicant.post("/applications/start", data={"earlier": "1"})
    assert again.location == "/applications/2"
    assert "Brook House" in applicant.get("/applications/2/sites").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"price_pence": "60"}, "£60.00 an hour is £5.00 above the cap of £55.00"),
        ({"price_pence": "POA"}, "“POA” is not a price"),
        ({"price_pence": "0"}, "Enter a price of more than £0"),
        ({"min_age": "16", "max_age": "11"}, "Enter an age from 16"),
        ({"min_age": "eleven"}, "Enter a whole number"),
        ({"service": "nonsense"}, "Select a service of the framework"),
        ({"site": "99"}, "Select one of your sites"),
        ({"needs": []}, "Select a need"),
        ({"deliveries": ["at_home"]}, "Enter how many miles your staff travel"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_beside_its_field(applicant, changed, words):
    applicant.post("/applications/1/site/0", data={"name": "Brook", "postcode": "SO23 8UJ"})
    answer = applicant.post("/applications/1/offer/0", data=OFFER | changed)
    assert answer.status_code == 200
    assert words in answer.text
    assert "Nothing added yet" in applicant.get("/applications/1/offers").text


@pytest.mark.parametrize(
    ("postcode", "words"),
    [("SO23", "only part of a postcode"), ("ZZ99 9ZZ", "not a postcode in use"), ("", "Enter")],
)
def test_a_postcode_that_does_not_exist_is_refused(applicant, postcode, words):
    answer = applicant.post("/applications/1/site/0", data={"name": "Brook", "postcode": postcode})
    assert words in answer.text


def opened(client, address):
    """The values that a form carries as those it was opened with."""
    found = re.search(r'name="base"[^>]*value="([^"]*)"', client.get(address).text)
    return unescape(found.group(1))


def test_the_second_of_two_people_sees_what_both_changed_and_loses_nothing(site, applicant):
    address = "/applications/1/methods"
    seen = opened(applicant, address)
    applicant.post(address, data={"base": seen, "safety": "We lock the doors."})
    answer = applicant.post(
        address, data={"base": seen, "safety": "We keep watch.", "impact": "We test each term."}
    )

    assert answer.status_code == 200
    assert "Somebody else changed this while you had the page open" in answer.text
    assert answer.text.count("We keep watch.") == 2  # beside theirs, and in the form
    assert "We lock the doors." in answer.text
    assert "Anna Applicant" in answer.text
    assert "We test each term." in answer.text
    again = unescape(re.search(r'name="base"[^>]*value="([^"]*)"', answer.text).group(1))
    applicant.post(address, data={"base": again, "safety": "Both.", "impact": "We test."})
    text = applicant.get(address).text
    assert "Both." in text and "We test." in text


def test_the_second_of_two_who_change_an_offer_is_shown_both_prices(site, applicant):
    fill_in(applicant)
    address = "/applications/1/offer/1"
    seen = opened(applicant, address)
    applicant.post(address, data=OFFER | {"base": seen, "price_pence": "40"})
    answer = applicant.post(address, data=OFFER | {"base": seen, "price_pence": "50"})

    assert "Somebody else changed this" in answer.text
    for price in ("45.50", "40", "50"):
        assert price in answer.text
    assert "£40.00" in applicant.get("/applications/1/offers").text


def test_an_offer_that_a_colleague_took_out_meanwhile_can_be_added_again(site, applicant):
    fill_in(applicant)
    seen = opened(applicant, "/applications/1/offer/1")
    applicant.post("/applications/1/offers/1/take-out")
    answer = applicant.post("/applications/1/offer/1", data=OFFER | {"base": seen})

    assert "Somebody else took this out" in answer.text
    assert 'action="/applications/1/offer/0"' in answer.text
    assert 'value="45.50"' in answer.text
    assert applicant.get("/applications/1/offer/1").status_code == 404


def test_what_is_typed_after_a_colleague_submitted_stays_on_the_page(site, applicant):
    fill_in(applicant)
    give_evidence(site)
    assert applicant.post("/applications/1/submit").status_code == 302
    answer = applicant.post("/applications/1/methods", data={"safety": "A late thought."})

    assert answer.status_code == 200
    assert "The application has been submitted" in answer.text
    assert "A late thought." in answer.text
    assert ">Save<" not in re.sub(r"\s", "", answer.text)


def test_another_provider_finds_none_of_it(site, applicant):
    other = signed_in(site, Role.PROVIDER)
    for address in ("", "/staff", "/submit", "/site/0", "/offer/0"):
        assert other.get(f"/applications/1{address}").status_code == 404
    assert "Brook" not in other.get("/applications/").text
    assert applicant.get("/reviews/1/staff").status_code == 403


def test_a_provider_is_suspended_with_a_reason(site, applicant):
    lead = signed_in(site, Role.AP_LEAD)
    with site.app_context():
        provider = db.session.scalar(db.select(Provider.id))
    text = lead.get(f"/standing/{provider}").text
    assert "Remove" in text
    assert "Enter the reason" in lead.post(f"/standing/{provider}/remove").text
    lead.post(f"/standing/{provider}/remove", data={"reason": "Withdrew by telephone."})
    assert "Withdrew by telephone." in lead.get(f"/standing/{provider}").text
    assert lead.post(f"/standing/{provider}/suspend", data={"reason": "x"}).status_code == 409
