"""The pages of the example county, each looked at by the role that works with it."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine as clock
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import demonstration, jobs
from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning import service as commissioning
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.commissioning.panels import service as panels
from app.commissioning.placements.lifecycle import ProposalState
from app.commissioning.placements.models import Proposal
from app.example import attendance, enquiries, invoices, placed, placements, progress
from app.factory import create_app
from app.kernel import audit
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.progress import silent
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.server import serve
from tests.conftest import TESTER, settings

pytestmark = pytest.mark.browser
PICTURES = {
    "home-send-officer", "spreadsheet", "match", "match-map", "child-placed", "placement", "census",
}  # fmt: skip
"""The pages whose pictures stand in the documentation."""
EXAMPLE_DAY = datetime(2026, 11, 23, 9, 0, tzinfo=LONDON)


def put_on_an_agenda() -> None:
    """A meeting of the panel, with the proposal that waits longest on its agenda."""
    waiting = select(Proposal).where(Proposal.state == ProposalState.SUBMITTED)
    proposal = db.session.scalars(waiting.order_by(Proposal.id)).first()
    person = db.session.scalars(select(User).where(User.role == Role.COMMISSIONER)).first()
    panels.put_on_agenda(panels.call(EXAMPLE_DAY.date(), "Winchester", person), proposal)


@pytest.fixture(scope="module")
def county(sqlite_template: Path, tmp_path_factory) -> Iterator[Site]:
    """The example county as `flask example load` leaves it, served on the day of its files."""
    folder = tmp_path_factory.mktemp("county")
    shutil.copyfile(sqlite_template, folder / "fairplace.db")
    app = create_app(settings(f"sqlite:///{folder / 'fairplace.db'}", folder))
    with clock.travel(EXAMPLE_DAY):
        with app.app_context(), audit.acting(TESTER, "load example"):
            demonstration.load_foundations()
            for kind, path in demonstration.FILES:
                demonstration.load_file(kind, path, silent)
            demonstration.open_accounts()
            run = commissioning.request_match(None, seconds=10)
            db.session.commit()
            jobs.run("match", run.id)
            for part in (placed, attendance, invoices, progress, enquiries):
                part.load()
            placements.load(demonstration.PASSWORD)
            put_on_an_agenda()
            db.session.commit()
        with serve(app) as address:
            yield Site(address, app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def sessions() -> dict[Role, list]:
    """The cookies of who has signed in already, so that each signs in once."""
    return {}


@pytest.fixture
def enter(county: Site, page: Page, sessions):
    """Opens a page of the county as somebody in a role."""

    def open_page(role: Role, path: str = "/") -> None:
        if role not in sessions:
            county.sign_in(page, demonstration.PEOPLE[role][0], demonstration.PASSWORD)
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            sessions[role] = page.context.cookies()
        page.context.add_cookies(sessions[role])
        page.goto(county.address + path)

    return open_page


def look(page: Page) -> None:
    """Accessible, one heading, every question in words, nothing to scroll sideways."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert all(words.strip() for words in page.locator("legend, label").all_text_contents())
    assert_accessible(page)
    assert overflow(page) == 0, f"{page.url} is too wide for a desk"
    page.set_viewport_size(PHONE)
    assert overflow(page) == 0, f"{page.url} is too wide for a phone"
    page.set_viewport_size(DESKTOP)


