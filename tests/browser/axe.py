"""How a page is looked at: by axe-core against WCAG 2.2 AA and good practice, and for its width."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


SETTLED = "document.readyState === 'complete' && document.body !== null"


def overflow(page: Page) -> int:
    """How many pixels the page, once it is whole, is wider than its window."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return page.wait_for_function(f"{SETTLED} && [{wider}]").evaluate("found => found[0]")


def assert_accessible(page: Page) -> None:
    """Fail with axe's own report where the page, once it is whole, has a violation."""
    page.wait_for_function(SETTLED)
    results = Axe().run(
        page,
        options={
            "runOnly": {"type": "tag", "values": STANDARDS},
            "resultTypes": ["violations"],
        },
    )
    if results.violations_count:
        raise AssertionError(f"{page.url}\n{results.generate_report()}")
