"""A match under way: its figures move, it stops when asked, and a dead worker is told of."""

from threading import Event, Thread

import pytest
from playwright.sync_api import Page, expect

from app import jobs, pulse
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.commissioning import bridge, service
from app.kernel import audit
from app.kernel.database import db
from matching.result import Progress
from tests.browser.conftest import Site
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD
from tests.factories.matches import ask_for_match, make_county

pytestmark = pytest.mark.browser
EMAIL = "lead@example.org"
FOUND = Progress(
    placed=1, children=2, hours=15, cost_pence=45_000, hours_gap=0.031, cost_gap=0.002,
    fraction=0.4, message="Settling what is left",
)  # fmt: skip


@pytest.fixture
def match(live_server: Site) -> int:
    """A match of the small county that is asked for; a worker is there, and has not begun."""
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        open_account(email=EMAIL, name="Amara Lead", role=Role.AP_LEAD, password=PASSWORD)
        number = ask_for_match().id
        db.session.commit()
        pulse.beat(live_server.app.extensions["jobs"], jobs.WORKER_PULSE)
    return number


def test_a_match_is_watched_and_stopped_and_its_page_keeps_the_best(
    live_server: Site, page: Page, match: int, monkeypatch
):
    solve, may_look = bridge.solve, Event()

    def slowly(problem, *, on_progress, should_stop, **options):
        on_progress(FOUND)
        for _ in range(600):
            if should_stop():
                break
            may_look.wait(0.1)
        return solve(problem, on_progress=on_progress, should_stop=should_stop, **options)

    def work():
        with live_server.app.app_context():
            jobs.run("match", match)

    monkeypatch.setattr(bridge, "solve", slowly)
    live_server.sign_in(page, EMAIL, PASSWORD)
    page.goto(f"{live_server.address}/matches/{match}")
    expect(page.get_by_text("Waiting to start")).to_be_visible()
    expect(page.get_by_role("button", name="Take back this request")).to_be_visible()
    worker = Thread(target=work)
    worker.start()
    stop = page.get_by_role("button", name="Stop and keep the best so far")
    expect(stop).to_be_visible()
    expect(page.locator("[data-fp-figure=hours_gap]")).to_have_text("3.10%")
    expect(page.locator("[data-fp-figure=cost_pence]")).to_have_text("£450")
    stop.click()
    expect(page.get_by_text("Stopped early by Amara Lead")).to_be_visible()
    expect(page.locator(".fp-tile__value").first).to_have_text("1 of 2")
    worker.join()


def test_a_killed_worker_is_told_of_by_the_page_that_waits_for_it(
    live_server: Site, page: Page, match: int, monkeypatch
):
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        service.begin_match(match)
        db.session.commit()
    pulse.beat(live_server.app.extensions["jobs"], f"match-{match}")
    live_server.sign_in(page, EMAIL, PASSWORD)
    page.goto(f"{live_server.address}/matches/{match}")
    expect(page.get_by_text("Best so far").first).to_be_visible()
    monkeypatch.setattr(pulse, "SILENCE", 0.0)  # as if it had been killed half a minute ago
    expect(page.get_by_role("heading", name="Nobody is working on this")).to_be_visible()
    expect(page.get_by_text("Ask whoever runs the site to start it again")).to_be_visible()
    expect(page.get_by_role("button", name="Stop and keep")).to_have_count(0)

    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        service.recover_matches()  # what a worker does as it starts
        db.session.commit()
    page.get_by_role("link", name="Check again").click()
    expect(page.get_by_role("heading", name=f"Match {match} came to nothing")).to_be_visible()
    expect(page.get_by_role("button", name="Match children again")).to_be_visible()