HOMES = {
    Role.SEND_OFFICER: "Spreadsheets to correct",
    Role.COMMISSIONER: "Children not placed",
    Role.AP_LEAD: "Your next work",
    Role.QUALITY_ADVISER: "Your next work",
    Role.PROVIDER: "Your offers",
    Role.FINANCE: "What the last match recommends",
    Role.ADMINISTRATOR: "What was done lately",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_its_next_work_at_home(enter, page, screenshot, role):
    enter(role)
    expect(page.get_by_role("heading", name=HOMES[role])).to_be_visible()
    look(page)
    if (name := f"home-{role.value.replace('_', '-')}") in PICTURES:
        screenshot(page, name, full_page=False)


PAGES = {
    "children-waiting": ("/children/", "Children waiting"),
    "children-filtered": ("/children/?need=SEMH&sort=-hours", "Children waiting"),
    "child": ("/children/1", ""),
    "providers": ("/providers/", "Providers"),
    "provider": ("/providers/8", ""),
    "matches": ("/matches/", "Matches"),
    "match": ("/matches/1", "Match 1"),
    "match-map": ("/matches/1/map", "Map of match 1"),
    "match-start": ("/matches/start", "Match children with providers"),
    "spreadsheets": ("/spreadsheets/", "Spreadsheets"),
    "spreadsheet": ("/spreadsheets/2?show=refused", "children_awaiting.csv"),
    "spreadsheet-send": ("/spreadsheets/send", "Send a spreadsheet"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_officers_is_accessible_and_fits(enter, page, screenshot, name):
    path, heading = PAGES[name]
    enter(Role.SEND_OFFICER, path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    look(page)
    if name in PICTURES:
        page.set_viewport_size({"width": 1280, "height": 1300})
        screenshot(page, name, full_page=False)


CASEWORK = {
    "placements": (Role.SEND_OFFICER, "/placements/", "Placements"),
    "placement": (Role.SEND_OFFICER, "/placements/1", "Nia Larkspur"),
    "placed-child": (Role.SEND_OFFICER, "/children/290", ""),
    "plan": (Role.SEND_OFFICER, "/plans/1", "Learner Intervention Plan"),
    "enquiry": (Role.SEND_OFFICER, "/enquiries/1", "Enquiry EN-00001"),
    "attendance": (Role.SEND_OFFICER, "/attendance/placements/1", "Attendance of"),
    "reviews": (Role.SEND_OFFICER, "/progress/?when=all", "Reviews"),
    "review-to-record": (Role.SEND_OFFICER, "/progress/placements/1/review", "Record a review"),
    "ending": (Role.SEND_OFFICER, "/progress/placements/1/end", "End the placement"),
    "vary": (Role.SEND_OFFICER, "/agreements/vary/1", "Change hours, price or last day"),
    "notices": (Role.SEND_OFFICER, "/notices/", "Your notices"),
    "referral-drafts": (Role.SEND_OFFICER, "/referrals/drafts", "Drafts of referrals"),
    "proposals": (Role.COMMISSIONER, "/placement-proposals/?state=", "Proposals"),
    "proposal": (Role.COMMISSIONER, "/placement-proposals/32", ""),
    "propose-many": (Role.COMMISSIONER, "/bulk-proposals/propose/1", "Propose what the match"),
    "approve-many": (Role.COMMISSIONER, "/bulk-proposals/approve/1", "Approve proposals"),
    "agenda": (Role.COMMISSIONER, "/panels/1", "Panel of 23 November 2026"),
    "panels": (Role.COMMISSIONER, "/panels/", "Panels"),
    "budget": (Role.COMMISSIONER, "/budgets/", "Budget 2026/27"),
    "spend": (Role.COMMISSIONER, "/spend/", "Spend by tier"),
    "step-down": (Role.COMMISSIONER, "/progress/ready-to-move-on", "Ready to move on"),
    "census": (Role.COMMISSIONER, "/census/", "Alternative provision census"),
    "oversight": (Role.AP_LEAD, "/progress/oversight", "Oversight of alternative provision"),
    "invoice": (Role.FINANCE, "/invoices/1", "Invoice IN-00001"),
    "agreement": (Role.PROVIDER, "/agreements/1", "Placement agreement, version 1"),
    "asked": (Role.PROVIDER, "/answers/", "Enquiries"),
    "answer": (Role.PROVIDER, "/answers/1", "Enquiry EN-00001"),
    "register": (Role.PROVIDER, "/attendance/register", "Register"),
}


@pytest.mark.parametrize("name", CASEWORK)
def test_a_page_of_casework_is_accessible_and_fits(enter, page, screenshot, name):
    role, path, heading = CASEWORK[name]
    enter(role, path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    look(page)
    if name in PICTURES:
        page.set_viewport_size({"width": 1280, "height": 1100})
        screenshot(page, name, full_page=False)


@pytest.mark.parametrize("path", ["/placements/1", "/placement-proposals/?state=", "/budgets/"])
def test_on_paper_a_page_has_its_tables_whole_and_no_menu_or_button(enter, page, path):
    enter(Role.COMMISSIONER, path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    assert overflow(page) == 0
    for part in (".fp-navigation", ".fp-section-menu", ".fp-footer", ".fp-filters", ".fp-export"):
        expect(page.locator(f"{part}:visible")).to_have_count(0)
    expect(page.locator("button:visible, .govuk-button:visible")).to_have_count(0)
    table = page.locator("table").first
    expect(table).to_be_visible()
    cut = "table => table.scrollWidth - table.parentElement.clientWidth"
    assert table.evaluate(cut) <= 0
    shown = "link => getComputedStyle(link, '::after').content"
    assert page.locator("td a, th a").first.evaluate(shown) in ("none", "normal")


@pytest.mark.parametrize(("placed", "heading"), [(True, "Why this"), (False, "Why no place")])
def test_what_was_found_for_a_child_is_explained(county, enter, page, screenshot, placed, heading):
    with county.app.app_context():
        found = db.session.scalars(select(MatchOutcome.id).where(MatchOutcome.placed == placed))
        number = found.first()
    enter(Role.SEND_OFFICER, f"/matches/outcomes/{number}")
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    look(page)
    if placed:
        screenshot(page, "child-placed")


def test_a_wrong_password_says_nothing_about_which_was_wrong(county, page):
    county.sign_in(page, "officer@example.org", "not the password")
    wrong_password = page.locator(".govuk-error-summary").inner_text()
    assert "The email address or the password is wrong" in wrong_password
    look(page)
    county.sign_in(page, "nobody@example.org", "not the password")
    assert page.locator(".govuk-error-summary").inner_text() == wrong_password


def test_after_signing_out_the_pages_are_gone(county, page):
    county.sign_in(page, "officer@example.org", demonstration.PASSWORD)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{county.address}/sign-in")
    page.goto(f"{county.address}/children/1")
    expect(page.get_by_role("heading", name="Sign in to Fairplace")).to_be_visible()


def test_a_provider_sees_its_own_page_and_no_other(county, enter, page):
    enter(Role.PROVIDER)
    page.get_by_role("link", name="See your page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oak Futures Ltd")
    look(page)
    assert page.goto(f"{county.address}/providers/1").status == 404
    look(page)


def test_a_match_of_the_example_is_proven(county):
    with county.app.app_context():
        run = db.session.get_one(MatchRun, 1)
        assert run.placed > 150
        assert run.hours_gap == 0
