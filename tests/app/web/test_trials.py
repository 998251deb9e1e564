"""The pages of a trial: the inputs of a match once more, side by side with it."""

import pytest

from app import pulse
from app.accounts.roles import Role
from app.commissioning import service
from app.commissioning.models.match import MatchRun, RunKind
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.matches import make_county, run_match


@pytest.fixture
def officer(sqlite_app):
    """An officer's browser."""
    return signed_in(sqlite_app, Role.SEND_OFFICER)


@pytest.fixture
def match(sqlite_app):
    """The id of a match of the small county, run to its end."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        return run_match().id


def test_a_match_run_again_says_that_the_result_is_the_same(officer, match):
    answer = officer.post(f"/trials/again/{match}")
    assert answer.location == "/trials/2"
    page = officer.get("/trials/2").text
    assert "The same result" in page and "Every child has the same answer" in page


def test_the_list_of_trials_leads_to_each_and_to_its_match(officer, match):
    officer.post(f"/trials/again/{match}")
    page = officer.get("/trials/").text
    assert "Run again 2" in page and f"Match {match}" in page
    assert "Run again" not in officer.get("/matches/").text


def test_without_trials_the_list_says_how_to_make_one(officer):
    assert "No trial has been made yet" in officer.get("/trials/").text


def test_the_address_of_a_trial_among_matches_leads_to_the_trial(officer, match):
    officer.post(f"/trials/again/{match}")
    assert officer.get("/matches/2").location == "/trials/2"
    assert officer.get(f"/trials/{match}").location == f"/matches/{match}"


def test_a_trial_under_way_shows_its_figures_live(officer, match, sqlite_app):
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        trial = service.request_trial(None, RunKind.AGAIN, db.session.get(MatchRun, match))
        db.session.commit()
        service.begin_match(trial.id)
        db.session.commit()
        pulse.beat(sqlite_app.extensions["jobs"], f"match-{trial.id}")
        trial_id = trial.id
    assert "Best so far" in officer.get(f"/trials/{trial_id}").text
    answer = officer.get(f"/trials/{trial_id}", headers={"Accept": "application/json"}).json
    assert answer["figures"].keys() == {"placed", "hours", "cost_pence", "hours_gap", "cost_gap"}


def test_a_match_goes_visibly_out_of_date(officer, match, sqlite_app):
    assert "Out of date" not in officer.get(f"/matches/{match}").text
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        db.session.commit()
    page = officer.get(f"/matches/{match}").text
    assert "Out of date" in page
    assert "3 offers, 2 children, 3 providers and 6 items of evidence have changed" in page
    assert "Every recommendation of this match holds" in officer.get(f"/matches/{match}/check").text
    page = officer.get(f"/bulk-proposals/propose/{match}").text
    assert "have changed since this match. Each place is checked again as it is proposed" in page


def test_a_trial_that_came_to_nothing_is_tried_again_with_the_same_changes(
    officer, match, sqlite_app
):
    asked = [{"kind": "travel", "km": 5.0}]
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        base = db.session.get(MatchRun, match)
        trial = service.request_trial(None, RunKind.WHAT_IF, base, asked)
        service.begin_match(trial.id)
        service.fail_match(trial.id, service.INTERRUPTED)
        db.session.commit()
        trial_id = trial.id
    page = officer.get(f"/trials/{trial_id}").text
    assert "came to nothing" in page and "Try the same again" in page
    answer = officer.post(f"/trials/{trial_id}/repeat")
    assert answer.location == "/trials/3"
    with sqlite_app.app_context():
        again = db.session.get(MatchRun, 3)
        assert (again.kind, again.parameters["changes"]) == (RunKind.WHAT_IF, asked)
    assert officer.post("/trials/3/repeat").status_code == 409
    assert officer.post(f"/trials/{match}/repeat").status_code == 409


def test_beside_a_match_that_was_not_searched_to_its_end_a_trial_says_so(
    officer, match, sqlite_app
):
    officer.post(f"/trials/again/{match}")
    words = "was not searched to its end"
    assert words not in officer.get("/trials/2").text
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        db.session.get(MatchRun, match).cost_gap = 0.39
        db.session.commit()
    assert words in officer.get("/trials/2").text
