"""Passkeys in a real browser, with an authenticator that Chromium plays."""

import pytest
from playwright.sync_api import CDPSession, Page, Request, expect
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.passkeys import Passkey
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import PHONE, Site
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser
EMAIL = "ada@hants.example"


@pytest.fixture
def site(live_server: Site) -> Site:
    """The site under a name, which passkeys need, with somebody whose role needs a second step."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_user(Role.SEND_OFFICER, email=EMAIL)
        db.session.commit()
    return Site(live_server.address.replace("127.0.0.1", "localhost"), live_server.app)


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def add_passkey(page: Page, site: Site, name: str = "Work laptop") -> None:
    page.goto(f"{site.address}/account/passkeys")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text(f"The passkey {name} is saved")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in to Fairplace")).to_be_visible()


def by_passkey(page: Page) -> None:
    page.get_by_role("button", name="Use a passkey instead").click()


def looked_at(page: Page, screenshot, name: str) -> None:
    assert_accessible(page)
    screenshot(page, f"{name}-1280")
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    assert overflow(page) == 0
    screenshot(page, f"{name}-390")
    page.set_viewport_size(before)


def send_again(page: Page, site: Site, sent: Request) -> None:
    """Send what a device answered once more: a challenge is good once."""
    site.app.config["WTF_CSRF_ENABLED"] = False  # so that nothing else stands in the way
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = page.request.post(sent.url, headers=form, data=sent.post_data, max_redirects=0)
    assert answer.headers["location"] == "/sign-in/passkey"
    site.app.config["WTF_CSRF_ENABLED"] = True


def test_a_passkey_is_added_signs_in_by_itself_and_is_removed(site, page, device, screenshot):
    site.sign_in(page, EMAIL, PASSWORD)
    page.goto(f"{site.address}/account/passkeys")
    looked_at(page, screenshot, "passkeys-none")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name for the passkey")
    add_passkey(page, site)
    looked_at(page, screenshot, "passkeys-one")
    sign_out(page)
    looked_at(page, screenshot, "sign-in")
    with page.expect_request(lambda sent: "/sign-in/passkey/" in sent.url) as sent:
        by_passkey(page)
    expect(page).to_have_url(f"{site.address}/")
    with site.app.app_context():
        assert db.session.scalars(select(Passkey)).one().sign_count > 0

    sign_out(page)
    send_again(page, site, sent.value)
    site.sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(f"{site.address}/")
    page.goto(f"{site.address}/account/passkeys")
    page.get_by_role("link", name="Remove Work laptop").click()
    looked_at(page, screenshot, "passkey-remove")
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey Work laptop was removed")).to_be_visible()
    sign_out(page)
    by_passkey(page)
    expect(page.get_by_text("The passkey did not work")).to_be_visible()
    looked_at(page, screenshot, "passkey-failed")


def test_a_passkey_stands_in_for_the_code_that_a_role_needs(site, page, device, screenshot):
    site.sign_in(page, EMAIL, PASSWORD)
    add_passkey(page, site)
    sign_out(page)
    site.app.config["TWO_STEP_ROLES"] = {"send_officer"}
    site.sign_in(page, EMAIL, PASSWORD)
    expect(page.get_by_role("heading", name="Confirm with your passkey")).to_be_visible()
    looked_at(page, screenshot, "passkey-second-step")
    page.goto(f"{site.address}/children/")
    expect(page.get_by_role("heading", name="Sign in to Fairplace")).to_be_visible()
    site.sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(f"{site.address}/")

    page.goto(f"{site.address}/account/passkeys")
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("Your role needs a second step")).to_be_visible()


def test_a_device_that_does_not_check_who_holds_it_does_not_sign_in_by_itself(site, page, device):
    session, authenticator = device
    site.sign_in(page, EMAIL, PASSWORD)
    add_passkey(page, site)
    sign_out(page)
    unchecked = {"authenticatorId": authenticator, "isUserVerified": False}
    session.send("WebAuthn.setUserVerified", unchecked)
    by_passkey(page)
    expect(page.get_by_text("It did not work, or was cancelled")).to_be_visible()
    page.goto(f"{site.address}/children/")
    expect(page.get_by_role("heading", name="Sign in to Fairplace")).to_be_visible()


def test_somebody_with_both_chooses_which_to_use(site, page, device, screenshot):
    site.sign_in(page, EMAIL, PASSWORD)
    add_passkey(page, site)
    sign_out(page)
    with site.app.app_context(), audit.acting(TESTER, "test"):
        owner = db.session.scalars(select(User)).one()
        owner.tf_primary_method = "authenticator"
        owner.tf_totp_secret = site.app.extensions["security"].totp_factory.generate_totp_secret()
        db.session.commit()
    site.sign_in(page, EMAIL, PASSWORD)
    looked_at(page, screenshot, "choose-step")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Select how you want to confirm")
    page.get_by_label("A passkey").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(f"{site.address}/")
