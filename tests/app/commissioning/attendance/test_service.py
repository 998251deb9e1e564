"""Registers: what a provider may record, corrections, alerts, hours delivered, two at once."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.attendance import codes, queries, service
from app.commissioning.attendance.codes import Meaning
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.attendance.service import Entry
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.audit import Actor, AuditEvent
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer

TODAY = date(2026, 11, 25)  # a Wednesday of the autumn term
PRIYA = Actor(None, "Priya Provider")


@pytest.fixture(autouse=True)
def on_a_school_day(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


def record(placement, code="K", day=TODAY, minutes=150, **more):
    entry = Entry(placement.id, more.pop("half", Half.AM), code, minutes, **more)
    return service.record(placement.offer.provider_id, day, [entry], by=PRIYA)


def the_mark():
    return db.session.scalars(select(AttendanceMark)).one()


def test_a_session_is_recorded_once_however_often_it_is_sent(context):
    placement = make_placement()
    assert record(placement) == 1
    assert record(placement) == 0
    mark = the_mark()
    assert (mark.code, mark.meaning, mark.minutes) == ("K", Meaning.PRESENT, 150)


def test_a_correction_keeps_the_earlier_value_in_the_trail(context):
    placement = make_placement()
    record(placement, "N")
    record(placement, "I", seen=1, note="The family telephoned.")
    assert the_mark().code == "I"
    event = db.session.scalars(
        select(AuditEvent).where(
            AuditEvent.subject == "attendance_mark", AuditEvent.kind == "changed"
        )
    ).one()
    assert event.changes["code"] == ["N", "I"]
    assert "telephoned" not in str(event.changes)


def test_an_old_page_does_not_overwrite_what_somebody_else_recorded(context):
    placement = make_placement()
    record(placement, "N")
    with pytest.raises(RuleBroken, match="Priya Provider has recorded N"):
        record(placement, "K")
    assert the_mark().code == "N"


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (TODAY + timedelta(days=1), "still to come"),
        (TODAY - timedelta(days=29), "more than 28 days ago"),
        (date(2026, 11, 22), "not a school day"),
    ],
)
def test_only_school_days_of_the_last_weeks_are_recorded(sqlite_app_context, day, message):
    with pytest.raises(RuleBroken, match=message):
        record(make_placement(), day=day)


def test_a_session_out_of_term_needs_its_reason(sqlite_app_context):
    placement, saturday = make_placement(), date(2026, 11, 21)
    entry = Entry(placement.id, Half.AM, "K", 120)
    service.record(
        placement.offer.provider_id, saturday, [entry], by=PRIYA, out_of_term="Moved from Friday."
    )
    assert the_mark().out_of_term == "Moved from Friday."


@pytest.mark.parametrize(
    ("state", "starts", "message"),
    [
        (PlacementState.PROPOSED, -7, "not yours to record"),
        (PlacementState.APPROVED, -7, "not yours to record"),
        (PlacementState.CANCELLED, -7, "not yours to record"),
        (PlacementState.LIVE, 1, "not yours to record"),
    ],
)
def test_only_agreed_and_live_placements_within_their_dates_are_recorded(
    sqlite_app_context, state, starts, message
):
    placement = make_placement(state, starts_on=TODAY + timedelta(days=starts))
    with pytest.raises(RuleBroken, match=message):
        record(placement)


def test_another_provider_s_placement_is_not_recorded(sqlite_app_context):
    placement, other = make_placement(), make_offer()
    with pytest.raises(RuleBroken, match="not yours to record"):
        service.record(other.provider_id, TODAY, [Entry(placement.id, Half.AM, "K", 60)], by=PRIYA)


@pytest.mark.parametrize(
    ("code", "minutes", "message"),
    [("Q", 60, "not a code in use"), ("K", 0, "Enter the hours"), ("K", 500, "Enter the hours")],
)
def test_a_mark_has_a_known_code_and_hours_that_can_be(sqlite_app_context, code, minutes, message):
    with pytest.raises(RuleBroken, match=message):
        record(make_placement(), code, minutes=minutes)


def test_an_absence_without_a_reason_tells_the_officer_once_a_day(context):
    officer = make_user(Role.SEND_OFFICER)
    placement = make_placement(officer_id=officer.id)
    record(placement, "N")
    record(placement, "N", half=Half.PM)
    told = db.session.scalars(select(Notice)).all()
    assert [(notice.user_id, notice.topic.name) for notice in told] == [
        (officer.id, "ABSENCE_UNEXPLAINED")
    ]


def test_an_absence_is_explained_by_an_officer_with_words(sqlite_app_context):
    mark = make_mark(code="N")
    with pytest.raises(RuleBroken, match="Enter what you found out"):
        service.explain(mark, "I", " ", by=PRIYA)
    with pytest.raises(RuleBroken, match="correct the register"):
        service.explain(mark, "K", "She was there.", by=PRIYA)
    service.explain(mark, "I", "In bed with a cold.", by=PRIYA)
    assert (mark.code, mark.meaning) == ("I", Meaning.AUTHORISED)
    assert db.session.scalars(queries.unexplained()).all() == []


def test_delivered_hours_are_counted_from_the_registers(context):
    one, other = make_placement(), make_placement()
    make_mark(one, minutes=150)
    make_mark(one, half=Half.PM, minutes=100)
    make_mark(one, "I", day=TODAY - timedelta(days=1))
    make_mark(one, day=TODAY - timedelta(days=10))
    first = TODAY - timedelta(days=7)
    found = queries.delivered_hours([one.id, other.id], first, TODAY)
    assert found == {one.id: Fraction(25, 6), other.id: Fraction(0)}


def test_weeks_show_delivered_against_agreed(sqlite_app_context):
    placement = make_placement(starts_on=date(2026, 11, 16), hours=10)
    make_mark(placement, day=date(2026, 11, 17), minutes=240)
    now, before = queries.weeks(placement, queries.marks_of(placement), TODAY)
    assert (before.monday, before.agreed, before.figures.minutes) == (
        date(2026, 11, 16), 600, 240,
    )  # fmt: skip
    assert before.short_by == 360
    assert now.agreed == 360  # Monday to Wednesday


def test_missing_registers_are_a_provider_s_own(context):
    placement, other = make_placement(sessions=0b11 << 2), make_placement(sessions=1)
    make_mark(placement, day=date(2026, 11, 24), half=Half.AM)
    own = queries.missing(TODAY, provider_id=placement.offer.provider_id)
    assert {each.placement.id for each in own} == {placement.id}
    assert own[-1].day == date(2026, 11, 24)
    assert own[-1].halves == (Half.PM,)
    assert {each.placement.id for each in queries.missing(TODAY)} == {placement.id, other.id}


def test_a_code_is_reworded_added_and_taken_out_of_use(context):
    codes.set_code("Q", "Absent: transport failed", Meaning.NOT_COUNTED, quick=False, in_use=True)
    codes.set_code("G", "Absent: holiday", Meaning.UNAUTHORISED, quick=False, in_use=False)
    assert codes.codes()["Q"].short == "Transport failed"
    assert "G" not in codes.codes()
    with pytest.raises(RuleBroken, match="by itself"):
        codes.set_code("N", "Absent", Meaning.AUTHORISED, quick=True, in_use=True)
