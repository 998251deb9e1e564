"""A child is referred, providers are asked, one answers by link: in a browser, at a desk."""

import re
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.notices.models import Notice
from providers.directory_queries import services
from tests.browser.axe import assert_accessible, overflow
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.places import a_mapped_county
from tests.factories.providers import make_offer, make_provider

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)
EMAIL = "olive@example.org"


@pytest.fixture
def site(live_server, time_machine):
    """A county with one provider of mentoring, and an officer."""
    time_machine.move_to(NOW)
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        a_mapped_county()
        mentoring = next(service for service in services() if service.code == "mentoring")
        offer = make_offer(provider=make_provider(name="Oak Farm"), service=mentoring)
        make_user(Role.PROVIDER, provider_id=offer.provider_id)
        make_user(Role.SEND_OFFICER, email=EMAIL, name="Olive Officer")
        db.session.commit()
        number = offer.id
    return live_server, number


def looked_at(page: Page) -> None:
    assert_accessible(page)
    width = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    page.set_viewport_size(width)


def day(page: Page, legend: str, when: date) -> None:
    boxes = page.get_by_role("group", name=re.compile(f"^{legend}"))
    for label, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
        boxes.get_by_label(label).fill(str(value))


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()


def test_a_child_is_referred_and_a_provider_asked_who_answers_by_link(
    site, page, desktop, screenshot
):
    site, offer = site
    site.sign_in(page, EMAIL, PASSWORD)
    page.goto(f"{site.address}/referrals/new")
    looked_at(page)
    page.get_by_label("Forename").fill("Rowena")
    page.get_by_label("Surname").fill("Hathersage")
    day(page, "Date of birth", date(2013, 3, 9))
    page.get_by_label("Female").check()
    page.get_by_label("Home postcode").fill("so23 8uj")
    page.get_by_label("SEN support").check()
    page.get_by_role("group", name=re.compile("looked after")).get_by_label("No").check()
    press(page, "Continue")
    page.get_by_label("Reason").select_option("Suspension")
    day(page, "First day out of education", date(2026, 11, 2))
    press(page, "Save the draft")
    looked_at(page)
    follow(page, "Needs")
    page.get_by_label("Primary need", exact=True).select_option("SEMH")
    press(page, "Save")
    follow(page, "What is asked for")
    looked_at(page)
    page.get_by_label("Mentoring").fill("10")
    press(page, "Save")
    screenshot(page, "referral")
    press(page, "Submit: put on the waiting list")
    expect(page.get_by_text("is on the waiting list")).to_be_visible()
    child = page.url
    page.goto(f"{site.address}/children/")
    expect(page.get_by_text("Due on 9 November 2026, the sixth school day")).to_be_visible()
    looked_at(page)
    screenshot(page, "worklist")
    page.goto(child)
    follow(page, "Ask providers")
    page.goto(f"{page.url}?offer={offer}")
    looked_at(page)
    page.get_by_label("Anything to add").fill("Rowena likes horses")
    press(page, "Send the enquiry")
    expect(page.get_by_text("Take out the child’s name").first).to_be_visible()
    page.get_by_label("Anything to add").fill("Likes horses")
    press(page, "Send the enquiry")
    enquiry = page.url
    with site.app.app_context():
        link = db.session.scalars(select(Notice.page).where(Notice.page.contains("link"))).one()
    visitor = desktop.new_page()
    visitor.goto(site.address + link)
    looked_at(visitor)
    assert "Rowena" not in visitor.content()
    screenshot(visitor, "enquiry-to-answer")
    visitor.get_by_label("Yes, we make an offer").check()
    day(visitor, "First day", date(2026, 12, 1))
    press(visitor, "Send the answer")
    expect(visitor.get_by_text("The officer has your answer")).to_be_visible()
    page.goto(enquiry)
    looked_at(page)
    screenshot(page, "enquiry-answers")
    follow(page, "Choose Oak Farm")
    press(page, "Choose this offer")
    expect(page.get_by_text("Provider chosen").first).to_be_visible()
