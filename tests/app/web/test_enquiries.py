"""Pages of enquiries: asking, answering, comparing, choosing; and who sees what."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.enquiries import service
from app.commissioning.enquiries.lifecycle import AskState, DeclineReason, EnquiryState
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.kernel.audit import AuditEvent
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.links import Purpose, token_for
from app.notices.models import Notice
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.enquiries import make_enquiry
from tests.factories.providers import make_offer, make_provider, make_service

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)
OFFER = {
    "answer": "offer",
    "starts_on": ["1", "12", "2026"],
    "hours": "8",
    "pence_per_hour": "45",
    "condition": "After a visit",
}
SECRETS = ("Rowena", "Hathersage", "B801200005001", "SO23 8UJ", "SO238UJ", "2013", "C5000001")


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        app_on_sqlite.extensions["test-clock"] = clock
        yield app_on_sqlite


@pytest.fixture
def asked(given):
    """An enquiry to two providers about a child with a name to hide: ids by name."""
    with given():
        child = make_child(
            forename="Rowena", surname="Hathersage", upn="B801200005001", reference="C5000001"
        )
        offers = [make_offer(provider=make_provider(name=name)) for name in ("Oak", "Elm")]
        referral = make_referral(child, hours={make_service(): 10})
        enquiry = make_enquiry(*offers, referral=referral, words="Likes horses")
        oak, elm = enquiry.asks
        return {
            "enquiry": enquiry.id,
            "oak": oak.id,
            "elm": elm.id,
            "oak provider": oak.offer.provider_id,
            "elm provider": elm.offer.provider_id,
            "referral": referral.id,
        }


def row(app, model, number):
    with app.app_context():
        return db.session.get_one(model, number)


def link_of(app, ask_id):
    with app.app_context():
        return f"/answers/link/{token_for(Purpose.ANSWER_ENQUIRY, ask_id)}"


def test_an_officer_asks_the_shortlist_and_each_provider_is_told_with_a_link(app, given, sign_in):
    with given():
        offers = [make_offer(), make_offer()]
        for offer in offers:
            make_user(Role.PROVIDER, provider_id=offer.provider_id)
        referral = make_referral(hours={make_service(): 10}).id
        ids = [str(offer.id) for offer in offers]
    officer = sign_in()
    address = f"/enquiries/referrals/{referral}/new?offer={ids[0]}&offer={ids[1]}"
    assert "What providers will read of the child" in officer.get(address).text
    answer = officer.post(address, data={"offers": ids, "words": "Likes horses"})
    assert answer.location == "/enquiries/1"
    with app.app_context():
        pages = db.session.scalars(select(Notice.page)).all()
    assert len(pages) == 2
    assert all(page.startswith("/answers/link/") for page in pages)
    assert "Likes horses" in app.test_client().get(pages[0]).text


@pytest.mark.parametrize("words", ["Rowena is shy", "at SO23 8UJ", "B801200005001"])
def test_words_that_give_the_child_away_are_refused_and_kept(app, sign_in, asked, words):
    with app.app_context():
        offer = db.session.get_one(EnquiryAsk, asked["oak"]).offer_id
    officer = sign_in()
    officer.post(f"/enquiries/{asked['enquiry']}/close", data={"reason": "Ask again"})
    address = f"/enquiries/referrals/{asked['referral']}/new?offer={offer}"
    answer = officer.post(address, data={"offers": [str(offer)], "words": words})
    assert "providers must not know who it is" in answer.text
    assert words in answer.text


def test_a_provider_reads_what_is_needed_and_never_who_it_is(app, sign_in, asked):
    provider = sign_in(Role.PROVIDER, asked["oak provider"])
    pages = [
        provider.get("/answers/").text,
        provider.get(f"/answers/{asked['oak']}").text,
        app.test_client().get(link_of(app, asked["oak"])).text,
    ]
    provider.post(f"/answers/{asked['oak']}", data=OFFER)
    pages.append(provider.get(f"/answers/{asked['oak']}").text)
    for page in pages:
        assert [secret for secret in SECRETS if secret in page] == []
    assert "Key stage 3" in pages[1]
    assert "Likes horses" in pages[1]
    assert "SO23" in pages[1]


def test_a_provider_reaches_its_own_enquiries_alone(sign_in, asked):
    provider = sign_in(Role.PROVIDER, asked["oak provider"])
    assert provider.get(f"/answers/{asked['elm']}").status_code == 404
    assert provider.post(f"/answers/{asked['elm']}", data=OFFER).status_code == 404
    assert provider.get(f"/enquiries/{asked['enquiry']}").status_code == 403
    assert sign_in(Role.FINANCE).get("/enquiries/").status_code == 403
    assert provider.get("/answers/").text.count("EN-00001") == 1


def test_answers_stand_side_by_side_with_caps_and_lateness(app, sign_in, asked):
    sign_in(Role.PROVIDER, asked["oak provider"]).post(f"/answers/{asked['oak']}", data=OFFER)
    app.extensions["test-clock"].move_to(MONDAY + timedelta(days=3))
    late = sign_in(Role.PROVIDER, asked["elm provider"])
    late.post(f"/answers/{asked['elm']}", data={"answer": "decline", "reason": "full"})
    page = sign_in().get(f"/enquiries/{asked['enquiry']}").text
    for words in ("After a visit", "£45.00", "£360.00", "No room at present", "Late", "of 10"):
        assert words in page, words
    csv = sign_in().get("/enquiries/download.csv").text
    assert "No room at present" in csv


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"answer": ""}, "Select whether you could take this child"),
        ({"hours": "41"}, "Enter hours a week from 1 to 40"),
        ({"hours": ""}, "Enter the hours a week"),
        ({"hours": "12"}, "10 hours a week are asked for"),
        ({"starts_on": ["30", "2", "2027"]}, "Enter a real date"),
        ({"starts_on": ["1", "11", "2026"]}, "The first day has passed"),
        ({"pence_per_hour": "POA"}, "Enter a price in pounds"),
        ({"answer": "decline"}, "Select why you decline"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_said_and_kept(app, sign_in, asked, values, message):
    provider = sign_in(Role.PROVIDER, asked["oak provider"])
    answer = provider.post(f"/answers/{asked['oak']}", data=OFFER | values)
    assert answer.status_code == 200
    assert message in answer.text
    assert 'value="After a visit"' in answer.text
    assert row(app, EnquiryAsk, asked["oak"]).state is AskState.ASKED


def test_a_link_answers_once_in_the_provider_s_name(app, asked):
    visitor, link = app.test_client(), link_of(app, asked["oak"])
    assert "The officer has your answer" in visitor.post(link, data=OFFER).text
    again = visitor.post(link, data=OFFER)
    assert again.status_code == 410
    assert "answered already" in again.text
    assert row(app, EnquiryAsk, asked["oak"]).answered_by == "Oak, by email link"
    with app.app_context():
        last = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject == "enquiry_ask").order_by(AuditEvent.id)
        ).all()[-1]
        assert (last.actor_name, last.action) == ("Oak, by email link", "enquiry:answer")


def test_a_link_that_is_old_cut_or_of_another_purpose_is_dead(app, asked):
    visitor, link = app.test_client(), link_of(app, asked["oak"])
    with app.app_context():
        other = token_for(Purpose.CONFIRM_CAPACITY, asked["oak"])
    for address in (link[:-3], f"/answers/link/{other}"):
        answer = visitor.get(address)
        assert answer.status_code == 410
        assert "This link is not complete" in answer.text
    app.extensions["test-clock"].move_to(MONDAY + timedelta(days=15))
    assert "This link has expired" in visitor.get(link).text


def test_an_officer_chooses_after_confirming_and_the_enquiry_closes(app, given, sign_in, asked):
    with given():
        ask = db.session.get_one(EnquiryAsk, asked["oak"])
        service.make_offer(ask, service.Answer(date(2026, 12, 1), 8, 4_500, ""), "Priya")
    officer = sign_in()
    confirm = officer.get(f"/enquiries/asks/{asked['oak']}/choose").text
    assert "Choose Oak?" in confirm
    assert row(app, Enquiry, asked["enquiry"]).state is EnquiryState.OPEN
    officer.post(f"/enquiries/asks/{asked['oak']}/choose")
    assert row(app, Enquiry, asked["enquiry"]).state is EnquiryState.CHOSEN
    again = officer.post(f"/enquiries/asks/{asked['oak']}/choose")
    assert again.status_code == 409
    passed = sign_in(Role.PROVIDER, asked["elm provider"]).get(f"/answers/{asked['elm']}").text
    assert "Another provider was chosen" in passed


def test_the_list_asks_few_queries_however_long_it_is(given, sign_in, count_queries, asked):
    officer = sign_in()
    with count_queries() as few:
        officer.get("/enquiries/")
    with given():
        for _number in range(5):
            make_enquiry(make_offer(), make_offer())
    with count_queries() as many:
        page = officer.get("/enquiries/").text
    assert len(re.findall("EN-0", page)) == 6
    assert len(many) == len(few) <= 10


def test_the_daily_command_says_what_it_did(app, asked):
    app.extensions["test-clock"].move_to(MONDAY + timedelta(days=3))
    answer = app.test_cli_runner().invoke(args=["enquiries", "chase"])
    assert "0 reminders sent" in answer.output
    answer = app.test_cli_runner().invoke(args=["waiting", "reckon"])
    assert "0 days changed" in answer.output


def test_a_refusal_is_counted_by_its_reason(app, sign_in, asked):
    provider = sign_in(Role.PROVIDER, asked["oak provider"])
    provider.post(f"/answers/{asked['oak']}", data={"answer": "decline", "reason": "distance"})
    assert row(app, EnquiryAsk, asked["oak"]).decline_reason is DeclineReason.DISTANCE
