"""How a page is looked at: by axe-core against WCAG 2.2 AA and good practice, and for its width."""

import time
from collections.abc import Callable
from typing import TypeVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 15.0
Seen = TypeVar("Seen")

SETTLED = "document.readyState === 'complete' && document.body !== null"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _once_whole(page: Page, look: Callable[[], Seen]) -> Seen:
    """What look gives of a page that is whole, within PATIENCE seconds.

    A page may be replaced by the next one while it is looked at: then it is looked at again.
    Asked from here and not by Page.wait_for_function, which evaluates text within the page when
    it has to wait, as the site's content security policy forbids.
    """
    latest = time.monotonic() + PATIENCE
    while True:
        try:
            if page.evaluate(SETTLED):
                return look()
        except Error:
            if time.monotonic() > latest:
                raise
        if time.monotonic() > latest:
            raise AssertionError(f"{page.url} was not whole within {PATIENCE:g} seconds")
        page.wait_for_timeout(50)


def overflow(page: Page) -> int:
    """How many pixels the page, once it is whole, is wider than its window."""
    return _once_whole(page, lambda: page.evaluate(WIDER))


def assert_accessible(page: Page) -> None:
    """Fail with axe's own report where the page, once it is whole, has a violation."""
    options = {
        "runOnly": {"type": "tag", "values": STANDARDS},
        "resultTypes": ["violations"],
    }
    results = _once_whole(page, lambda: Axe().run(page, options=options))
    if results.violations_count:
        raise AssertionError(f"{page.url}\n{results.generate_report()}")
