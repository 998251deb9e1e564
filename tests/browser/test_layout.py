"""The frame of every page and its components, in a real browser at desk and phone width."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import assert_accessible, overflow
from tests.browser.gallery import create_gallery
from tests.browser.server import serve

pytestmark = pytest.mark.browser
PAGES = {
    "lists": "/",
    "empty-list": "/?empty=yes",
    "facts": "/facts",
    "form": "/form",
    "confirm": "/confirm",
    "progress": "/progress",
    "broken-rule": "/break/rule",
    "not-found": "/nowhere",
}


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serve(create_gallery()) as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_at_desk_width(page: Page, gallery, name):
    page.goto(gallery + PAGES[name])

    assert_accessible(page)
    assert overflow(page) == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_on_a_phone(phone: BrowserContext, gallery, name):
    page = phone.new_page()
    page.goto(gallery + PAGES[name])

    assert_accessible(page)
    assert overflow(page) == 0


def test_the_first_tab_skips_to_the_content(page: Page, gallery):
    page.goto(gallery)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_the_menu_marks_the_section_and_folds_away_on_a_phone(phone: BrowserContext, gallery):
    page = phone.new_page()
    page.goto(f"{gallery}/facts")
    link = page.get_by_role("link", name="Providers")
    expect(link).to_be_hidden()

    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    expect(link).to_have_attribute("aria-current", "true")


def test_errors_are_summed_up_named_in_the_title_and_linked_to_their_fields(page: Page, gallery):
    page.goto(f"{gallery}/form")
    page.get_by_role("button", name="Save and continue").click()

    expect(page).to_have_title("Error: Add a provider – Fairplace")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter a name").click()
    expect(page.get_by_label("Provider’s name")).to_be_focused()
    assert_accessible(page)


def test_messages_are_shown_as_banners(page: Page, gallery):
    page.goto(f"{gallery}/form")
    page.get_by_label("Provider’s name").fill("Oak Farm Learning")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Save and continue").click()

    expect(page.get_by_role("alert")).to_contain_text("The provider has been saved.")
    expect(page.get_by_role("region", name="Important")).to_contain_text("1 December 2026")
    assert_accessible(page)


def test_a_click_on_a_heading_sorts_and_a_second_turns_the_order_round(page: Page, gallery):
    page.goto(f"{gallery}/?need=SEMH")
    heading = page.get_by_role("columnheader", name="Cost a week").first

    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert "need=SEMH" in page.url


def test_filters_keep_the_order_and_need_no_javascript(no_javascript: BrowserContext, gallery):
    page = no_javascript.new_page()
    page.goto(f"{gallery}/?sort=-cost&page=2")
    page.get_by_label("Need").select_option("SEMH")
    page.get_by_role("button", name="Show results").click()

    assert "sort=-cost" in page.url
    assert "need=SEMH" in page.url
    assert "page=2" not in page.url


def test_progress_goes_on_to_the_result_by_itself(page: Page, gallery):
    page.goto(f"{gallery}/progress")
    expect(page.get_by_text("80% done")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Weighing up places")

    page.wait_for_url(f"{gallery}/facts")


def test_progress_without_javascript_loads_the_page_again(no_javascript: BrowserContext, gallery):
    page = no_javascript.new_page()
    page.goto(f"{gallery}/progress")

    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"
    expect(page.get_by_role("link", name="Check again")).to_be_visible()


def test_on_paper_the_tables_stay_and_the_menus_go(page: Page, gallery):
    page.goto(gallery)
    page.emulate_media(media="print")

    expect(page.get_by_role("table", name="Children waiting for a place")).to_be_visible()
    expect(page.get_by_role("link", name="Matches")).to_be_hidden()
    expect(page.get_by_role("button", name="Show results")).to_be_hidden()


def test_a_page_asks_nothing_of_any_other_site(page: Page, gallery):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{gallery}/facts")

    assert asked
    assert all(re.match(re.escape(gallery), address) for address in asked)


def test_every_file_that_a_page_asks_for_is_there(page: Page, gallery):
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{gallery}/progress")
    page.wait_for_load_state("networkidle")

    assert missing == []


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/accessibility", "/privacy", "/nowhere"])
def test_a_page_open_to_everyone_is_accessible(live_server, page: Page, path):
    page.goto(live_server.address + path)

    assert_accessible(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_every_answer_of_the_site_is_protected(live_server, page: Page):
    answer = page.goto(f"{live_server.address}/sign-in")

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
