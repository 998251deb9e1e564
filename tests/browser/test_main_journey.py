"""The main journey: two spreadsheets in, a matched and explained list of places out.

As a SEND officer, in a system that has a framework and postcode sectors and nothing else: at a
desk, without JavaScript and on a phone.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app import demonstration
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import LONDON
from app.kernel.database import db
from tests.browser.axe import assert_accessible, overflow
from tests.browser.conftest import Site
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser
(SUPPLIER_TOOL, WAITING_LIST) = (path for _kind, path in demonstration.FILES)
EXAMPLE_DAY = datetime(2026, 11, 23, 9, 0, tzinfo=LONDON)
EMAIL = "olive@example.org"


@pytest.fixture
def bare_site(live_server: Site, time_machine) -> Iterator[Site]:
    """The site on the day of the example's files, with what an operator sets up and no more."""
    time_machine.move_to(EXAMPLE_DAY)
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        demonstration.load_foundations()
        make_user(Role.SEND_OFFICER, email=EMAIL, name="Olive Officer")
        db.session.commit()
    yield live_server


@dataclass
class Officer:
    """A SEND officer at a browser. look: what is checked of every page on the way."""

    page: Page
    site: Site
    look: Callable[[Page], None]

    def sign_in(self) -> None:
        self.page.goto(f"{self.site.address}/sign-in")
        self.look(self.page)
        self.site.sign_in(self.page, EMAIL, PASSWORD)
        expect(self.page.get_by_role("heading", name="Your next work")).to_be_visible()
        self.look(self.page)

    def menu(self, name: str) -> None:
        """Follow a link of the menu, which is folded away on a phone."""
        folded = self.page.get_by_role("button", name="Menu", exact=True)
        if folded.is_visible():
            folded.click()
        menu = self.page.get_by_role("navigation", name="Main menu")
        menu.get_by_role("link", name=name, exact=True).click()
        self.look(self.page)

    def send(self, kind: str, file: Path) -> None:
        """Send a spreadsheet, up to its preview."""
        self.menu("Spreadsheets")
        self.page.get_by_role("button", name="Send a spreadsheet").first.click()
        self.look(self.page)
        self.page.get_by_label(kind).check()
        self.page.get_by_label("Choose the file").set_input_files(file)
        self.page.get_by_role("button", name="Read the file").click()
        expect(self.page.get_by_role("button", name=re.compile("^Accept"))).to_be_visible()
        self.look(self.page)

    def tile(self, label: str) -> str:
        """The figure under a label at the top of a page."""
        tile = self.page.locator(".fp-tile").filter(has_text=re.compile(f"^\\s*{label}"))
        return tile.locator(".fp-tile__value").inner_text()

    def filter(self, label: str, choice: str) -> None:
        """Choose a filter above a list."""
        panel = self.page.locator(".fp-filters")
        panel.locator("summary").click()
        panel.get_by_label(label).select_option(choice)
        with self.page.expect_navigation():
            panel.get_by_role("button", name="Show results").click()
        self.look(self.page)

    def download(self, name: str) -> bytes:
        """Follow a link that downloads; returns the file."""
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name=re.compile(name)).first.click()
        return Path(started.value.path()).read_bytes()


