"""A real browser for tests: Chromium as the system installed it, at desk and phone width.

Where no Chromium is found the tests are skipped with that reason; with
FAIRPLACE_REQUIRE_BROWSER=1, as in continuous integration, they fail instead.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.web import assets
from tests.browser.server import serve

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
HERE = Path(__file__).resolve().parent
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test of this folder twice more where it fails, and say so in the report.

    A browser shares its machine with whatever else runs there; a fault of the site's own fails
    three times as well as once.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=2))


def _chromium() -> str | None:
    """The browser's program: named by FAIRPLACE_CHROMIUM, else the first one found."""
    named = os.environ.get("FAIRPLACE_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = _chromium()
    if program is None:
        reason = "No Chromium was found: install it, or name it in FAIRPLACE_CHROMIUM."
        if os.environ.get("FAIRPLACE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    assets.ensure()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser contexts that are closed when the test ends; takes Playwright's options."""
    opened: list[BrowserContext] = []

    def open_one(**options) -> BrowserContext:
        context = browser.new_context(locale="en-GB", timezone_id="Europe/London", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def desktop(open_context) -> BrowserContext:
    """A browser window 1280 pixels wide."""
    return open_context(viewport=DESKTOP)


@pytest.fixture
def phone(open_context) -> BrowserContext:
    """A phone 390 pixels wide, with touch."""
    return open_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def no_javascript(open_context) -> BrowserContext:
    """A browser window in which no script runs."""
    return open_context(viewport=DESKTOP, java_script_enabled=False)


@pytest.fixture
def page(desktop: BrowserContext) -> Iterator[Page]:
    """A page at desk width; the test fails where a script fails or the page breaks its CSP."""
    page = desktop.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield page
    assert faults == []


@dataclass(frozen=True)
class Site:
    """An application that is being served. address: without a slash at the end."""

    address: str
    app: Flask

    def sign_in(self, page: Page, email: str, password: str) -> None:
        """Sign in through the page that people use."""
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def live_server(sqlite_app: Flask) -> Iterator[Site]:
    """The application on a fresh database, served with its forms protected as in production."""
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    with serve(sqlite_app) as address:
        yield Site(address, sqlite_app)


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Takes a picture of a page: for the documentation with FAIRPLACE_UPDATE_SCREENSHOTS=1,
    else into the folder named by FAIRPLACE_SCREENSHOTS or the test's own."""

    def take(page: Page, name: str, *, full_page: bool = True) -> Path:
        update = os.environ.get("FAIRPLACE_UPDATE_SCREENSHOTS") == "1"
        folder = IMAGES if update else Path(os.environ.get("FAIRPLACE_SCREENSHOTS", tmp_path))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return take
