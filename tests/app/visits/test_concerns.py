"""Concerns: received once, read by few, handled, acted upon, closed with an outcome."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from app.access import Permission, may, visible
from app.accounts.roles import Role
from app.children.reach.reaching import reach_of
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.reach import forget_reader, read_as
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from app.visits import interests
from app.visits import queries as visit_queries
from app.visits.concerns import queries, service
from app.visits.concerns.models import Concern
from app.visits.concerns.terms import ConcernKind, ConcernState, Outcome, Priority
from app.visits.cycles import cycle_in_force
from app.visits.queries import facts_of
from app.visits.terms import VisitKind
from providers import stops
from providers.models.stop import StopCause
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.concerns import HANDLER, make_concern, make_handled
from tests.factories.providers import make_provider
from tests.factories.reach import limit_by_teams, make_restriction, make_team

MONDAY = "2026-11-23 10:00"


def test_a_concern_is_received_once_however_often_the_button_is_pressed(context):
    lead, officer = make_user(Role.AP_LEAD), make_user()
    provider = make_provider()
    said = {"provider": provider, "by": officer, "text": "The gate was open."}
    first = make_concern(**said)
    assert make_concern(**said) is first
    assert make_concern(**said | {"text": "The gate was open again."}) is not first
    told = db.session.scalars(select(Notice).where(Notice.user_id == lead.id)).all()
    assert sorted(each.page for each in told) == ["/concerns/1", "/concerns/2"]


def test_what_was_written_lies_encrypted_and_out_of_the_trail(context):
    make_concern(text="The gate was open.")
    db.session.flush()
    lies = db.session.scalar(text("SELECT text FROM concern"))
    trail = db.session.scalars(text("SELECT changes FROM audit_event")).all()
    assert "gate" not in lies
    assert not any("gate" in str(changes) for changes in trail)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": " "}, "Enter what the concern is"),
        ({"happened_on": today() + timedelta(days=1)}, "today or earlier"),
    ],
)
def test_a_concern_that_cannot_be_right_is_refused(sqlite_app_context, given, message):
    with pytest.raises(RuleBroken, match=message):
        make_concern(**given)


def test_a_concern_is_never_refused_for_the_child_it_names(context):
    """Known, restricted to others, of another team, not there: it is received all the same."""
    officer = make_user()
    known, hidden, other = make_child(), make_child(), make_child()
    make_restriction(hidden, make_user(Role.AP_LEAD))
    provider = make_provider()
    make_team(officer)
    for child in (known, hidden):
        make_referral(child, officer=officer)
    limit_by_teams()
    db.session.flush()
    read_as(lambda: reach_of(officer))
    try:
        named = [known.reference, hidden.reference, other.reference, "C9999999"]
        made = [
            make_concern(by=officer, provider=provider, text="The same.", child_reference=each)
            for each in named
        ]
        assert [service.reaches(each) for each in named] == [True, False, False, False]
    finally:
        forget_reader()
    assert [row.child_named for row in made] == named
    linked = [[each.child_id for each in row.children] for row in made]
    assert linked == [[known.id], [hidden.id], [other.id], []]


@pytest.mark.parametrize("role", list(Role))
def test_a_list_of_concerns_holds_exactly_those_that_may_be_seen(context, role):
    user = make_user(role)
    own = make_concern(by=user)
    other = make_concern(child_reference=make_child().reference)
    listed = visible(select(Concern), Concern, Permission.VIEW_CONCERN, user)
    seen = set(db.session.scalars(listed))
    assert seen == {row for row in (own, other) if may(user, Permission.VIEW_CONCERN, row)}
    everything = {Role.AP_LEAD: {own, other}, Role.QUALITY_ADVISER: {own, other}}
    assert seen == everything.get(role, set() if role is Role.PROVIDER else {own})


@pytest.mark.parametrize("role", [Role.AP_LEAD, Role.QUALITY_ADVISER])
def test_whoever_has_an_interest_in_the_provider_reads_no_concern_of_it(context, role):
    person = make_user(role)
    bound, own, free = make_concern(), make_concern(by=person), make_concern()
    interests.declare(person, bound.provider, "A relative works there.")
    held = interests.declare(person, own.provider, "A former employer.")
    for permission, seen in {
        Permission.VIEW_CONCERN: {own, free},
        Permission.HANDLE_CONCERN: {free},
        Permission.EXPORT_CONCERNS: {free},
    }.items():
        listed = visible(select(Concern), Concern, permission, person)
        assert set(db.session.scalars(listed)) == seen
        assert {row for row in (bound, own, free) if may(person, permission, row)} == seen
    left = queries.pattern(today(), leaving_out=interests.providers_of(person.id))
    assert [line.provider for line in left.lines] == [free.provider]
    interests.end(held, today())
    db.session.flush()
    assert may(person, Permission.HANDLE_CONCERN, own)


def test_the_list_of_visits_due_says_nothing_of_concerns_to_whoever_has_an_interest(context):
    concern = make_concern()
    number = concern.provider_id

    def reasons(bound):
        found = visit_queries.worklist(today(), cycle_in_force(), bound=bound)
        return next(" ".join(each.due.reasons) for each in found if each.provider.id == number)

    assert "oncern" in reasons(())
    assert "oncern" not in reasons({number})


def test_a_concern_is_told_to_a_lead_without_an_interest_or_else_to_an_adviser(context):
    provider = make_provider()
    bound, free = make_user(Role.AP_LEAD), make_user(Role.AP_LEAD)
    adviser = make_user(Role.QUALITY_ADVISER)
    interests.declare(bound, provider, "A relative works there.")
    make_concern(provider=provider)
    assert {row.user_id for row in db.session.scalars(select(Notice))} == {free.id}
    interests.declare(free, provider, "A governor there.")
    make_concern(provider=provider, text="Another matter.")
    assert {row.user_id for row in db.session.scalars(select(Notice))} == {free.id, adviser.id}


def test_triage_names_a_handler_who_has_no_interest_in_the_provider(context):
    concern = make_concern()
    adviser, officer = make_user(Role.QUALITY_ADVISER), make_user(Role.SEND_OFFICER)
    with pytest.raises(RuleBroken, match="cannot handle concerns"):
        service.triage(concern, Priority.TODAY, officer, "", by=HANDLER)
    interests.declare(adviser, concern.provider, "A relative works there.")
    with pytest.raises(RuleBroken, match="has declared an interest"):
        service.triage(concern, Priority.TODAY, adviser, "", by=HANDLER)
    assert concern.state is ConcernState.RECEIVED
    other = make_user(Role.QUALITY_ADVISER)
    service.triage(concern, Priority.TODAY, other, "", by=HANDLER)
    assert (concern.state, concern.handler) == (ConcernState.HANDLED, other)


def test_nothing_is_decided_before_somebody_handles_it(sqlite_app_context):
    concern = make_concern()
    for deed in (
        lambda: service.add_action(concern, "Call", "The adviser", today()),
        lambda: service.refer(concern, today(), "LADO 17"),
        lambda: service.stop_placements(concern, "Why.", by=HANDLER),
    ):
        with pytest.raises(RuleBroken, match="Decide its priority"):
            deed()


def test_a_concern_stops_placements_once_without_saying_what_it_says(context):
    concern = make_handled()
    first = service.stop_placements(concern, "Until it is looked into.", by=HANDLER)
    assert service.stop_placements(concern, "Again.", by=HANDLER) is first
    (stop,) = stops.in_force(concern.provider_id)
    assert stop.cause is StopCause.CONCERN
    assert concern.text not in f"{stop.reason} {stop.source}"


@time_machine.travel(MONDAY, tick=False)
def test_the_visit_without_notice_is_made_within_five_days(sqlite_app_context):
    concern = make_handled()
    adviser = make_user(Role.QUALITY_ADVISER)
    last = service.last_day_of_visit(concern)
    assert last == today() + timedelta(days=7)  # the fifth day is a Saturday
    with pytest.raises(RuleBroken, match="Choose an earlier day"):
        service.plan_visit(concern, adviser, last + timedelta(days=1), by=HANDLER)
    visit = service.plan_visit(concern, adviser, last, by=HANDLER)
    assert visit.kind is VisitKind.UNANNOUNCED
    assert concern.text not in visit.why
    with pytest.raises(RuleBroken, match="planned already"):
        service.plan_visit(concern, adviser, last, by=HANDLER)


def test_an_open_concern_brings_the_next_visit_forward_until_it_is_closed(context):
    concern = make_handled()
    facts = facts_of([concern.provider], today())
    assert facts[concern.provider_id].concerns == (today(),)
    action = service.add_action(concern, "Call the owner", "The adviser", today())
    with pytest.raises(RuleBroken, match="open actions first: 1"):
        service.close(concern, Outcome.PARTLY, "Found and put right.", "Thank you.", by=HANDLER)
    service.finish_action(action, by=HANDLER)
    with pytest.raises(RuleBroken, match="noted that already"):
        service.finish_action(action, by=HANDLER)
    service.close(concern, Outcome.PARTLY, "Found and put right.", "Thank you.", by=HANDLER)
    assert facts_of([concern.provider], today())[concern.provider_id].concerns == ()
    with pytest.raises(RuleBroken, match="it is closed"):
        service.close(concern, Outcome.FALSE, "Another view.", "", by=HANDLER)
    db.session.refresh(concern)
    service.reopen(concern)
    assert concern.state is ConcernState.HANDLED


@time_machine.travel(MONDAY, tick=False)
def test_the_pattern_counts_a_years_concerns_by_provider_kind_and_month(context):
    worst = make_concern().provider
    make_concern(provider=worst, kind=ConcernKind.MONEY)
    make_concern()
    found = queries.pattern(today())
    assert found.total == 3
    assert found.lines[0].provider is worst
    assert (found.lines[0].by_kind[ConcernKind.MONEY], found.lines[0].open) == (1, 2)
    assert found.months[-1] == (today().replace(day=1), 3)
    assert len(found.months) == 12
    assert queries.pattern(today() + timedelta(days=400)).total == 0