def at_a_desk(page: Page) -> None:
    assert_accessible(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def on_a_phone(page: Page) -> None:
    assert overflow(page) == 0, f"{page.url} scrolls sideways"


def without_checks(_page: Page) -> None:
    """The same pages are looked at on the other journeys."""


def both_files(officer: Officer) -> None:
    """Send both files, see their faults, take the refused rows away, accept the rest."""
    page = officer.page
    officer.send("Supplier tool", SUPPLIER_TOOL)
    assert (officer.tile("New"), officer.tile("Refused")) == ("91", "14")
    page.get_by_role("link", name="14", exact=True).click()
    expect(page.get_by_text("“XYZ” is not a need type").first).to_be_visible()
    expect(page.get_by_text("above the cap of £50.00").first).to_be_visible()
    officer.look(page)
    workbook = openpyxl.load_workbook(io.BytesIO(officer.download("Download the 14 refused rows")))
    assert workbook.active.max_row == 15
    page.get_by_role("button", name="Accept 91 rows").click()
    expect(page.get_by_text("Saved on 23 November 2026")).to_be_visible()
    officer.look(page)

    officer.send("Waiting list", WAITING_LIST)
    assert (officer.tile("New"), officer.tile("Refused")) == ("284", "18")
    page.get_by_role("button", name="Accept 284 rows").click()
    expect(page.get_by_text("Saved on 23 November 2026")).to_be_visible()


def a_match(officer: Officer) -> None:
    """Match, and look at the whole, at a child with a place and at one without."""
    page = officer.page
    officer.menu("Matches")
    page.get_by_role("button", name="Match children now").first.click()
    expect(page.get_by_text("284 children wait")).to_be_visible()
    officer.look(page)
    page.get_by_role("button", name="Match children now").click()
    expect(page.get_by_text("Children placed", exact=True)).to_be_visible()
    placed, children = officer.tile("Children placed").split(" of ")
    assert int(placed) > 50
    assert int(children) == 284
    officer.look(page)

    officer.filter("Result", "Not placed")
    table = page.get_by_role("table", name="Children of this match")
    expect(table.get_by_text("Not placed", exact=True)).to_have_count(20)
    table.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Why no place was found")).to_be_visible()
    expect(page.get_by_role("heading", name="What would help").first).to_be_visible()
    officer.look(page)
    page.get_by_role("link", name=re.compile("^Match ")).click()

    officer.filter("Result", "Placed")
    page.goto(f"{page.url}&sort=-cost")
    costs = [pence(text) for text in table.locator("tbody td:last-child").all_inner_texts()]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] > 0
    table.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Why this provider").first).to_be_visible()
    expect(page.get_by_text("Cost a week").first).to_be_visible()
    officer.look(page)
    page.get_by_role("link", name=re.compile("^Match ")).click()


def the_list_taken_away(officer: Officer) -> None:
    """See the match on its map, and take its list away as CSV and as a workbook."""
    page = officer.page
    page.get_by_role("link", name="See this match on a map").click()
    expect(page.get_by_role("img", name=re.compile("Map of match"))).to_be_visible()
    officer.look(page)
    page.get_by_role("link", name=re.compile("^Match ")).click()

    rows = list(csv.DictReader(io.StringIO(officer.download("CSV").decode("utf-8-sig"))))
    assert len({row["Child reference"] for row in rows}) == 284
    assert all(row["Provider"] or row["Why"] for row in rows)
    sheet = openpyxl.load_workbook(io.BytesIO(officer.download("Excel"))).active
    assert sheet.max_row == len(rows) + 1

    officer.filter("Result", "Placed")
    placed = list(csv.DictReader(io.StringIO(officer.download("CSV").decode("utf-8-sig"))))
    assert {row["Result"] for row in placed} == {"Placed"}


def pence(words: str) -> int:
    """Money as a cell shows it: "£1,234.50" is 123450."""
    return int(re.sub(r"[^0-9]", "", words))


def test_at_a_desk_the_officer_gets_from_two_files_to_a_list_of_places(bare_site, page):
    officer = Officer(page, bare_site, at_a_desk)
    officer.sign_in()
    both_files(officer)
    a_match(officer)
    the_list_taken_away(officer)


def test_on_a_phone_nothing_scrolls_sideways(bare_site, phone: BrowserContext):
    officer = Officer(phone.new_page(), bare_site, on_a_phone)
    officer.sign_in()
    both_files(officer)
    a_match(officer)
    the_list_taken_away(officer)


def test_without_javascript_the_journey_is_the_same(bare_site, no_javascript: BrowserContext):
    officer = Officer(no_javascript.new_page(), bare_site, without_checks)
    officer.sign_in()
    both_files(officer)
    a_match(officer)
    the_list_taken_away(officer)
