"""Scorecards count what is recorded, compare like with like, and withhold what is too small."""

from datetime import timedelta

import pytest

from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.kernel.clock import now, today
from app.reporting.scorecards import Ledger
from app.visits.lifecycle import VisitState
from providers.needs import Judgement
from tests.factories.placements import make_placement
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
