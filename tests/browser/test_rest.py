"""Somebody who thinks for long is told before the browser is signed out, and may stay."""

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.browser.axe import assert_accessible
from tests.browser.conftest import Site
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser
EMAIL = "ada@hants.example"


def test_a_person_at_rest_is_told_and_stays_signed_in(live_server: Site, page: Page):
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_user(Role.SEND_OFFICER, email=EMAIL)
        db.session.commit()
    page.clock.install()
    live_server.sign_in(page, EMAIL, PASSWORD)
    page.goto(f"{live_server.address}/account/", wait_until="load")
    warning = page.get_by_role("alert").filter(has_text="You will be signed out in 3 minutes")

    page.clock.fast_forward("26:00")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("02:00")
    expect(warning).to_be_visible()
    assert_accessible(page)

    with page.expect_response(lambda answer: answer.url.endswith("/account/")) as answer:
        warning.get_by_role("button", name="Stay signed in").click()
    assert answer.value.ok
    expect(warning).to_have_count(0)
    page.clock.fast_forward("28:00")
    expect(warning).to_be_visible()
    page.clock.fast_forward("03:00")
    expect(page.get_by_role("alert")).to_contain_text("You have probably been signed out")
