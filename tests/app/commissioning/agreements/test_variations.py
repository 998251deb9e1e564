"""Hours, price and end are changed by versions, approved again where the cost grows."""

from datetime import date, timedelta

import pytest
import time_machine

from app.accounts.roles import Role
from app.commissioning.agreements import offering, service, terms
from app.commissioning.agreements.lifecycle import AgreementState
from app.commissioning.agreements.terms import Change
from app.commissioning.budgets import costs, limits
from app.commissioning.invoices import differences, drafting
from app.commissioning.panels import service as panels
from app.commissioning.panels.models import PanelDecision
from app.commissioning.placements import running
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.capacity import free_on
from providers.models.commitment import CommitmentState
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.commitments import make_commitment
from tests.factories.placements import make_placement
from tests.factories.providers import make_cap, make_offer
from tests.factories.stops import make_stop

MONDAY = date(2026, 11, 23)
NEXT = MONDAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel("2026-11-23 09:00", tick=False) as clock:
        yield clock


def agreed(state: str = "live", **values) -> Placement:
    """Ten hours a week at £45, since four weeks ago or from next week, with its first version."""
    placement = make_placement(state, **values)
    version = offering.first_version(placement, make_user())
    service.accept(version, make_user(Role.PROVIDER, provider=placement.offer.provider))
    costs.keep(placement)
    return placement


def changed(placement: Placement, on: date = NEXT, **values) -> Change:
    now = {"hours": placement.hours, "pence_per_hour": placement.pence_per_hour}
    return Change(effective_on=on, **{"ends_on": placement.ends_on, **now} | values)


def asked(placement: Placement, **values):
    return service.propose(placement, changed(placement, **values), "Going well.", make_user())


def accepted(version):
    service.accept(version, make_user(Role.PROVIDER, provider=version.placement.offer.provider))
    return version


def committed(placement: Placement) -> int:
    return sum(row.pence for row in placement.costs)


def test_more_hours_are_approved_accepted_and_cost_what_was_said(context):
    placement = agreed()
    before, version = committed(placement), asked(placement, hours=14)
    assert version.state is AgreementState.WAITING
    more = service.growth(version)
    assert more > 0
    assert placement.hours == 10
    service.approve(version, make_user(Role.COMMISSIONER))
    assert version.state is AgreementState.OFFERED
    assert "14 hours a week instead of 10" in version.text
    accepted(version)
    assert [each.state.value for each in placement.agreements] == ["replaced", "accepted"]
    assert (placement.hours, placement.pence_a_week) == (14, 63_000)
    assert committed(placement) == before + more
    assert free_on(placement.offer, MONDAY, MONDAY).hours == 10
    assert free_on(placement.offer, NEXT).hours == 6


@pytest.mark.parametrize(
    "less", [{"hours": 6}, {"pence_per_hour": 4_000}, {"ends_on": NEXT + timedelta(days=3)}]
)
def test_what_costs_less_goes_to_the_provider_at_once(sqlite_app_context, less):
    placement = agreed()
    before, version = committed(placement), asked(placement, **less)
    assert version.state is AgreementState.OFFERED
    accepted(version)
    assert committed(placement) < before


def test_a_longer_stay_is_approved_and_holds_the_place(context):
    placement = agreed()
    longer = placement.ends_on + timedelta(weeks=4)
    version = asked(placement, ends_on=longer)
    service.approve(version, make_user(Role.COMMISSIONER))
    accepted(version)
    assert placement.ends_on == longer
    assert free_on(placement.offer, longer, longer).places == 3


def test_a_longer_stay_is_refused_where_the_place_is_promised(sqlite_app_context):
    placement = agreed(offer=make_offer(places_free=1))
    after = placement.ends_on + timedelta(days=1)
    make_commitment(placement.offer, starts_on=after, hours=5)
    with pytest.raises(RuleBroken, match="has promised the place after"):
        asked(placement, ends_on=after + timedelta(weeks=2))


