"""A cap is previewed and published, and an exception lets one offer through."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from tests.browser.axe import assert_accessible
from tests.browser.test_applications import in_boxes
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.applications import make_capped_service
from tests.factories.providers import make_offer, make_provider

pytestmark = pytest.mark.browser


def test_a_new_cap_shows_whom_it_closes_and_an_exception_opens_one_again(live_server, page: Page):
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_offer(provider=make_provider(name="Oak Farm"), service=make_capped_service())
        make_user(Role.AP_LEAD, email="lead@example.org")
        db.session.commit()
    live_server.sign_in(page, "lead@example.org", PASSWORD)
    page.goto(f"{live_server.address}/price-caps/")
    page.get_by_role("link", name="Set a new cap for Mentoring").click()
    page.get_by_label("Most that may be paid for an hour").fill("40")
    in_boxes(page, "First day of the new cap", today())
    page.get_by_role("button", name="See whom it affects").click()
    expect(page.get_by_text("£45.00 an hour is £5.00 above the cap of £40.00")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Publish the cap").click()
    expect(page.get_by_text("The new cap for Mentoring was published.")).to_be_visible()

    page.goto(f"{live_server.address}/providers/1")
    above = page.get_by_text("£5.00 above the cap of £40.00")
    expect(above.first).to_be_visible()
    page.goto(f"{live_server.address}/price-caps/offers/1/exception")
    page.get_by_label("Most that this offer may cost an hour").fill("45")
    in_boxes(page, "Last day of the exception", today() + timedelta(days=90))
    page.get_by_label("Reason for the exception").fill("No other mentor within reach.")
    page.get_by_role("button", name="Record the exception").click()
    expect(page.get_by_text("No other mentor within reach.")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{live_server.address}/providers/1")
    expect(above).to_have_count(0)
