"""Accessibility, checked by axe-core in the browser against WCAG 2.2 AA and good practice."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page: Page) -> None:
    """Fail with axe's own report where the page as it stands has a violation."""
    results = Axe().run(
        page,
        options={
            "runOnly": {"type": "tag", "values": STANDARDS},
            "resultTypes": ["violations"],
        },
    )
    if results.violations_count:
        raise AssertionError(f"{page.url}\n{results.generate_report()}")
