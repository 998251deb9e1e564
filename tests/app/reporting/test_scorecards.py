"""Scorecards count what is recorded, compare like with like, and withhold what is too small."""

from datetime import timedelta

import pytest
import time_machine

from app.commissioning.enquiries import service as enquiries
from app.commissioning.enquiries.lifecycle import DeclineReason
from app.commissioning.enquiries.service import Answer
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.progress import endings, reviews
from app.commissioning.progress.lifecycle import Outcome, Progress
from app.kernel.clock import now, today
from app.reporting.scorecards import Ledger
from app.visits.lifecycle import VisitState
from providers.needs import Judgement
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.enquiries import make_enquiry
from tests.factories.placements import make_placement
from tests.factories.progress import OLIVE, conclusion, hold_review, make_plan
from tests.factories.providers import make_offer, make_service
from tests.factories.visits import make_action, make_finding, make_visit


def figure(provider, code, smallest=1):
    card = Ledger(today(), smallest).card(provider)
    return next(each for each in card.figures if each.measure.code == code)


def end(offer, destination):
    make_placement(PlacementState.ENDED, offer, destination=destination)


def test_placements_that_broke_down_are_a_share_of_those_that_ended(context):
    offer = make_offer(places_free=9, hours_free=90)
    end(offer, Destination.REINTEGRATED)
    end(offer, Destination.BROKE_DOWN)
    make_placement(PlacementState.LIVE, offer)
    found = figure(offer.provider, "broken")
    assert (found.value, found.count) == (0.5, 2)


def test_actions_count_as_in_time_where_they_were_answered_by_their_day(context):
    visit = make_visit(state=VisitState.FINAL, visited_on=today(), judgement=Judgement.AMBER)
    finding = make_finding(visit)
    make_action(finding, answer="Done.", answered_at=now())
    make_action(finding, due_on=today() - timedelta(days=1), answer="Late.", answered_at=now())
    make_action(finding, due_on=today() + timedelta(days=1))  # not due yet
    found = figure(visit.provider, "actions")
    assert (found.value, found.count) == (0.5, 2)


def test_attendance_is_of_the_sessions_that_could_take_place(context):
    placement = make_placement()
    other = make_placement()
    for number, code in enumerate(("K", "K", "L", "N", "I", "Y")):
        make_mark(placement, code, day=today() - timedelta(days=number))
    make_mark(placement, "N", day=today() - timedelta(days=366))  # before the year
    make_mark(other, "O")
    found = figure(placement.offer.provider, "attendance")
    assert (found.value, found.count) == (3 / 5, 5)  # code Y: unable to attend
    few = figure(placement.offer.provider, "attendance", smallest=6)
    assert (few.value, few.withheld) == (None, True)
    assert figure(other.offer.provider, "attendance").value == 0


def answered_after(offer, days, then):
    with time_machine.travel(f"2026-11-{23 - days:02} 10:00", tick=False):
        ask = make_enquiry(offer, days=9).asks[0]
        sent = ask.enquiry
    then(ask)
    return sent


def an_offer_of(ask):
    enquiries.make_offer(ask, Answer(today() + timedelta(days=7), 8, 4_500), "Priya")


def a_refusal_of(ask):
    enquiries.decline(ask, DeclineReason.FULL, "", "Priya")


@pytest.fixture
def monday(context):
    with time_machine.travel("2026-11-23 10:00", tick=False):
        yield


def test_days_to_answer_are_working_days_and_refusals_are_answers(monday):
    offer = make_offer()
    for days, then in ((3, an_offer_of), (7, a_refusal_of), (5, lambda ask: None)):
        answered_after(offer, days, then)
    found = figure(offer.provider, "answer")
    assert (found.value, found.count) == (3.0, 2)  # from Friday: 1; from Monday: 5; one waits
    assert figure(offer.provider, "answer", smallest=3).withheld


