"""What a visit finds stops placements at once, and so does time; a person's lifting stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from app.visits import consequences, events
from app.visits.lifecycle import VisitState
from app.visits.service import record_finding
from app.visits.terms import FindingKind, Standard
from providers import stops
from providers.commitments import promise
from providers.models.stop import StopCause
from providers.needs import Judgement
from providers.queries import Closure, closed_reasons
from tests.factories.accounts import make_user
from tests.factories.providers import make_offer, make_provider
from tests.factories.stops import LEAD
from tests.factories.visits import make_action, make_finding, make_visit

TEXT = "Staff are left alone with children before their checks are back."


def under_way(**values):
    return make_visit(state=VisitState.UNDER_WAY, visited_on=today(), **values)


def final(**values):
    given = {"state": VisitState.FINAL, "visited_on": today(), "judgement": Judgement.AMBER}
    return make_visit(**given | values)


def causes(provider):
    return [stop.cause for stop in stops.in_force(provider.id)]


def test_a_critical_finding_stops_an_approval_the_moment_it_is_recorded(context):
    offer = make_offer()
    visit = under_way(provider=offer.provider)
    record_finding(visit, Standard.SAFEGUARDING, FindingKind.IMPROVEMENT, TEXT, by=LEAD)
    assert not closed_reasons(offer, today(), ())
    record_finding(visit, Standard.SAFEGUARDING, FindingKind.CRITICAL, TEXT, by=LEAD)
    assert [each.code for each in closed_reasons(offer, today(), ())] == [Closure.STOP]
    with pytest.raises(RuleBroken, match="New placements are stopped"):
        promise(
            offer, reference="PL-00001", hours=5, starts_on=today(), source="Approval",
            pence_a_week=0,
        )  # fmt: skip
    record_finding(visit, Standard.QUALITY, FindingKind.CRITICAL, TEXT, by=LEAD)
    assert causes(offer.provider) == [StopCause.FINDING]  # one visit, one stop


@pytest.mark.parametrize(
    ("judgement", "critical", "stopped"),
    [
        (Judgement.GREEN, False, False),
        (Judgement.AMBER, False, False),
        (Judgement.AMBER, True, True),
        (Judgement.RED, False, True),
    ],
)
def test_a_final_report_stops_placements_where_it_is_red_or_critical(
    sqlite_app_context, judgement, critical, stopped
):
    visit = final(judgement=judgement)
    make_finding(visit, kind=FindingKind.CRITICAL if critical else FindingKind.STRENGTH)
    events.report_final.send(visit)
    assert bool(causes(visit.provider)) is stopped


def test_a_stop_lifted_while_the_report_was_a_draft_comes_back_with_the_final(sqlite_app_context):
    visit = final(judgement=Judgement.RED)
    events.report_final.send(visit)
    stops.lift(stops.in_force(visit.provider_id)[0], "A mistake.", by=LEAD)
    events.report_final.send(visit)
    assert causes(visit.provider) == [StopCause.FINDING]


def test_a_critical_action_overdue_stops_once_and_not_again_after_it_was_lifted(context):
    visit = final()
    yesterday = today() - timedelta(days=1)
    make_action(make_finding(visit), due_on=yesterday)
    assert consequences.check(today()) == []  # overdue, but not critical
    action = make_action(make_finding(visit, kind=FindingKind.CRITICAL), due_on=today())
    assert consequences.check(today()) == []
    action.due_on = yesterday
    (stop,) = consequences.check(today())
    assert stop.cause is StopCause.OVERDUE_ACTION
    assert consequences.check(today()) == []
    stops.lift(stop, "Agreed with the provider until Friday.", by=LEAD)
    assert consequences.check(today()) == []
    action.due_on = today()  # the new day that was agreed passes too
    assert len(consequences.check(today() + timedelta(days=1))) == 1


def test_a_provider_in_use_that_nobody_visited_in_time_is_stopped(context):
    unseen = make_offer(provider=make_provider(last_visit_on=None, judgement=None)).provider
    make_offer()  # was visited
    make_provider(last_visit_on=None)  # offers nothing
    assert consequences.check(today() + timedelta(days=28)) == []
    (stop,) = consequences.check(today() + timedelta(days=29))
    assert (stop.provider, stop.cause) == (unseen, StopCause.NO_INITIAL_VISIT)


def test_the_lead_is_told_once_and_the_provider_in_its_own_words(context):
    visit = under_way()
    lead = make_user(Role.AP_LEAD)
    own = make_user(Role.PROVIDER, provider=visit.provider)
    make_user(Role.FINANCE)
    for _ in range(2):
        record_finding(visit, Standard.QUALITY, FindingKind.CRITICAL, TEXT, by=LEAD)
    told = db.session.scalars(select(Notice).order_by(Notice.user_id)).all()
    (stop,) = stops.in_force(visit.provider_id)
    assert [(each.user_id, each.page) for each in told] == [
        (lead.id, f"/stops/{stop.id}"),
        (own.id, "/portal/"),
    ]
