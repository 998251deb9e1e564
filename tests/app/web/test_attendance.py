"""Pages of attendance: a day's register, what is missing, explaining an absence, the codes."""

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.attendance.models import AttendanceMark, Half
from app.kernel.database import db
from providers.needs import sessions_to_mask
from tests.factories.attendance import make_mark
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer

WEDNESDAYS = sessions_to_mask(["wed_am"])


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture(autouse=True)
def on_a_wednesday(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


@pytest.fixture
def provider(given, sign_in):
    """A provider with three children on Wednesday mornings, signed in; and the placements' ids."""
    with given():
        offer = make_offer()
        ids = [
            make_placement(
                offer=offer,
                hours=3,
                sessions=WEDNESDAYS,
                referral=make_referral(make_child(forename=name, surname="Example")),
            ).id
            for name in ("Ada", "Ben", "Cleo")
        ]
        provider_id = offer.provider_id
    return sign_in(Role.PROVIDER, provider_id=provider_id), ids


def sent(ids, **codes):
    """The page's fields as a browser sends them; codes by the number of the child."""
    data = {}
    for number, key in enumerate(ids):
        code, _space, seen = codes.get(f"c{number}", " 0").partition(" ")
        data |= {f"p{key}_am_seen": seen or "0", f"p{key}_am_hours": "3", f"p{key}_am_note": ""}
        data |= {f"p{key}_am_code": code} if code else {}
    return data


def marks(app):
    with app.app_context():
        found = db.session.scalars(select(AttendanceMark).order_by(AttendanceMark.placement_id))
        return [(mark.code, mark.minutes) for mark in found]


def test_everyone_was_present_with_one_exception_is_saved_at_once(app, provider):
    browser, ids = provider
    page = browser.get("/attendance/register")
    assert "Ada Example" in page.text
    assert "0 of 3 sessions recorded" in page.text
    data = sent(ids, c1="N") | {"all_present": "y"}
    answer = browser.post("/attendance/register", data=data, follow_redirects=True)
    assert "3 sessions were saved" in answer.text
    assert marks(app) == [("K", 180), ("N", 0), ("K", 180)]
    again = browser.post("/attendance/register", data=data, follow_redirects=True)
    assert "Nothing had changed" in again.text


def test_a_part_of_the_register_may_be_saved_and_the_rest_is_named(app, provider):
    browser, ids = provider
    answer = browser.post("/attendance/register", data=sent(ids, c0="I"), follow_redirects=True)
    assert "1 session was saved. 2 sessions are still to record." in answer.text
    assert marks(app) == [("I", 0)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Select what happened for at least one session"),
        ({"p1_am_code": "other"}, "Select another code for Ada Example"),
        ({"p1_am_code": "K", "p1_am_hours": "many"}, "Enter the hours delivered as a number"),
        ({"p1_am_code": "K", "p1_am_hours": "9"}, "Enter the hours delivered as a number"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_is(app, provider, changes, message):
    browser, ids = provider
    answer = browser.post("/attendance/register", data=sent(ids) | changes)
    assert answer.status_code == 200
    assert message in answer.text
    assert marks(app) == []


def test_a_register_that_somebody_else_saved_meanwhile_is_not_overwritten(app, provider):
    browser, ids = provider
    browser.post("/attendance/register", data=sent(ids, c0="N"))
    answer = browser.post("/attendance/register", data=sent(ids, c0="K"))
    assert answer.status_code == 409
    assert "has recorded N for Ada Example" in answer.text
    browser.post("/attendance/register", data=sent(ids, c0="K 1"))
    assert marks(app) == [("K", 180)]


def test_another_code_comes_from_the_list(app, provider):
    browser, ids = provider
    data = sent(ids, c0="other") | {f"p{ids[0]}_am_other": "L"}
    browser.post("/attendance/register", data=data)
    assert marks(app) == [("L", 180)]
    assert "L – Present" in browser.get("/attendance/register").text


def test_a_day_that_is_to_come_shows_why_it_cannot_be_recorded(provider):
    browser, _ids = provider
    assert "is still to come" in browser.get("/attendance/register?day=2026-11-26").text
    assert "Register" in browser.get("/attendance/register?day=nonsense").text


def test_a_weekend_asks_for_its_reason(app, provider):
    browser, ids = provider
    page = "/attendance/register?day=2026-11-22"
    assert "This is not a school day" in browser.get(page).text
    assert browser.post(page, data=sent(ids, c0="K")).status_code == 409
    browser.post(page, data=sent(ids, c0="K") | {"out_of_term": "Moved from Friday"})
    assert marks(app) == [("K", 180)]


def test_a_provider_sees_its_own_missing_registers_and_no_other(given, provider):
    browser, _ids = provider
    with given():
        make_placement(sessions=WEDNESDAYS, referral=make_referral(make_child(surname="Elsewhere")))
    listed = browser.get("/attendance/missing").text
    assert "Ada Example" in listed
    assert "Elsewhere" not in listed


def test_a_provider_does_not_see_attendance_elsewhere(given, provider):
    browser, ids = provider
    with given():
        other = make_mark().placement_id
    assert browser.get(f"/attendance/placements/{ids[0]}").status_code == 200
    assert browser.get(f"/attendance/placements/{other}").status_code == 404
    assert "Priya" not in browser.get("/attendance/download.csv").text


def test_an_officer_explains_an_absence(given, sign_in):
    with given():
        mark = make_mark(code="N").id
    officer = sign_in(Role.SEND_OFFICER)
    assert f"/attendance/marks/{mark}/explain" in officer.get("/attendance/unexplained").text
    refused = officer.post(f"/attendance/marks/{mark}/explain", data={"code": "I"})
    assert "Enter what you found out and did" in refused.text
    told = {"code": "I", "note": "In bed with a cold; the family telephoned."}
    answer = officer.post(f"/attendance/marks/{mark}/explain", data=told, follow_redirects=True)
    assert "No absence is unexplained" in answer.text


def test_officers_see_delivered_hours_and_take_the_registers_away(given, sign_in):
    with given():
        placement = make_mark().placement_id
    officer = sign_in(Role.SEND_OFFICER)
    assert "2.5" in officer.get(f"/attendance/placements/{placement}").text
    taken = officer.get("/attendance/download.csv").text
    assert "Priya Provider" in taken
    assert "Present" in taken


def test_the_ap_lead_rewords_a_code(sign_in):
    lead = sign_in(Role.AP_LEAD)
    values = {"code": "G", "label": "Holiday", "meaning": "unauthorised"}
    answer = lead.post("/attendance/codes/set?code=G", data=values, follow_redirects=True)
    assert "Not in use" in answer.text
    assert lead.post("/attendance/codes/set", data={"code": "LONG"}).status_code == 200


def test_lists_ask_the_database_a_fixed_number_of_times(given, sign_in, count_queries):
    officer = sign_in(Role.SEND_OFFICER)
    counts = []
    for size in (2, 6):
        with given():
            for _ in range(size):
                make_mark(make_placement(sessions=WEDNESDAYS), code="N", half=Half.AM)
        with count_queries() as asked:
            officer.get("/attendance/unexplained")
            officer.get("/attendance/missing")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
