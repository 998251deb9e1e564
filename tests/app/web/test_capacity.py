"""Pages of capacity: a provider confirms and changes what is free, signed in or by link."""

import email
import email.policy
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.offer import Offer
from tests.factories.accounts import make_user
from tests.factories.providers import make_offer

OLD = timedelta(days=40)


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def provider_id(given):
    with given():
        offer = make_offer(confirmed_on=today() - OLD)
        make_user(Role.PROVIDER, provider=offer.provider, email="office@oak.example")
        return offer.provider_id


def the_offer(app):
    with app.app_context():
        return db.session.scalars(select(Offer)).one()


def letters(app):
    folder = Path(urlsplit(app.config["MAIL_URL"]).path)
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


@pytest.fixture
def link(app, provider_id):
    """The path of the link in the e-mail that asking writes."""
    app.test_cli_runner().invoke(args=["capacity", "ask"])
    (letter,) = letters(app)
    words = letter.get_content().split()
    return urlsplit(next(word for word in words if "/capacity/link/" in word)).path


def shown_on(page):
    return re.search(r'name="shown"[^>]*value="([^"]+)"', page.text)[1]


def test_the_letter_names_the_provider_and_no_person(app, provider_id):
    result = app.test_cli_runner().invoke(args=["capacity", "ask"])
    assert result.output == "1 provider asked.\n"
    (letter,) = letters(app)
    assert letter["To"] == "office@oak.example"
    assert "Willow Tuition" in letter["Subject"]
    assert "Provider 1" not in letter.get_content()
    again = app.test_cli_runner().invoke(args=["capacity", "ask"])
    assert again.output == "0 providers asked.\n"


def test_a_provider_without_an_address_is_named_to_the_operator(app, given):
    with given():
        make_offer(confirmed_on=today() - OLD)
    result = app.test_cli_runner().invoke(args=["capacity", "ask"])
    assert "has no email address" in result.output


def test_opening_the_link_changes_nothing_and_the_button_confirms(app, client, link):
    page = client.get(link)
    assert page.status_code == 200
    assert "Mentoring" in page.text
    assert client.head(link).status_code == 200
    assert the_offer(app).confirmed_on == today() - OLD
    done = client.post(link, data={"shown": shown_on(page)})
    assert "1 offer confirmed as of today" in done.text
    assert the_offer(app).confirmed_on == today()


def test_a_link_works_once(client, link):
    client.post(link, data={"shown": shown_on(client.get(link))})
    for answer in (client.get(link), client.post(link, data={"shown": "x"})):
        assert answer.status_code == 410
        assert "This link was used already" in answer.text


def test_a_link_expires(client, link):
    with time_machine.travel(today() + timedelta(days=22), tick=True):
        answer = client.get(link)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text


@pytest.mark.parametrize("token", ["x", "MQ.abc.def"])
def test_a_link_that_was_tampered_with_does_not_work(client, token):
    answer = client.get(f"/capacity/link/{token}")
    assert answer.status_code == 410
    assert "This link is not complete" in answer.text


def test_a_link_confirms_only_what_it_showed(app, client, link, given):
    shown = shown_on(client.get(link))
    with given():
        db.session.scalars(select(Offer)).one().hours_free = 2
    answer = client.post(link, data={"shown": shown})
    assert answer.status_code == 409
    assert the_offer(app).confirmed_on == today() - OLD


def test_nothing_has_changed_confirms_every_offer(app, sign_in, provider_id):
    browser = sign_in(Role.PROVIDER, provider_id=provider_id)
    page = browser.get("/capacity/")
    assert "Confirm again" in page.text
    answer = browser.post(
        "/capacity/confirm", data={"shown": shown_on(page)}, follow_redirects=True
    )
    assert "1 offer confirmed as of today" in answer.text
    assert the_offer(app).confirmed_on == today()


def week(**rooms):
    return {f"week-{number}-room": str(rooms.get(f"h{number}", "")) for number in range(10)}


def test_a_provider_says_anew_what_is_free(app, sign_in, provider_id):
    browser = sign_in(Role.PROVIDER, provider_id=provider_id)
    address = f"/capacity/offers/{the_offer(app).id}"
    shown = shown_on(browser.get(address))
    browser.post(address, data={"shown": shown, "hours": "9", "places": "2"} | week(h0=2, h5=1))
    offer = the_offer(app)
    assert (offer.hours_free, offer.places_free, offer.sessions) == (9, 2, 0b100001)


def test_a_second_editor_is_told_and_keeps_what_was_entered(app, sign_in, provider_id):
    browser = sign_in(Role.PROVIDER, provider_id=provider_id)
    address = f"/capacity/offers/{the_offer(app).id}"
    shown = shown_on(browser.get(address))
    browser.post(address, data={"shown": shown, "hours": "9", "places": "2"} | week(h0=2))
    late = browser.post(address, data={"shown": shown, "hours": "7", "places": "2"} | week(h0=2))
    assert "Someone else changed this offer" in late.text
    assert 'value="7"' in late.text
    assert the_offer(app).hours_free == 9
    again = {"shown": shown_on(late), "hours": "7", "places": "2"} | week(h0=2)
    assert browser.post(address, data=again).status_code == 302
    assert the_offer(app).hours_free == 7


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("hours", "lots", "Enter hours a week as a whole number"),
        ("hours", "-1", "Enter hours a week up to"),
        ("places", "", "Enter how many children you can take"),
        ("week-0-room", "9", "A half-day cannot take more children"),
        ("week-0-room", "some", "Enter a whole number, or nothing"),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept(app, sign_in, provider_id, field, value, message):
    browser = sign_in(Role.PROVIDER, provider_id=provider_id)
    address = f"/capacity/offers/{the_offer(app).id}"
    entries = {"shown": shown_on(browser.get(address)), "hours": "9", "places": "2"}
    answer = browser.post(address, data=entries | week(h0=1) | {field: value})
    assert message in answer.text
    assert the_offer(app).hours_free == 20
