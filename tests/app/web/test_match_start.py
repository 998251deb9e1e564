"""Asking for a match: once, however often the button is pressed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import jobs, pulse
from app.accounts.roles import Role
from app.commissioning import service
from app.commissioning.models.match import MatchRun
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.children import make_referral
from tests.factories.matches import ask_for_match
from tests.factories.providers import make_offer

ASKED = {"capacity": "any", "seconds": "5"}


@pytest.fixture
def officer(app):
    with app.app_context(), audit.acting(TESTER, "test"):
        make_offer()
        make_referral()
        db.session.commit()
    return signed_in(app, Role.SEND_OFFICER)


def runs(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(MatchRun.id)))


def test_a_press_of_the_button_runs_a_match_and_shows_what_it_found(officer):
    page = officer.post("/matches/start", data=ASKED, follow_redirects=True)
    assert page.status_code == 200
    assert "1 of 1" in page.text


def test_a_second_press_while_a_match_is_under_way_leads_to_that_match(app, officer, monkeypatch):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)  # no worker takes it
    first = officer.post("/matches/start", data=ASKED)
    second = officer.post("/matches/start", data=ASKED)
    assert first.location == second.location == "/matches/1"
    assert officer.get("/matches/start").location == "/matches/1"
    assert runs(app) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seconds": ""}, "Enter how many seconds to search"),
        ({"seconds": "0"}, "from 1 to 600"),
        ({"seconds": "601"}, "from 1 to 600"),
        ({"seconds": "soon"}, "as a whole number"),
        ({"capacity": "some"}, "Select which free hours should count"),
        ({"capacity": ""}, "Select which free hours should count"),
    ],
)
def test_a_form_that_cannot_be_read_starts_nothing(app, officer, asked, words):
    page = officer.post("/matches/start", data=ASKED | asked)
    assert "Error: Match children" in page.text
    assert words in page.text
    assert runs(app) == 0


def test_where_nobody_waits_there_is_nothing_to_press(sqlite_app):
    officer = signed_in(sqlite_app, Role.COMMISSIONER)
    page = officer.get("/matches/start").text
    assert "No child is waiting" in page
    assert "Match children now" not in page


def test_whoever_asks_while_a_match_is_under_way_is_told_that_theirs_was_not_started(
    app, officer, monkeypatch
):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)  # no worker takes it
    officer.post("/matches/start", data=ASKED)
    page = officer.post("/matches/start", data=ASKED, follow_redirects=True).text
    assert "is under way. Another was not started." in page


def test_a_match_that_no_worker_will_begin_says_what_to_do(app, officer, monkeypatch):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)
    page = officer.post("/matches/start", data=ASKED).location
    assert "It has not begun with this" in (found := officer.get(page).text)
    assert "Take back this request" in found and "data-fp-progress" not in found
    pulse.beat(app.extensions["jobs"], jobs.WORKER_PULSE)
    assert "Waiting to start" in officer.get(page).text


def test_a_match_whose_worker_was_killed_says_what_to_do(app, officer, monkeypatch, time_machine):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)
    page = officer.post("/matches/start", data=ASKED).location
    with app.app_context(), audit.acting(TESTER, "test"):
        service.begin_match(1)
        db.session.commit()
    pulse.beat(app.extensions["jobs"], "match-1")
    assert "Stop and keep the best so far" in officer.get(page).text
    time_machine.move_to(now() + timedelta(seconds=pulse.SILENCE + 1))
    found = officer.get(page).text
    assert "Nobody is working on this" in found and "It stopped in the middle" in found
    assert "Stop and keep" not in found
    script = officer.get(page, headers={"Accept": "application/json"})
    assert script.mimetype == "text/html"  # the script then loads the page


def test_a_match_that_waits_behind_others_says_how_many(app, officer, monkeypatch):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)
    pulse.beat(app.extensions["jobs"], jobs.WORKER_PULSE)
    with app.app_context(), audit.acting(TESTER, "test"):
        ask_for_match()
        ask_for_match()
        last = ask_for_match().id
    assert (
        "Waiting for 2 matches and trials asked for before" in officer.get(f"/matches/{last}").text
    )
