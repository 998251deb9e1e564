"""The file in the shape of the alternative provision census: its page, its rows, its trace."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.looks import RecordLook
from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.audit import AuditEvent
from app.kernel.clock import today
from app.kernel.database import db
from app.reporting.census import census_day, next_census_day
from providers.needs import Registration, Sex
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer, make_provider
from tests.factories.reach import make_restriction


def asked(day: date) -> str:
    return f"on={day.day}&on={day.month}&on={day.year}"


def rows_in(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("year", "day"), [(2025, 16), (2026, 15), (2027, 21), (2026, 15), (2032, 15)]
)
def test_the_census_is_on_the_third_thursday_of_january(year, day):
    assert census_day(year) == date(year, 1, day)
    assert census_day(year).weekday() == 3


def test_the_page_begins_with_the_census_that_is_next():
    assert next_census_day(date(2026, 11, 26)) == date(2027, 1, 21)
    assert next_census_day(date(2027, 3, 1)) == date(2027, 1, 21)


def test_a_placement_is_a_row_with_its_setting_its_dates_and_the_childs_hours(given, sign_in):
    with given():
        child = make_child(upn="X850200024001", sex=Sex.FEMALE)
        offer = make_offer(provider=make_provider(registration=Registration.UNREGISTERED))
        placement = make_placement(
            referral=make_referral(child), offer=offer, hours=19, sessions=0b11
        )
        began, reference = placement.starts_on, placement.reference
    answer = sign_in(Role.COMMISSIONER).post(f"/census/download.csv?{asked(today())}")
    (row,) = rows_in(answer)
    assert (row["UPN"], row["Sex"], row["Placement"]) == ("X850200024001", "F", reference)
    assert (row["URN"], row["Setting type"]) == ("", "OTH")
    assert (row["Attendance pattern"], row["Sessions a week"]) == ("F", "2")
    assert (row["Entry date"], row["Leaving date"]) == (began.isoformat(), "")


def test_schools_that_count_their_own_pupils_are_left_out(given, sign_in):
    with given():
        unit = make_provider(registration=Registration.PRU, urn="123456")
        make_placement(offer=make_offer(provider=unit))
        school = make_provider(registration=Registration.INDEPENDENT_SPECIAL, urn="654321")
        make_placement(offer=make_offer(provider=school))
    client = sign_in(Role.AP_LEAD)
    (row,) = rows_in(client.post(f"/census/download.csv?{asked(today())}"))
    assert (row["URN"], row["Setting type"]) == ("654321", "")
    assert "register of schools that is loaded has no URN 654321" in row["To check"]
    assert "at schools that count their own pupils" in client.get(f"/census/?{asked(today())}").text


def test_the_page_says_how_many_placements_are_of_children_who_are_not_shown(given, sign_in):
    with given():
        make_restriction(make_placement().child)
        shown = make_placement().reference
    client = sign_in(Role.AP_LEAD)
    assert "The file lacks 1 placement of children" in client.get(f"/census/?{asked(today())}").text
    (row,) = rows_in(client.post(f"/census/download.csv?{asked(today())}"))
    assert row["Placement"] == shown


def test_only_what_runs_on_the_day_counts(given, sign_in):
    with given():
        make_placement(PlacementState.ENDED)
        make_placement(PlacementState.CANCELLED)
        make_placement(PlacementState.PROPOSED)
        planned = make_placement(PlacementState.AGREED).reference
    client = sign_in(Role.AP_LEAD)
    before = today() - timedelta(days=2)
    assert len(rows_in(client.post(f"/census/download.csv?{asked(before)}"))) == 1
    refused = client.post(f"/census/download.csv?{asked(today())}")
    assert refused.status_code == 409
    assert "No child is in a placement on that day" in refused.text
    (row,) = rows_in(client.post(f"/census/download.csv?{asked(today() + timedelta(days=14))}"))
    assert row["Placement"] == planned
    assert "It has not started yet." in row["To check"]


def test_what_to_check_is_listed_with_a_way_to_the_child(given, sign_in):
    with given():
        child = make_child(upn=None)
        make_placement(referral=make_referral(child))
        number = child.id
    page = sign_in(Role.AP_LEAD).get(f"/census/?{asked(today())}").text
    assert "No unique pupil number (UPN)" in page
    assert f'href="/children/{number}"' in page


def test_taking_it_away_is_noted_in_the_trail_and_with_each_child(app, given, sign_in):
    with given():
        placement = make_placement()
        child_id = placement.child_id
    client = sign_in(Role.AP_LEAD)
    client.post(f"/census/download.xlsx?{asked(today())}")
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject == "census_export")
        ).one()
        assert entry.action == "census:export"
        assert entry.changes["children"] == [None, 1]
        seen = db.session.scalars(select(RecordLook).where(RecordLook.child_id == child_id)).all()
        assert [look.view for look in seen] == ["census.download"]
    assert "Taken away before" in client.get("/census/").text


def test_the_authoritys_own_codes_stand_beside_the_reasons(app, given, sign_in):
    with given():
        placement = make_placement()
        reason = placement.referral.reason
    app.config["CENSUS_REASONS"] = {reason.value: "R1"}
    (row,) = rows_in(sign_in(Role.AP_LEAD).post(f"/census/download.csv?{asked(today())}"))
    assert (row["Reason"], row["Reason code"]) == (reason.label, "R1")


@pytest.mark.parametrize("day", ["on=31&on=2&on=2027", "on=x&on=&on=", "on=1"])
def test_a_day_that_is_none_is_refused_in_words(sign_in, day):
    page = sign_in(Role.AP_LEAD).get(f"/census/?{day}")
    assert page.status_code == 200
    assert "Enter a real date" in page.text


@time_machine.travel("2026-11-26 10:00")
def test_the_page_of_nobody_says_so(sign_in):
    page = sign_in(Role.COMMISSIONER).get("/census/").text
    assert "On 21 January 2027" in page
    assert "There is a problem" not in page
    assert 'value="2027"' in page
    assert "No child is in a placement on that day" in page
