"""Invoices in a real browser: finance decides about one with a difference, and reads the spend."""

from datetime import datetime
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.commissioning.invoices import drafting, service
from app.kernel import audit
from app.kernel.clock import LONDON
from app.kernel.database import db
from tests.app.commissioning.invoices.test_service import MONDAY, a_placement, attended
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import Site
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser
DAY = datetime(2026, 12, 1, 9, 0, tzinfo=LONDON)


def test_finance_sees_the_difference_decides_and_reads_the_spend(
    live_server: Site, page: Page, phone, screenshot, time_machine
):
    time_machine.move_to(DAY)
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_user(Role.FINANCE, email="finance@example.org", name="Fatima Finance")
        placement = a_placement()
        attended(placement, 4)
        invoice = drafting.draft(placement.offer.provider, MONDAY)
        drafting.change_line(invoice.lines[0], hours=Fraction(12), pence_per_hour=4500)
        service.submit(invoice, number="OAK-1")
        db.session.commit()
    live_server.sign_in(page, "finance@example.org", PASSWORD)
    look(page, screenshot, "finance-home")
    page.get_by_role("link", name="IN-00001").click()
    expect(page.get_by_text("Sessions not recorded")).to_be_visible()
    look(page, screenshot, "invoice")
    page.get_by_role("button", name="Decide about it").click()
    page.get_by_label("Approve it for payment").check()
    page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter why you approve it")
    look(page, screenshot, "invoice-decide")
    page.get_by_label("Reason or query").fill("A session was recorded late.")
    page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_text("IN-00001 was approved")).to_be_visible()
    for name, address in (
        ("invoices", "/invoices/"),
        ("spend", "/spend/"),
        ("notices", "/notices/"),
    ):
        page.goto(f"{live_server.address}{address}")
        look(page, screenshot, name)
    small = phone.new_page()
    live_server.sign_in(small, "finance@example.org", PASSWORD)
    for address in ("/", "/invoices/1", "/invoices/", "/spend/", "/notices/choose"):
        small.goto(f"{live_server.address}{address}")
        assert overflow(small) == 0, address
        screenshot(small, f"phone{address.replace('/', '-')}")


def look(page: Page, screenshot, name: str) -> None:
    """What is checked of every page on the way."""
    assert_accessible(page)
    screenshot(page, name)
