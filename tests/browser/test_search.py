"""An officer's search in a real browser, in the example county."""

import pytest

from app import demonstration
from app.kernel import audit
from app.kernel.database import db
from app.kernel.progress import silent
from tests.browser.axe import assert_accessible, overflow
from tests.conftest import TESTER

pytestmark = pytest.mark.browser


@pytest.fixture
def county(live_server):
    """The example county, with the people who try it out."""
    with live_server.app.app_context(), audit.acting(TESTER, "load example"):
        demonstration.load_foundations()
        for kind, path in demonstration.FILES:
            demonstration.load_file(kind, path, silent)
        demonstration.open_accounts()
        db.session.commit()
    return live_server


def test_an_officer_finds_the_nearest_tutors_compares_them_and_freezes_the_search(
    county, page, phone, screenshot
):
    county.sign_in(page, "officer@example.org", demonstration.PASSWORD)
    page.get_by_role("link", name="Find provision").click()
    assert_accessible(page)
    screenshot(page, "search-start")

    page.get_by_label("Service", exact=True).select_option("Tutoring (QTS)")
    page.get_by_label("Age, year group or key stage").select_option("Year 9")
    page.get_by_label("Postcode of the child’s home").fill("so23 8uj")
    page.get_by_label("Hours a week", exact=True).fill("10")
    page.get_by_label("Free now", exact=True).select_option("A place and enough hours free")
    page.get_by_label("Order", exact=True).select_option("Nearest")
    page.get_by_label("Social, emotional and mental health").check()
    page.get_by_role("button", name="Show results").click()

    names = page.locator(".fp-result__name")
    nearest = [names.nth(number).inner_text() for number in range(3)]
    assert nearest == ["Stour Skills LLP", "Copper Therapies", "Otter Education Partnership"]
    distances = [
        float(text.split(" miles")[0].split("· ")[-1])
        for text in page.locator(".fp-result__why").all_inner_texts()
        if " miles" in text
    ]
    assert distances == sorted(distances)
    assert_accessible(page)
    screenshot(page, "search-results")

    page.get_by_role("link", name="not suitable: see why").click()
    assert page.locator(".fp-why--against").count() > 0
    assert_accessible(page)
    page.go_back()

    for name in nearest:
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("button", name="Compare those ticked").click()
    page.get_by_role("heading", name="Compare 3 offers").wait_for()
    assert_accessible(page)
    screenshot(page, "search-compare")
    page.get_by_role("link", name="Results", exact=True).click()

    page.get_by_role("button", name="Freeze this search").click()
    page.get_by_label("Why is this search kept?").fill("Evidence for the panel")
    page.get_by_role("button", name="Freeze").click()
    page.get_by_text("The search is frozen").wait_for()
    for name in nearest:
        assert (
            page.get_by_role("cell", name=name)
            .or_(page.get_by_role("rowheader", name=name))
            .count()
        )
    assert_accessible(page)
    screenshot(page, "search-frozen")
    kept = page.url

    small = phone.new_page()
    county.sign_in(small, "officer@example.org", demonstration.PASSWORD)
    small.goto(kept)
    assert_accessible(small)
    assert overflow(small) == 0


def test_anyone_may_look_into_the_public_directory(county, page, screenshot):
    page.goto(f"{county.address}/directory/")
    assert_accessible(page)
    page.get_by_role("link", name="Beacon Learning LLP").click()
    page.get_by_role("heading", name="Beacon Learning LLP").wait_for()
    assert_accessible(page)
    screenshot(page, "public-provider")
