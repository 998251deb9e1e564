"""Asking for a match: once, however often the button is pressed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.commissioning.models.match import MatchRun
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.children import make_referral
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
        ({"seconds": "4"}, "from 5 to 600"),
        ({"seconds": "601"}, "from 5 to 600"),
        ({"seconds": "soon"}, "as a whole number"),
        ({"capacity": "some"}, "Not a valid choice"),
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


def test_a_match_that_should_have_ended_long_ago_says_what_to_do(app, officer, monkeypatch):
    monkeypatch.setitem(app.extensions, "jobs-task", lambda *_job: None)  # no worker takes it
    page = officer.post("/matches/start", data=ASKED).location
    assert "longer than it should" not in officer.get(page).text
    with app.app_context(), audit.acting(TESTER, "test"):
        run = db.session.scalar(select(MatchRun))
        run.requested_at -= timedelta(minutes=11)
        db.session.commit()
    assert "This is taking longer than it should" in officer.get(page).text
