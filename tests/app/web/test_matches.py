"""The pages of a match: ask for one, follow it, see what it found, take it away."""

from io import BytesIO
from threading import Thread

import pytest
from flask import current_app
from openpyxl import load_workbook
from sqlalchemy import event

from app import jobs, pulse
from app.accounts.roles import Role
from app.commissioning import bridge, service
from app.commissioning.models.match import MatchRun
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.children import make_child, make_referral
from tests.factories.matches import ask_for_match, make_county, run_match
from tests.factories.providers import make_offer, make_provider


@pytest.fixture
def officer(sqlite_app):
    """An officer's browser."""
    return signed_in(sqlite_app, Role.SEND_OFFICER)


@pytest.fixture
def written(sqlite_app):
    """An application context in which the test puts its rows."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        yield
        db.session.rollback()


def a_worker_is_there() -> None:
    pulse.beat(current_app.extensions["jobs"], jobs.WORKER_PULSE)


@pytest.fixture
def match(written):
    """A match of the small county, run to its end."""
    make_county()
    return run_match().id


def test_an_officer_asks_for_a_match_and_lands_on_its_page(officer, written):
    make_county()
    db.session.commit()
    answer = officer.post("/matches/start", data={"capacity": "any", "seconds": "10"})
    assert answer.status_code == 302 and answer.location == "/matches/1"
    assert "1 of 2" in officer.get("/matches/1").text


@pytest.mark.parametrize("seconds", ["", "0", "601", "soon"])
def test_a_time_that_makes_no_sense_is_refused_with_what_to_enter(officer, written, seconds):
    make_county()
    db.session.commit()
    answer = officer.post("/matches/start", data={"capacity": "any", "seconds": seconds})
    assert "There is a problem" in answer.text and "Enter" in answer.text
    assert db.session.query(MatchRun).count() == 0


def test_only_capacity_confirmed_lately_counts_where_that_is_asked(officer, written):
    make_county()
    db.session.commit()
    officer.post("/matches/start", data={"capacity": "recent", "seconds": "10"})
    assert db.session.get(MatchRun, 1).parameters["confirmed_within_days"] == 56


def test_nobody_waiting_leaves_nothing_to_start(officer):
    assert "No child is waiting" in officer.get("/matches/start").text


def test_the_list_of_matches_names_each_with_what_it_placed(officer, match):
    page = officer.get("/matches/").text
    assert "Match 1" in page and "1 of 2" in page and "Finished" in page


def test_a_match_shows_each_child_with_the_place_or_why_not(officer, match):
    page = officer.get(f"/matches/{match}").text
    assert "Amara Able" in page and "Oak Farm" in page
    assert "Bo Baker" in page and "Not placed" in page
    assert "proven to be the best possible" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("result=placed", "Amara Able", "Bo Baker"),
        ("result=unplaced", "Bo Baker", "Amara Able"),
        ("need=VI", "Bo Baker", "Amara Able"),
    ],
)
def test_the_children_are_filtered(officer, match, query, shown, hidden):
    page = officer.get(f"/matches/{match}?{query}").text
    assert shown in page and hidden not in page
    assert "Remove filter" in page


@pytest.mark.parametrize("query", ["result=perhaps&need=XX&service=99", "sort=nonsense&page=1"])
def test_filters_that_nobody_offers_are_taken_as_none(officer, match, query):
    page = officer.get(f"/matches/{match}?{query}").text
    assert "Amara Able" in page and "Bo Baker" in page


def test_a_page_of_the_list_that_does_not_exist_is_not_found(officer, match):
    assert officer.get(f"/matches/{match}?page=9").status_code == 404


def test_a_placed_child_is_told_why_and_what_came_next(officer, match):
    page = officer.get("/matches/outcomes/1").text
    assert "Why this provider" in page and "Next best" in page
    assert "Elm House" in page and "£50 a week more" in page


def test_an_unplaced_child_is_told_every_reason(officer, match):
    page = officer.get("/matches/outcomes/2").text
    assert "Why no place was found" in page and "Ash Yard" in page


def test_a_child_whose_place_went_to_another_sees_which_and_may_ask_what_it_would_cost(
    officer, written
):
    make_offer(provider=make_provider(name="Oak Farm"), places_free=1)
    make_referral(make_child(looked_after=True))
    make_referral(out_of_education_since=None)
    outcome = next(each.id for each in run_match().outcomes if not each.placed)
    page = officer.get(f"/matches/outcomes/{outcome}").text
    assert "Providers that could take this" in page and "places have gone to other children" in page
    assert "Not worked out yet" in page
    officer.post(f"/what-ifs/choices/{outcome}")
    assert "1 child loses a place" in officer.get(f"/matches/outcomes/{outcome}").text


def test_the_map_has_a_table_of_the_same_facts(officer, match):
    page = officer.get(f"/matches/{match}/map").text
    assert "The same facts as a table" in page or "nothing to show on a map" in page


def test_a_download_holds_every_child_once_a_component(officer, match):
    lines = officer.get(f"/matches/{match}/download.csv").text.strip().splitlines()
    assert len(lines) == 3 and "Amara Able" in lines[1] and "Not placed" in lines[2]


def test_a_download_keeps_to_the_filters(officer, match):
    book = load_workbook(
        BytesIO(officer.get(f"/matches/{match}/download.xlsx?result=unplaced").data)
    )
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2 and "Bo Baker" in rows[1]


def test_a_match_that_waits_shows_how_far_it_has_come_without_a_script(officer, written):
    run = ask_for_match()
    a_worker_is_there()
    page = officer.get(f"/matches/{run.id}").text
    assert "Waiting to start" in page and 'http-equiv="refresh"' in page


def test_the_page_of_a_running_match_answers_its_script(officer, written):
    run = ask_for_match()
    a_worker_is_there()
    answer = officer.get(f"/matches/{run.id}", headers={"Accept": "application/json"})
    assert answer.json["done"] is False and answer.json["message"] == "Waiting to start"


def test_an_officer_takes_back_a_match_that_has_not_begun(officer, written):
    make_county()
    run = ask_for_match()
    answer = officer.post(f"/matches/{run.id}/stop", follow_redirects=True)
    assert "It had not begun, so there is nothing to keep." in answer.text
    assert "took it back before it began" in answer.text
    jobs.run("match", run.id)
    assert "took it back before it began" in officer.get(f"/matches/{run.id}").text


def test_an_officer_stops_a_match_and_its_page_tells_who_did(officer, written, monkeypatch):
    make_county()
    run = ask_for_match()
    number, solve, said = run.id, bridge.solve, []

    def press():
        said.append(officer.post(f"/matches/{number}/stop", follow_redirects=True).text)

    def stopped_while_searching(problem, **options):
        pressed = Thread(target=press)  # the worker's thread has a transaction of its own
        pressed.start()
        pressed.join()
        assert options["should_stop"]()
        return solve(problem, **options)

    monkeypatch.setattr(bridge, "solve", stopped_while_searching)
    jobs.run("match", run.id)
    assert "It will stop in a moment and keep the best result it has." in said[0]
    assert "asked for it to stop at" in said[0] and "Stop and keep" not in said[0]
    page = officer.get(f"/matches/{run.id}").text
    assert "Stopped early by" in page and "1 of 2" in page


def test_stopping_what_has_ended_changes_nothing_and_says_so(officer, written):
    make_county()
    run = run_match()
    page = officer.post(f"/matches/{run.id}/stop", follow_redirects=True).text
    assert "It had ended already. This is all that it found." in page
    assert "Stopped early" not in page


def test_a_match_that_failed_says_why_and_what_to_do(officer, written):
    run = ask_for_match()
    service.begin_match(run.id)
    service.fail_match(run.id, service.INTERRUPTED)
    db.session.commit()
    page = officer.get(f"/matches/{run.id}").text
    assert "came to nothing" in page and "Run it again" in page


@pytest.mark.parametrize(
    "page",
    [
        "check",
        "check.csv",
        "equality",
        "equality.csv",
        "sufficiency",
        "sufficiency.csv",
        "map",
        "download.csv",
    ],
)
def test_a_match_without_a_result_has_no_pages_about_one(officer, written, page):
    """Nor a file: that nobody is placed is not what it would have found."""
    run = ask_for_match()
    service.begin_match(run.id)
    service.fail_match(run.id, service.INTERRUPTED)
    db.session.commit()
    assert officer.get(f"/matches/{run.id}/{page}").location == f"/matches/{run.id}"


@pytest.mark.parametrize("address", ["/what-ifs/{}", "/bulk-proposals/propose/{}"])
def test_nothing_is_asked_of_a_match_without_a_result(officer, written, address):
    run = ask_for_match()
    assert officer.get(address.format(run.id)).location == f"/matches/{run.id}"


def test_the_recommendations_that_do_not_hold_come_in_pages_and_as_a_file(
    officer, written, monkeypatch
):
    county, other = make_county(), make_referral(make_child(forename="Cy", surname="Cole"))
    run = run_match()
    for referral in (county.placed, other):
        referral.components[0].hours = 1
    db.session.commit()
    monkeypatch.setattr("app.web.views.matches.PAGE", 1)
    first = officer.get(f"/matches/{run.id}/check").text
    second = officer.get(f"/matches/{run.id}/check?page=2").text
    assert "2 recommendations do not hold" in first and "2 recommendations do not hold" in second
    assert "Amara Able" in first + second and "Cy Cole" in first + second
    assert ("Amara Able" in first) is not ("Amara Able" in second)
    lines = officer.get(f"/matches/{run.id}/check.csv").text.splitlines()
    assert len(lines) == 3 and "Why not now" in lines[0]
    assert "The child now asks for 1 hours" in "".join(lines[1:])


@pytest.mark.parametrize("page", ["map", "equality", "check"])
def test_pages_of_the_whole_match_leave_the_reasons_in_words_unread(officer, match, page):
    """Of thousands of children they are tens of megabytes, decrypted one by one."""
    asked = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert officer.get(f"/matches/{match}/{page}").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    whole = [text for text in asked if "FROM match_outcome" in text and "LIMIT" not in text]
    whole = [text for text in whole if "count(" not in text]
    assert whole and not any("match_outcome.reasons" in text for text in whole)
