"""What an offer has free: its stated room less what it has promised, in words and in SQL."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kernel.clock import today
from app.kernel.database import db
from providers.capacity import free_of, free_on, hours_left, places_left, promised
from providers.models.commitment import CommitmentState, SpareHalfDay
from providers.models.offer import Offer
from providers.needs import ALL_SESSIONS, sessions_to_mask
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer, make_provider

DAY = timedelta(days=1)


def test_an_offer_that_has_promised_nothing_has_all_its_room_free(context):
    offer = make_offer(hours_free=20, places_free=4)
    free = free_on(offer, today())
    assert (free.hours, free.places, free.sessions) == (20, 4, ALL_SESSIONS)


def test_a_live_commitment_is_taken_from_what_is_free(context):
    offer = make_offer(hours_free=20, places_free=4)
    make_commitment(offer, hours=8)
    free = free_on(offer, today())
    assert (free.hours, free.places) == (12, 3)
    assert (free.promised_hours, free.promised_places) == (8, 1)


def test_room_promised_for_next_month_is_not_free_today(context):
    offer = make_offer(hours_free=10)
    starts = today() + 30 * DAY
    make_commitment(offer, hours=10, state=CommitmentState.PROMISED, starts_on=starts)
    assert free_on(offer, today()).hours == 0
    assert free_on(offer, today(), until=starts - DAY).hours == 10


def test_one_commitment_after_another_takes_the_room_once(context):
    offer = make_offer(hours_free=10)
    change = today() + 10 * DAY
    make_commitment(offer, hours=10, ends_on=change - DAY)
    make_commitment(offer, hours=10, starts_on=change, state=CommitmentState.PROMISED)
    assert free_on(offer, today()).promised_hours == 10


def test_the_last_day_is_still_taken_and_the_next_is_free(context):
    offer = make_offer(hours_free=10)
    make_commitment(offer, hours=10, ends_on=today(), state=CommitmentState.ENDED)
    assert free_on(offer, today()).hours == 0
    assert free_on(offer, today() + DAY).hours == 10


def test_a_released_commitment_takes_nothing(context):
    offer = make_offer(hours_free=10)
    make_commitment(offer, state=CommitmentState.RELEASED)
    assert free_on(offer, today()).hours == 10


def test_more_promised_than_stated_leaves_nothing_and_never_less(context):
    offer = make_offer(hours_free=3, places_free=0)
    make_commitment(offer, hours=8)
    free = free_on(offer, today())
    assert (free.hours, free.places, free.is_full) == (0, 0, True)


def test_hours_that_are_not_said_stay_unsaid(context):
    offer = make_offer(hours_free=None)
    make_commitment(offer)
    assert free_on(offer, today()).hours is None


def test_a_half_day_is_full_once_as_many_children_come_as_it_has_room_for(context):
    offer = make_offer(places_free=2)
    monday = sessions_to_mask(["mon_am"])
    make_commitment(offer, sessions=monday)
    assert free_on(offer, today()).sessions == ALL_SESSIONS
    make_commitment(offer, sessions=monday)
    assert free_on(offer, today()).sessions == ALL_SESSIONS & ~monday


def test_a_half_day_can_have_less_room_than_the_offer(context):
    offer = make_offer(places_free=4)
    db.session.add(SpareHalfDay(offer_id=offer.id, session=3, places=1))
    make_commitment(offer, sessions=sessions_to_mask(["tue_pm"]))
    assert free_on(offer, today()).sessions == ALL_SESSIONS & ~sessions_to_mask(["tue_pm"])


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_python_agree_on_what_is_free(context, seed):
    chance = random.Random(seed)
    provider = make_provider()
    for _ in range(8):
        offer = make_offer(
            provider=provider,
            hours_free=chance.choice([None, 0, 12, 30]),
            places_free=chance.randint(0, 5),
        )
        for _ in range(chance.randint(0, 5)):
            starts = today() + chance.randint(-20, 20) * DAY
            ends = chance.choice([None, starts + chance.randint(0, 25) * DAY])
            states = [CommitmentState.RELEASED, CommitmentState.PROMISED, CommitmentState.LIVE]
            state = chance.choice(states + ([CommitmentState.ENDED] if ends else []))
            hours = chance.randint(1, 12)
            make_commitment(offer, starts_on=starts, ends_on=ends, state=state, hours=hours)
    for shift in (-25, 0, 7, 60):
        on = today() + shift * DAY
        taken = promised(on)
        found = db.session.execute(
            select(Offer, hours_left(taken), places_left(taken)).outerjoin(
                taken, taken.c.offer_id == Offer.id
            )
        ).all()
        free = free_of([row[0] for row in found], on)
        assert [(h, p) for _, h, p in found] == [
            (free[o.id].hours, free[o.id].places) for o, _, _ in found
        ]
