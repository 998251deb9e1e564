"""Signing in with a council account in a real browser, and being held up after guessing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.factory import create_app
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.openid_provider import Council, Person, run, settings_of
from tests.browser.conftest import Site
from tests.browser.server import serve
from tests.browser.test_passkeys import looked_at
from tests.conftest import TESTER, settings
from tests.factories.accounts import make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def council() -> Iterator[Council]:
    """The council's own provider, on loopback."""
    with run("") as provider:
        claims = {"name": "Ada Officer", "email": "ada@council.example", "groups": ["send-team"]}
        provider.person = Person("7f3a", claims)
        yield provider


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path, council: Council) -> Iterator[Site]:
    """The site of that council, which takes one wrong try an hour."""
    shutil.copyfile(sqlite_template, tmp_path / "council.db")
    own = {"COUNCIL": settings_of(council), "ACCOUNT_LIMIT": "1 per hour", "WTF_CSRF_ENABLED": True}
    app = create_app(settings(f"sqlite:///{tmp_path / 'council.db'}", tmp_path) | own)
    with serve(app) as address:
        app.config["ADDRESS"] = address
        council.redirect_uri = f"{address}/sign-in/council/back"
        yield Site(address, app)
    with app.app_context():
        db.engine.dispose()


def test_staff_go_to_the_council_and_come_back_to_the_page_that_they_wanted(
    site: Site, council: Council, page: Page, screenshot
):
    page.goto(f"{site.address}/children/")
    looked_at(page, screenshot, "council-sign-in")
    page.get_by_role("button", name="Sign in with your council account").click()
    expect(page).to_have_url(f"{site.address}/children/")
    page.goto(f"{site.address}/account/")
    expect(page.get_by_text("no password of its own")).to_be_visible()
    looked_at(page, screenshot, "council-account")

    council.person = Person("7f3a", council.person.claims | {"groups": []})
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with your council account").click()
    expect(page.get_by_text("in no group that may use Fairplace")).to_be_visible()
    looked_at(page, screenshot, "council-refused")


def test_whoever_guesses_is_told_when_to_try_again(site: Site, page: Page, screenshot):
    with site.app.app_context(), audit.acting(TESTER, "test"):
        make_user(Role.SEND_OFFICER, email="pat@provider.example")
        db.session.commit()
    for _ in range(2):
        site.sign_in(page, "pat@provider.example", "not the password")
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    expect(page.get_by_text("You can try again in")).to_be_visible()
    looked_at(page, screenshot, "held-up")
