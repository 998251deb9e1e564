"""Journeys of a provider: confirming what is free by a link, and two people editing at once."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.offer import Offer
from tests.browser.axe import assert_accessible, overflow
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_cap, make_offer

pytestmark = pytest.mark.browser
OLD = timedelta(days=40)


@pytest.fixture
def provider(live_server):
    """A provider with one offer, confirmed long ago, part of it called off; two people, a lead."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        offer = make_offer(confirmed_on=today() - OLD)
        make_cap(offer.service, 5_500)
        make_commitment(offer, hours=6)
        for name in ("priya", "jo"):
            make_user(Role.PROVIDER, provider=offer.provider, email=f"{name}@oak.example")
        make_user(Role.AP_LEAD, email="lead@example.org")
        db.session.commit()
        return offer.provider_id


def the_offer(app):
    with app.app_context():
        return db.session.scalars(select(Offer)).one()


def link_in_the_letter(app) -> str:
    folder = Path(urlsplit(app.config["MAIL_URL"]).path)
    letter = email.message_from_bytes(
        next(folder.glob("*.eml")).read_bytes(), policy=email.policy.default
    )
    words = letter.get_content().split()
    return urlsplit(next(word for word in words if "/capacity/link/" in word)).path


def test_a_provider_confirms_capacity_by_link(live_server, provider, page, phone, screenshot):
    live_server.app.test_cli_runner().invoke(args=["capacity", "ask"])
    address = live_server.address + link_in_the_letter(live_server.app)
    page.goto(address)
    assert_accessible(page)
    screenshot(page, "capacity-by-link")
    assert page.get_by_text("6 hours, 1 child").is_visible()
    page.get_by_role("button", name="Nothing has changed").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert_accessible(page)
    assert the_offer(live_server.app).confirmed_on == today()
    small = phone.new_page()
    small.goto(address)
    small.get_by_text("This link was used already").wait_for()
    assert_accessible(small)
    screenshot(small, "capacity-link-used-390")


def test_two_people_edit_at_once_and_nothing_is_lost(
    live_server, provider, page, open_context, screenshot
):
    edit = f"{live_server.address}/portal/offers/{the_offer(live_server.app).id}/edit"
    other = open_context(viewport={"width": 390, "height": 844}).new_page()
    for browser, name in ((page, "priya"), (other, "jo")):
        live_server.sign_in(browser, f"{name}@oak.example", PASSWORD)
        browser.goto(edit)
    page.get_by_label("About this offer").fill("Bicycles, by Priya")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Published: About this offer.").wait_for()
    other.get_by_label("About this offer").fill("Boxing, by Jo")
    other.get_by_label("Price", exact=True).fill("52.50")
    other.get_by_role("button", name="Save").click()
    other.get_by_role("heading", name="Somebody else changed this").wait_for()
    assert_accessible(other)
    screenshot(other, "two-people-editing-390")
    assert other.get_by_text("Bicycles, by Priya").is_visible()
    assert other.get_by_label("About this offer").input_value() == "Boxing, by Jo"
    assert other.get_by_label("Price", exact=True).input_value() == "52.50"
    other.get_by_role("button", name="Save").click()
    other.get_by_text("Sent to the authority for approval: Price.").wait_for()

    lead = open_context().new_page()
    live_server.sign_in(lead, "lead@example.org", PASSWORD)
    lead.goto(f"{live_server.address}/changes/providers/{provider}")
    assert_accessible(lead)
    screenshot(lead, "changes-to-decide")
    lead.get_by_label("Accept").check()
    lead.get_by_role("button", name="Save the decisions").click()
    lead.get_by_text("1 change accepted, 0 returned.").wait_for()
    assert the_offer(live_server.app).price_pence == 5_250


def test_every_page_of_the_portal_is_accessible(live_server, provider, page, phone, screenshot):
    offer = the_offer(live_server.app).id
    small = phone.new_page()
    for browser in (page, small):
        live_server.sign_in(browser, "priya@oak.example", PASSWORD)
        width = browser.viewport_size["width"]
        for name, path in (
            ("portal", "/portal/"),
            ("portal-edit", "/portal/profile"),
            ("portal-offer", f"/portal/offers/{offer}/edit"),
            ("capacity", "/capacity/"),
            ("capacity-change", f"/capacity/offers/{offer}"),
            ("people", "/portal/people/"),
            ("commitments", "/commitments/"),
            ("versions", f"/changes/history/{provider}"),
        ):
            browser.goto(live_server.address + path)
            assert_accessible(browser)
            screenshot(browser, f"{name}-{width}")
            assert overflow(browser) == 0, f"{path} is wider than {width} pixels"