def test_a_longer_stay_is_held_to_the_most_children_of_the_provider(context):
    placement = agreed()
    provider, before = placement.offer.provider, placement.ends_on
    provider.most_children = 1
    version = asked(placement, ends_on=before + timedelta(weeks=4))
    service.approve(version, make_user(Role.COMMISSIONER))
    other = make_placement(
        "approved", make_offer(provider=provider), starts_on=before + timedelta(weeks=2)
    )
    words = "takes 1 over all its offers at one time, and others have these places after"
    with pytest.raises(RuleBroken, match=words):
        accepted(version)
    with pytest.raises(RuleBroken, match=words):
        asked(make_placement(offer=other.offer), ends_on=before + timedelta(weeks=4))
    provider.most_children = 2
    accepted(version)
    assert placement.ends_on == before + timedelta(weeks=4)


def test_whoever_asked_does_not_approve(sqlite_app_context):
    by = make_user(Role.COMMISSIONER)
    placement = agreed()
    version = service.propose(placement, changed(placement, hours=12), "Going well.", by)
    with pytest.raises(RuleBroken, match="somebody else must decide"):
        service.approve(version, by)


def test_beyond_a_persons_limit_a_panel_decides(context):
    placement, by = agreed(), make_user(Role.COMMISSIONER)
    limits.set_for_role(Role.COMMISSIONER, 100_000)
    version = asked(placement, hours=14)
    with pytest.raises(RuleBroken, match="your limit is £1,000.00. Put it on a panel’s agenda"):
        service.approve(version, by)
    meeting = panels.call(MONDAY, "Room 2", by)
    item = panels.put_variation_on_agenda(meeting, version)
    assert item.reference == f"{placement.reference}, version 2"
    assert panels.cost_of(item) == service.whole_cost_with(version)
    with pytest.raises(RuleBroken, match="on the agenda of 23 November 2026 already"):
        panels.put_variation_on_agenda(meeting, version)
    with pytest.raises(RuleBroken, match="Approve or refuse a variation"):
        panels.record(item, PanelDecision.QUESTIONED, "Why?", by)
    panels.record(item, PanelDecision.APPROVED, "It works.", by)
    assert version.state is AgreementState.OFFERED
    assert version.decided_by == f"Panel (recorded by {by.name})"
    panels.close(meeting, "All", "")


def test_a_panel_refuses_a_variation_and_what_was_agreed_goes_on(sqlite_app_context):
    placement, by = agreed(), make_user(Role.COMMISSIONER)
    version = asked(placement, hours=14)
    item = panels.put_variation_on_agenda(panels.call(MONDAY, "", by), version)
    panels.record(item, PanelDecision.REFUSED, "Too dear.", by)
    assert (version.state, version.answer) == (AgreementState.REFUSED, "Too dear.")
    assert placement.hours == 10


def test_a_declined_variation_changes_nothing(sqlite_app_context):
    placement = agreed()
    version = asked(placement, hours=6)
    provider = make_user(Role.PROVIDER, provider=placement.offer.provider)
    service.decline(version, "Our tutor cannot.", provider)
    assert (placement.hours, placement.agreement.number) == (10, 1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"on": MONDAY - timedelta(days=1)}, "from 23 November 2026 at the earliest"),
        ({"on": NEXT, "ends_on": NEXT - timedelta(days=1)}, "last day must not be before"),
        ({"hours": 33}, "33 hours a week in all"),
        ({"hours": 19}, "19 hours a week is full-time"),
        ({"pence_per_hour": 5_600}, "above the cap of £55.00"),
        ({"pence_per_hour": 0}, "price of more than £0"),
        ({}, "Change the hours, the price or the last day"),
    ],
)
def test_a_variation_that_cannot_be_is_refused_in_words(sqlite_app_context, values, words):
    placement = agreed(offer=make_offer(hours_free=60))
    make_cap(placement.service, 5_500)
    if values == {"on": MONDAY - timedelta(days=1)}:
        values = values | {"hours": 8}
    with pytest.raises(RuleBroken, match=words):
        asked(placement, **values)


