"""Promising room, starting, ending and releasing it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import commitments
from providers.capacity import free_on
from providers.models.commitment import CommitmentState
from providers.models.offer import Offer
from providers.needs import Judgement, sessions_to_mask
from tests.conftest import TESTER
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer, make_provider

DAY = timedelta(days=1)
TERMS = {"reference": "CO-1", "hours": 8, "source": "Order of 23 November", "pence_a_week": 36_000}


def promise(offer, **values):
    return commitments.promise(offer, **TERMS | {"starts_on": today()} | values)


def test_room_that_is_promised_from_today_is_live_at_once(context):
    offer = make_offer()
    made = promise(offer)
    assert made.state is CommitmentState.LIVE
    assert made.recorded_by == "Test"
    assert free_on(offer, today()).hours == 12


def test_room_that_is_promised_for_later_waits_for_its_day(context):
    made = promise(make_offer(), starts_on=today() + DAY)
    assert made.state is CommitmentState.PROMISED
    assert commitments.settle(today()) == (0, 0)
    assert commitments.settle(today() + DAY) == (1, 0)
    assert made.state is CommitmentState.LIVE


def test_the_last_place_goes_only_once(context):
    offer = make_offer(hours_free=10, places_free=1)
    promise(offer)
    with pytest.raises(RuleBroken) as refusal:
        promise(offer)
    assert len(refusal.value.reasons) == 2
    assert "Only 2 hours a week are free" in refusal.value.reasons[0]
    assert "Only 0 places are free" in refusal.value.reasons[1]


def test_a_half_day_without_room_is_refused(context):
    offer = make_offer(sessions=sessions_to_mask(["mon_am"]))
    with pytest.raises(RuleBroken, match="no room on Tuesday mornings"):
        promise(offer, sessions=sessions_to_mask(["tue_am"]))


def test_a_closed_offer_can_promise_nothing(context):
    offer = make_offer(provider=make_provider(judgement=Judgement.RED))
    with pytest.raises(RuleBroken, match="judged red"):
        promise(offer)


def test_the_last_day_is_not_before_the_first(context):
    with pytest.raises(RuleBroken, match="last day must not be before"):
        promise(make_offer(), ends_on=today() - DAY)


def test_a_last_day_to_come_leaves_a_commitment_live_until_it_has_passed(context):
    made = make_commitment()
    commitments.end(made, today() + 5 * DAY)
    assert made.state is CommitmentState.LIVE
    assert commitments.settle(today() + 5 * DAY) == (0, 0)
    assert commitments.settle(today() + 6 * DAY) == (0, 1)
    assert made.state is CommitmentState.ENDED


def test_an_ended_commitment_cannot_end_again(context):
    made = make_commitment()
    commitments.end(made, today())
    with pytest.raises(RuleBroken, match="ended already"):
        commitments.end(made, today())


def test_only_a_promise_that_has_not_begun_can_be_released(context):
    offer = make_offer(hours_free=10)
    made = promise(offer, starts_on=today() + DAY)
    commitments.release(made)
    assert free_on(offer, today()).hours == 10
    with pytest.raises(RuleBroken):
        commitments.release(make_commitment())


def test_of_two_who_promise_the_last_place_at_once_one_is_refused(app):
    with app.app_context(), audit.acting(TESTER, "test"):
        number = make_offer(hours_free=10, places_free=1).id
        db.session.commit()
    ready = threading.Barrier(2)

    def call_off(reference: str) -> str:
        with app.app_context(), audit.acting(TESTER, "test"):
            offer = db.session.get_one(Offer, number)
            db.session.rollback()
            ready.wait(timeout=10)
            try:
                promise(offer, reference=reference)
                db.session.commit()
            except RuleBroken:
                db.session.rollback()
                return "refused"
            return "promised"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(call_off, ("CO-1", "CO-2"))) == ["promised", "refused"]
