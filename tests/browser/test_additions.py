"""A further offer: too dear and refused, corrected, accepted by the AP lead, then found."""

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.providers.test_additions import admitted

pytestmark = pytest.mark.browser


@pytest.fixture
def site(live_server):
    """A provider that may add tutoring, with a cap of £55 an hour; a lead and an officer."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        provider = admitted()
        provider.name = "Oak Farm Learning"
        make_user(Role.PROVIDER, provider=provider, email="oak@example.org")
        make_user(Role.AP_LEAD, email="lead@example.org")
        make_user(Role.SEND_OFFICER, email="officer@example.org")
        db.session.commit()
    return live_server


def fill_in(page: Page) -> None:
    page.get_by_label("Service", exact=True).select_option("Tutoring (QTS)")
    page.get_by_label("Site", exact=True).select_option("Main site")
    page.get_by_label("Social, emotional and mental health").check()
    page.get_by_label("At the provider's site").check()
    page.get_by_label("Monday morning").check()
    for label, value in {
        "Youngest age": "11",
        "Oldest age": "16",
        "Hours a week that are free": "20",
        "Places that are free": "4",
        "Price for one child, in pounds": "60",
    }.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("What does the price buy?").select_option("An hour")
    page.get_by_label("Exempt from VAT").check()
    page.get_by_role("button", name="Send for approval").click()


def test_a_further_offer_goes_from_the_portal_to_the_search(site, page: Page, open_context):
    site.sign_in(page, "oak@example.org", PASSWORD)
    page.goto(f"{site.address}/portal/")
    page.get_by_role("button", name="Add an offer").click()
    fill_in(page)
    refusal = page.locator(".govuk-error-summary")
    expect(refusal).to_contain_text("£60.00 an hour is £5.00 above the cap of £55.00 an hour")
    expect(refusal).to_contain_text("in force since")
    expect(page.get_by_label("Oldest age")).to_have_value("16")
    expect(page.get_by_label("Social, emotional and mental health")).to_be_checked()
    assert_accessible(page)
    page.get_by_label("Price for one child, in pounds").fill("52.50")
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Sent to the authority for approval.")).to_be_visible()

    lead = open_context(viewport=DESKTOP).new_page()
    site.sign_in(lead, "lead@example.org", PASSWORD)
    entries = lead.locator(".govuk-service-navigation__item").all()
    assert len({entry.bounding_box()["y"] for entry in entries}) == 1, "the menu takes two lines"
    lead.get_by_role("link", name="1 change of providers’ profiles to decide").click()
    lead.get_by_role("link", name="Tutoring (QTS)").click()
    expect(lead.get_by_text("£52.50 an hour net of VAT")).to_be_visible()
    assert_accessible(lead)
    lead.set_viewport_size(PHONE)
    assert overflow(lead) == 0
    lead.get_by_label("Accept and publish it").check()
    lead.get_by_role("button", name="Save the decision").click()
    expect(lead.get_by_text("Accepted and published.")).to_be_visible()

    page.goto(f"{site.address}/notices/")
    page.get_by_role("link", name="What you wanted changed was decided").click()
    expect(page.get_by_text("Accepted", exact=True)).to_be_visible()

    officer = open_context().new_page()
    site.sign_in(officer, "officer@example.org", PASSWORD)
    officer.goto(f"{site.address}/search/?need=SEMH&age=year-9&free=yes&order=price&price=54")
    found = officer.locator(".fp-result", has_text="Tutoring (QTS)")
    expect(found).to_contain_text("Oak Farm Learning")
    expect(found).to_contain_text("£52.50 an hour, £2.50 under the cap")
