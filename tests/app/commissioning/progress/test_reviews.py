"""Reviews: the worklist, holding one, urgent ones for everyone at a provider, reminders."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.placements import running
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.progress import reviews, worklist
from app.commissioning.progress.lifecycle import NextStep, Progress, ReviewKind, ReviewState
from app.commissioning.progress.models import Review
from app.commissioning.progress.schedule import Urgency
from app.kernel import reach
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from app.notices.topics import Topic
from providers import stops
from providers.models.stop import StopCause
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.placements import make_placement
from tests.factories.progress import OLIVE, conclusion, hold_review, make_plan
from tests.factories.providers import make_offer

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def on_a_school_day(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


def test_the_worklist_has_every_live_placement_the_most_urgent_first(context):
    later = make_placement(starts_on=date(2026, 11, 16), ends_on=date(2027, 3, 1))
    overdue = make_placement(starts_on=date(2026, 9, 2), ends_on=date(2027, 3, 1))
    urgent = make_placement()
    make_placement(PlacementState.AGREED)
    reviews.open_urgent_reviews(urgent.offer.provider_id, "A concern")
    found = worklist.lines(TODAY)
    assert [(line.placement.id, line.timing.urgency) for line in found] == [
        (urgent.id, Urgency.URGENT),
        (overdue.id, Urgency.OVERDUE),
        (later.id, Urgency.LATER),
    ]
    assert found[1].timing.is_escalated
    assert "last review" not in found[1].why


def test_a_review_that_was_held_moves_the_next_one_on(context):
    placement = make_placement(starts_on=date(2026, 9, 2), ends_on=date(2027, 3, 1))
    plan = make_plan(placement)
    make_mark(placement, day=date(2026, 11, 24))
    make_mark(placement, "I", day=TODAY)
    review = hold_review(placement)
    assert (review.state, review.kind) == (ReviewState.HELD, ReviewKind.HALF_TERMLY)
    assert not review.in_time
    assert (review.attended, review.possible) == (1, 2)
    assert {each.objective_id for each in review.objectives} == {o.id for o in plan.objectives}
    [line] = worklist.lines(TODAY)
    assert (line.last, line.timing.due_on) == (TODAY, date(2027, 1, 27))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "still to come"),
        ({"held_on": date(2026, 1, 5)}, "Enter that day or a later one"),
        ({"child_voice": " "}, "what the child said"),
        ({"parents_voice": ""}, "what the parents or carers said"),
        ({"summary": ""}, "what the review concluded"),
        ({"new_hours": 3}, "only where the next step"),
    ],
)
def test_a_review_has_a_day_voices_and_a_conclusion(sqlite_app_context, values, message):
    placement = make_placement()
    with pytest.raises(RuleBroken, match=message):
        reviews.hold(placement, conclusion(**values), {}, by=OLIVE)


def test_every_objective_is_judged_and_a_day_is_reviewed_once(sqlite_app_context):
    placement = make_placement()
    plan = make_plan(placement)
    one = {plan.objectives[0].id: (Progress.MET, "")}
    with pytest.raises(RuleBroken, match="every objective"):
        reviews.hold(placement, conclusion(), one, by=OLIVE)
    hold_review(placement)
    with pytest.raises(RuleBroken, match="recorded already"):
        hold_review(placement)


def test_a_placement_that_is_not_live_is_not_reviewed(sqlite_app_context):
    with pytest.raises(RuleBroken, match="Only a live placement"):
        hold_review(make_placement(PlacementState.AGREED, starts_on=TODAY))


def test_a_concern_opens_one_urgent_review_for_each_child_there_however_often(context):
    officer, lead = make_user(Role.SEND_OFFICER), make_user(Role.AP_LEAD)
    offer = make_offer()
    two = [make_placement(offer=offer, officer_id=officer.id) for _ in range(2)]
    make_placement()
    make_placement(PlacementState.AGREED, offer=offer)
    opened = reviews.open_urgent_reviews(offer.provider_id, "A concern")
    again = reviews.open_urgent_reviews(offer.provider_id, "Another concern")
    assert [each.id for each in opened] == [each.id for each in again]
    assert {each.placement_id for each in opened} == {each.id for each in two}
    told = [tuple(row) for row in db.session.execute(select(Notice.user_id, Notice.page))]
    assert sorted(told) == sorted(
        (person.id, f"/progress/placements/{each.id}") for each in two for person in (officer, lead)
    )


def test_a_stop_at_a_provider_opens_the_urgent_reviews_and_holding_closes_one(context):
    placement = make_placement()
    stops.impose(
        placement.offer.provider,
        StopCause.CONCERN,
        "What was said in confidence",
        by=OLIVE,
        source="Concern C-1",
        source_key="concern:1",
    )
    review = db.session.scalars(select(Review)).one()
    assert review.kind is ReviewKind.URGENT
    assert "Concern C-1" in review.cause
    assert "confidence" not in review.cause
    held = hold_review(placement, next_step=NextStep.STEP_DOWN, new_hours=4)
    assert (held.id, held.state) == (review.id, ReviewState.HELD)


def test_who_is_about_to_start_is_held_by_a_stop_and_the_officer_is_told(context):
    officer = make_user(Role.SEND_OFFICER)
    placement = make_placement(PlacementState.AGREED, officer=officer, starts_on=today())
    about = "It cannot start before the stop is lifted"
    assert about not in " ".join(running.what_is_missing(placement))
    stop = stops.impose(
        placement.offer.provider, StopCause.FINDING, "No register.", by=OLIVE,
        source="Visit", source_key="visit:1",
    )  # fmt: skip
    assert about in " ".join(running.what_is_missing(placement))
    (held,) = running.start_due(today())[1]
    assert held.placement is placement
    (told,) = db.session.scalars(select(Notice).where(Notice.topic_code == Topic.PLACEMENT_HELD))
    assert (told.user_id, told.page) == (officer.id, f"/placements/{placement.id}")
    stops.lift(stop, "The register is kept.", by=OLIVE)
    assert about not in " ".join(running.what_is_missing(placement))


def test_a_stop_reaches_children_whom_its_author_may_not_see(sqlite_app_context):
    officer = make_user(Role.SEND_OFFICER)
    placement = make_placement(PlacementState.AGREED, officer=officer, starts_on=today())
    reach.read_as(lambda: reach.Reach(hidden=frozenset({placement.child_id})))
    try:
        stops.impose(
            placement.offer.provider, StopCause.FINDING, "No register.", by=OLIVE,
            source="Visit", source_key="visit:1",
        )  # fmt: skip
    finally:
        reach.forget_reader()
    (told,) = db.session.scalars(select(Notice).where(Notice.topic_code == Topic.PLACEMENT_HELD))
    assert told.user_id == officer.id


def test_reminders_are_sent_once_and_go_to_the_ap_lead_when_long_overdue(context):
    officer, lead = make_user(Role.SEND_OFFICER), make_user(Role.AP_LEAD)
    more = {"officer_id": officer.id, "ends_on": date(2027, 3, 1)}
    make_placement(starts_on=date(2026, 9, 2), **more)
    assert reviews.remind(TODAY) == (0, 1)
    assert reviews.remind(TODAY) == (0, 1)
    told = db.session.scalars(select(Notice.user_id).order_by(Notice.user_id)).all()
    assert told == [officer.id, lead.id]