def test_a_second_variation_begins_no_earlier_than_the_first(context):
    placement = agreed()
    accepted(asked(placement, hours=8))
    with pytest.raises(RuleBroken, match="What was agreed last holds from 30 November 2026"):
        asked(placement, hours=6, on=MONDAY + timedelta(days=2))
    accepted(asked(placement, hours=6))
    assert free_on(placement.offer, NEXT).hours == 14
    spans = [(each.first, each.last) for each in costs.stretches_of(placement)]
    assert spans == [
        (placement.starts_on, NEXT - timedelta(days=1)),
        (NEXT, placement.ends_on),
    ]


def test_an_agreed_placement_is_varied_from_its_first_day(context, on_monday):
    placement = agreed("agreed", starts_on=MONDAY)
    version = asked(placement, on=MONDAY, hours=8)
    on_monday.shift(timedelta(days=1))
    accepted(version)
    assert (placement.hours, placement.commitment.hours) == (8, 8)
    assert free_on(placement.offer, MONDAY).hours == 12


def test_during_a_stop_less_can_be_agreed_and_more_cannot(sqlite_app_context):
    placement = agreed()
    more = asked(placement, hours=12)
    service.approve(more, make_user(Role.COMMISSIONER))
    make_stop(placement.offer.provider)
    with pytest.raises(RuleBroken, match="New placements are stopped"):
        accepted(more)
    db.session.rollback()


def test_during_a_stop_less_is_agreed(sqlite_app_context):
    placement = agreed()
    make_stop(placement.offer.provider)
    accepted(asked(placement, hours=5))
    assert placement.hours == 5


def test_an_ending_frees_what_was_agreed_for_later_too(context):
    placement = agreed()
    accepted(asked(placement, hours=8))
    running.end(placement, MONDAY, "reintegrated", None)
    assert placement.commitment.state is CommitmentState.RELEASED
    assert free_on(placement.offer, MONDAY + timedelta(days=1)).hours == 20


def test_a_placement_does_not_end_after_its_agreed_last_day(sqlite_app_context):
    placement = agreed(ends_on=MONDAY - timedelta(days=3))
    with pytest.raises(RuleBroken, match="It was agreed to 20 November 2026"):
        running.end(placement, MONDAY, "reintegrated", None)


def test_hours_before_a_variation_are_held_against_what_was_agreed_then(sqlite_app_context):
    placement = agreed()
    for number in (0, 1, 2, 3):
        make_mark(placement, day=MONDAY - timedelta(days=7 - number), minutes=150)
    accepted(asked(placement, hours=2))
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    assert [each for line in differences.find(invoice).values() for each in line] == []


def test_the_rest_of_a_month_is_invoiced_later(sqlite_app_context, on_monday):
    placement = agreed()
    make_mark(placement, day=MONDAY, minutes=120)
    first = drafting.draft(placement.offer.provider, MONDAY)
    assert first.lines[0].last_day == MONDAY
    first.number = "A-1"
    drafting.INVOICE.fire(first, "submit")
    on_monday.shift(timedelta(days=3))
    make_mark(placement, day=MONDAY + timedelta(days=3), minutes=90)
    (line,) = drafting.draft(placement.offer.provider, MONDAY).lines
    assert (line.first_day, line.minutes) == (MONDAY + timedelta(days=1), 90)


def test_terms_of_a_version_are_those_it_was_asked_with(sqlite_app_context):
    placement = agreed()
    wanted = changed(placement, hours=8)
    assert terms.change_in(asked(placement, hours=8)) == wanted


def test_a_placement_without_a_version_of_its_own_is_varied_from_its_first_day(sqlite_app_context):
    placement = make_placement()
    assert asked(placement, hours=8).state is AgreementState.OFFERED
