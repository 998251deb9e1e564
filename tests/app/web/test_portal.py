"""The providers' own portal: small changes publish, others wait, two editors lose nothing."""

import html
import json
import re

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.database import db
from providers.facts import read_facts
from providers.models.change import ChangeItem, ChangeState
from providers.models.offer import Offer
from providers.models.provider import Provider
from tests.factories.providers import make_cap, make_offer, make_service


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def ids(given):
    with given():
        service = make_service()
        make_cap(service, 5_500)
        offer = make_offer(service=service)
        return offer.provider_id, offer.id


@pytest.fixture
def browser(sign_in, ids):
    return sign_in(Role.PROVIDER, provider_id=ids[0])


def base_on(page):
    return html.unescape(re.search(r'name="base"[^>]*value="([^"]*)"', page.text)[1])


def offer_form(page, **values):
    """The fields of an offer's form as the browser would send them, some of them changed."""
    base = base_on(page)
    facts = json.loads(base)
    price = facts["price"]
    return {
        "base": base,
        "service": facts["service"],
        "pence": f"{price['pence'] / 100:.2f}",
        "unit": price["unit"],
        "vat": price["vat"],
        "needs": facts["needs"],
        "youngest": facts["ages"][0],
        "oldest": facts["ages"][1],
        "delivery": facts["delivery"],
        "group_size": facts["group_size"],
        "min_hours": facts["min_hours"],
        "about": facts["about"],
    } | values


def facts_of(app, model=Offer):
    with app.app_context():
        return read_facts(db.session.scalars(select(model)).one())


def items(app):
    with app.app_context():
        return db.session.scalars(select(ChangeItem)).all()


def test_the_portal_shows_profile_offers_and_where_to_go(browser, ids):
    page = browser.get("/portal/").text
    for words in ("Your offers", "Mentoring", "People with access", "Evidence", "Say what is free"):
        assert words in page


def test_small_changes_publish_and_others_wait(app, browser, ids):
    address = f"/portal/offers/{ids[1]}/edit"
    sent = offer_form(browser.get(address), about="Bicycles", pence="50.00", youngest="7")
    page = browser.post(address, data=sent, follow_redirects=True).text
    assert "Published: About this offer." in page
    assert "Sent to the authority for approval: Price and Ages." in page
    assert facts_of(app)["about"] == "Bicycles"
    assert facts_of(app)["price"]["pence"] == 4_500
    assert "Waiting for approval" in browser.get("/portal/").text


def test_a_price_above_the_cap_is_refused_beside_its_field_and_nothing_typed_is_lost(
    app, browser, ids
):
    address = f"/portal/offers/{ids[1]}/edit"
    sent = offer_form(browser.get(address), about="Bicycles", pence="60")
    page = browser.post(address, data=sent).text
    assert "£5.00 above the cap of £55.00 an hour" in page
    assert "in force since" in page
    assert "Bicycles" in page
    assert 'value="60"' in page
    assert items(app) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("pence", "POA", "is not a price"),
        ("pence", "0", "more than £0"),
        ("needs", [], "Select at least one need"),
        ("delivery", [], "Select where it is given"),
        ("oldest", "4", "the youngest first"),
        ("youngest", "eleven", "Enter an age in whole years"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(app, browser, ids, field, value, message):
    address = f"/portal/offers/{ids[1]}/edit"
    sent = offer_form(browser.get(address), **{field: value})
    assert message in browser.post(address, data=sent).text
    assert items(app) == []


def test_the_second_of_two_editors_sees_the_conflict_and_can_save_again(app, browser, ids):
    address = f"/portal/offers/{ids[1]}/edit"
    first, second = browser.get(address), browser.get(address)
    browser.post(address, data=offer_form(first, about="Theirs", min_hours="3"))
    late = browser.post(address, data=offer_form(second, about="Mine", pence="51.00"))
    assert "Somebody else changed this while you had the page open" in late.text
    assert facts_of(app)["about"] == "Theirs"
    assert items(app) == []
    kept = offer_form(late, about="Mine", pence="51.00", min_hours="3")
    assert 'value="51"' in late.text
    assert re.search(r'name="min_hours"[^>]*value="3"', late.text)
    browser.post(address, data=kept)
    assert facts_of(app)["about"] == "Mine"
    assert facts_of(app)["min_hours"] == 3
    assert items(app)[0].after["pence"] == 5_100


def test_a_form_that_was_not_sent_whole_changes_nothing(app, browser, ids):
    address = f"/portal/offers/{ids[1]}/edit"
    sent = offer_form(browser.get(address), about="Bicycles") | {"base": "{"}
    answer = browser.post(address, data=sent)
    assert answer.status_code == 409
    assert "Open the page again" in answer.text


def organisation_form(page, **values):
    base = base_on(page)
    facts = json.loads(base)
    contact = {f"safeguarding_{part}": words for part, words in facts["safeguarding"].items()}
    sites = {f"sites-{n}": name for n, name in enumerate(facts["sites"].values())}
    texts = ("name", "about", "contact_email", "contact_phone", "website")
    plain = {name: facts[name] for name in texts}
    return {"base": base} | plain | contact | sites | facts["registration"] | values


def test_the_organisation_changes_its_contact_and_names_a_safeguarding_lead(app, browser, ids):
    sent = organisation_form(
        browser.get("/portal/profile"),
        contact_email="hello@oak.example",
        safeguarding_name="Sam Lead",
        **{"sites-0": "The Barn"},
    )
    page = browser.post("/portal/profile", data=sent, follow_redirects=True).text
    assert "Published: Email address for referrals and Names of sites." in page
    assert "Sent to the authority for approval: Safeguarding contact." in page
    assert facts_of(app, Provider)["contact_email"] == "hello@oak.example"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the name of the organisation"),
        ("contact_email", "not an address", "Enter an email address"),
        ("website", "javascript:alert(1)", "starts with https://"),
        ("urn", "12", "Enter a URN of six digits"),
        ("urn", "123456", "Only a registered school has a URN"),
        ("kind", "pru", "Enter the school’s URN"),
    ],
)
def test_what_is_wrong_with_the_organisation_is_said(browser, ids, field, value, message):
    sent = organisation_form(browser.get("/portal/profile"), **{field: value})
    assert message in browser.post("/portal/profile", data=sent).text


def test_a_proposed_change_can_be_taken_back(app, browser, ids):
    address = f"/portal/offers/{ids[1]}/edit"
    browser.post(address, data=offer_form(browser.get(address), pence="50.00"))
    browser.post(f"/portal/changes/{items(app)[0].id}/withdraw")
    assert items(app)[0].state is ChangeState.WITHDRAWN


def test_another_providers_offer_is_not_found(browser, given):
    with given():
        other = make_offer().id
    assert browser.get(f"/portal/offers/{other}/edit").status_code == 404
    assert browser.get(f"/changes/history/offers/{other}").status_code == 404
