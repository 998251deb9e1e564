"""Evidence runs out and the offer disappears; it is renewed and the offer returns."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.compliance import EvidenceKind
from tests.browser.axe import assert_accessible
from tests.browser.test_applications import in_boxes
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.evidence import PDF
from tests.factories.providers import an_item, make_offer, make_provider

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(live_server):
    """A provider whose insurance ran out yesterday, with one offer, and three people."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        lapsed = an_item(expires_on=today() - timedelta(days=1))
        row = make_provider(name="Oak Farm", evidence=[lapsed, an_item(EvidenceKind.STAFF_CHECKS)])
        make_offer(provider=row)
        make_user(Role.PROVIDER, provider=row, email="oak@example.org")
        make_user(Role.QUALITY_ADVISER, email="adviser@example.org")
        db.session.commit()


def test_an_offer_disappears_with_its_evidence_and_returns_with_the_renewal(
    live_server, provider, page: Page, open_context, tmp_path
):
    live_server.sign_in(page, "oak@example.org", PASSWORD)
    page.goto(f"{live_server.address}/providers/1")
    closed = page.get_by_text("Public liability insurance ran out on")
    expect(closed.first).to_be_visible()

    page.goto(f"{live_server.address}/evidence/")
    expect(page.get_by_text("Out of date", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Send Public liability insurance").click()
    wrong, right = tmp_path / "notes.pdf", tmp_path / "insurance.pdf"
    wrong.write_bytes(b"This is only text.")
    right.write_bytes(PDF)
    in_boxes(page, "When was it issued?", today())
    in_boxes(page, "When does it expire?", today() + timedelta(days=364))
    page.get_by_label("Choose the file").set_input_files(wrong)
    page.get_by_role("button", name="Send the document").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("not a document that can be kept")
    assert_accessible(page)
    page.get_by_label("Choose the file").set_input_files(right)
    page.get_by_role("button", name="Send the document").click()
    expect(page.get_by_text("It counts once it has been checked")).to_be_visible()

    adviser = open_context().new_page()
    live_server.sign_in(adviser, "adviser@example.org", PASSWORD)
    adviser.goto(f"{live_server.address}/evidence/documents")
    adviser.get_by_role("link", name="Public liability insurance").click()
    with adviser.expect_download() as download:
        adviser.get_by_role("link", name="insurance.pdf").click()
    assert download.value.suggested_filename == "insurance.pdf"
    adviser.get_by_role("button", name="Accept").click()
    expect(adviser.get_by_text("was accepted and counts from now on")).to_be_visible()

    page.goto(f"{live_server.address}/providers/1")
    expect(closed).to_have_count(0)
    expect(page.get_by_text("Open", exact=True).first).to_be_visible()