def test_fair_share_counts_what_was_listed_asked_offered_and_chosen(monday):
    offer, other = make_offer(), make_offer()
    asks = []
    for then in (an_offer_of, an_offer_of, a_refusal_of, lambda ask: None):
        answered_after(offer, 1, lambda ask, then=then: (asks.append(ask), then(ask)))
    enquiries.choose(asks[0])
    ledger = Ledger(today(), 1)
    share, none = ledger.card(offer.provider).share, ledger.card(other.provider).share
    assert (share.listed, share.asked, share.offered, share.chosen) == (1, 4, 2, 1)
    assert (none.listed, none.asked, none.offered, none.chosen) == (1, 0, 0, 0)


def test_reviews_in_time_are_of_those_held_or_overdue(monday):
    about = {"offer": make_offer(places_free=9, hours_free=90), "ends_on": today() + timedelta(90)}
    in_time = make_placement(**about)
    late = make_placement(**about, starts_on=today() - timedelta(days=70))
    make_placement(**about, starts_on=today() - timedelta(days=70))  # overdue, and never held
    make_placement(**about)  # not due yet
    for placement in (in_time, late):
        hold_review(placement)
    found = figure(in_time.offer.provider, "reviews")
    assert (found.value, found.count) == (1 / 3, 3)
    assert figure(in_time.offer.provider, "reviews", smallest=4).withheld


def test_an_objective_counts_once_by_its_latest_judgement(monday):
    offer = make_offer(places_free=9, hours_free=90)
    placement = make_placement(offer=offer)
    first, second, third = make_plan(placement, objectives=3).objectives
    for ago, far in ((10, Progress.NOT_BEGUN), (2, Progress.MET)):
        judged = {each.id: (far, "") for each in (first, second)}
        judged |= {third.id: (Progress.SOME, "")}
        on = today() - timedelta(days=ago)
        reviews.hold(placement, conclusion(held_on=on), judged, by=OLIVE)
    found = figure(offer.provider, "objectives")
    assert (found.value, found.count) == (2 / 3, 3)
    assert figure(offer.provider, "objectives", smallest=4).withheld
    outcomes = {first.id: Outcome.MET, second.id: Outcome.NOT_MET, third.id: Outcome.NOT_JUDGED}
    endings.end(
        placement, today() - timedelta(days=1), Destination.REINTEGRATED, outcomes,
        where="Its school", reason="Ready.", waits_again=False, by=make_user(),
    )  # fmt: skip
    found = figure(offer.provider, "objectives")
    assert (found.value, found.count) == (1 / 2, 2)


def test_prices_are_compared_with_providers_of_the_same_main_services(context):
    own = make_offer(price_pence=5_000)
    for pence in (4_000, 4_400):
        make_offer(price_pence=pence)
    make_offer(price_pence=9_000, service=make_service("physiotherapy"))
    found = figure(own.provider, "price", smallest=2)
    assert (found.value, found.peers, found.peer_count) == (5_000, 4_200, 2)


@pytest.mark.parametrize(("ended", "shown"), [(4, False), (5, True)])
def test_a_figure_of_fewer_than_the_smallest_group_is_withheld(sqlite_app_context, ended, shown):
    offer = make_offer(places_free=9, hours_free=90)
    for _ in range(ended):
        end(offer, Destination.REINTEGRATED)
    found = figure(offer.provider, "broken", smallest=5)
    assert (found.value is not None, found.withheld) == (shown, not shown)


@pytest.mark.parametrize(("others", "shown"), [(4, False), (5, True)])
def test_a_comparison_with_too_few_providers_is_withheld(sqlite_app_context, others, shown):
    own = make_offer()
    for _ in range(others):
        make_offer()
    assert (figure(own.provider, "price", smallest=5).peers is not None) is shown


def test_the_share_of_work_counts_offers_and_placements_awarded(sqlite_app_context):
    offer = make_offer()
    make_placement(PlacementState.LIVE, offer)
    share = Ledger(today()).card(offer.provider).share
    assert (share.listed, share.asked, share.placed) == (1, 0, 1)


def test_nothing_is_counted_of_before_the_period(sqlite_app_context):
    offer = make_offer()
    end(offer, Destination.REINTEGRATED)
    later = Ledger(today() + timedelta(days=400), 1).card(offer.provider)
    assert next(each for each in later.figures if each.measure.code == "broken").count == 0
