"""A critical finding stops a match and an approval at once, and lists the children there."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.models.match import MatchRun
from app.commissioning.placements.lifecycle import PlacementState, ProposalState
from app.commissioning.placements.models import Proposal
from app.commissioning.progress.lifecycle import ReviewKind, ReviewState
from app.commissioning.progress.models import Review
from app.commissioning.recheck import reasons_against
from app.commissioning.staleness import moved_since
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.visits.lifecycle import VisitState
from providers.commitments import promise
from providers.models.offer import Offer
from tests.browser.axe import assert_accessible, overflow
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.matches import make_county, run_match
from tests.factories.placements import make_placement
from tests.factories.providers import make_lot
from tests.factories.visits import make_visit

pytestmark = pytest.mark.browser


def a_provider_with_a_child_and_a_match() -> tuple[int, int, int, int, int]:
    """Ids of the provider, its offer, the match that recommends it, the visit under way, and a
    proposal for another child that waits for a decision."""
    county = make_county()
    county.offer.service.lot = make_lot()
    officer = make_user(Role.SEND_OFFICER, name="Olive Officer")
    make_placement(offer=county.offer, officer=officer)
    adviser = make_user(Role.QUALITY_ADVISER, email="adviser@example.org")
    make_user(Role.AP_LEAD, email="lead@example.org")
    visit = make_visit(
        provider=county.offer.provider, adviser=adviser, state=VisitState.UNDER_WAY,
        visited_on=today(),
    )  # fmt: skip
    db.session.commit()
    make_user(Role.COMMISSIONER, email="commissioner@example.org")
    other = make_placement(PlacementState.PROPOSED, offer=county.offer)
    db.session.commit()
    return county.offer.provider_id, county.offer.id, run_match().id, visit.id, other.proposal_id


def test_a_critical_finding_stops_and_lists_the_children(live_server, page: Page, screenshot):
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        provider_id, offer_id, run_id, visit_id, proposal_id = a_provider_with_a_child_and_a_match()
        db.session.commit()
    live_server.sign_in(page, "adviser@example.org", PASSWORD)
    page.goto(f"{live_server.address}/visits/{visit_id}/findings")
    page.get_by_label("Safeguarding and wellbeing").check()
    page.get_by_label("Critical: children are at risk, or could be").check()
    page.get_by_label("What was found?").fill("Staff work alone before their checks are back.")
    with page.expect_navigation():
        page.locator("main form button").first.click()

    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        run = db.session.get_one(MatchRun, run_id)
        assert "1 stop of placements" in moved_since(run).sentence
        (there,) = (
            each
            for each in run.outcomes
            if offer_id in {found.offer_id for found in each.recommendations}
        )
        assert "New placements are stopped" in " ".join(reasons_against(there))
        (review,) = db.session.scalars(select(Review))
        assert (review.kind, review.state) == (ReviewKind.URGENT, ReviewState.OPEN)
        with pytest.raises(RuleBroken, match="New placements are stopped"):
            promise(
                db.session.get_one(Offer, offer_id), reference="PL-9", hours=1,
                starts_on=today(), source="Approval", pence_a_week=0,
            )  # fmt: skip
        db.session.rollback()

    page.context.clear_cookies()
    live_server.sign_in(page, "commissioner@example.org", PASSWORD)
    page.goto(f"{live_server.address}/placement-proposals/{proposal_id}")
    expect(page.get_by_text("New placements are stopped").first).to_be_visible()
    page.get_by_label("Approve").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_role("main")).to_contain_text("New placements are stopped")
    assert_accessible(page)
    screenshot(page, "stop-approval-refused")
    with live_server.app.app_context():
        assert db.session.get_one(Proposal, proposal_id).state is ProposalState.SUBMITTED

    page.context.clear_cookies()
    live_server.sign_in(page, "lead@example.org", PASSWORD)
    page.goto(f"{live_server.address}/stops/")
    expect(page.get_by_role("link", name="Oak Farm").first).to_be_visible()
    assert_accessible(page)
    page.goto(f"{live_server.address}/stops/providers/{provider_id}/children")
    expect(page.get_by_text("Olive Officer")).to_be_visible()
    expect(page.get_by_text("Urgent review", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Record the review")).to_be_visible()
    assert_accessible(page)
    assert overflow(page) == 0
    screenshot(page, "stops-children")
    page.get_by_role("link", name="Record the review").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("eview")
