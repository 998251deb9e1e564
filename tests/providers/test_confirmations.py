"""Keeping capacity true: what is stated, confirmed, asked for."""

from datetime import timedelta

import pytest

from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import confirmations
from providers.admission import AdmissionState
from providers.models.commitment import SpareHalfDay
from providers.needs import ALL_SESSIONS, sessions_to_mask
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer, make_provider

OLD = timedelta(days=40)
CLOSED = [0] * 10


def shown_of(provider):
    return confirmations.mark(confirmations.stated(provider, today()))


def test_confirming_dates_every_offer_of_the_provider_today(context):
    provider = make_provider()
    offers = [make_offer(provider=provider, confirmed_on=today() - OLD) for _ in range(2)]
    other = make_offer(confirmed_on=today() - OLD)
    assert confirmations.confirm(provider, shown_of(provider)) == 2
    assert {offer.confirmed_on for offer in offers} == {today()}
    assert other.confirmed_on == today() - OLD


def test_figures_that_changed_since_they_were_shown_are_not_confirmed(context):
    offer = make_offer(confirmed_on=today() - OLD)
    shown = shown_of(offer.provider)
    offer.hours_free = 5
    db.session.flush()
    with pytest.raises(RuleBroken, match="changed since you opened"):
        confirmations.confirm(offer.provider, shown)
    assert offer.confirmed_on == today() - OLD


def test_room_is_stated_by_half_day(context):
    offer = make_offer()
    confirmations.state(offer, hours=12, places=3, by_half_day=[3, 1, *CLOSED[2:]])
    assert offer.sessions == sessions_to_mask(["mon_am", "mon_pm"])
    assert (offer.hours_free, offer.places_free, offer.confirmed_on) == (12, 3, today())
    (figures,) = confirmations.stated(offer.provider, today())
    assert figures.half_days == (3, 1, *CLOSED[2:])
    confirmations.state(offer, hours=None, places=3, by_half_day=[3] * 10)
    assert offer.sessions == ALL_SESSIONS
    assert db.session.query(SpareHalfDay).count() == 0


@pytest.mark.parametrize(
    ("places", "week", "message"),
    [(3, CLOSED, "at least one half-day"), (3, [4, *CLOSED[1:]], "more children than there are")],
)
def test_a_week_that_contradicts_itself_is_refused(context, places, week, message):
    with pytest.raises(RuleBroken, match=message):
        confirmations.state(make_offer(), hours=5, places=places, by_half_day=week)


def test_what_is_called_off_is_shown_beside_what_is_stated(context):
    offer = make_offer(hours_free=20)
    make_commitment(offer, hours=6)
    (figures,) = confirmations.stated(offer.provider, today())
    assert (figures.free.hours, figures.free.promised_hours) == (14, 6)


def test_only_approved_providers_with_stale_figures_are_asked(context):
    stale = make_offer(confirmed_on=today() - timedelta(days=29)).provider
    make_offer(confirmed_on=today() - timedelta(days=28))
    make_offer(provider=make_provider(state=AdmissionState.SUSPENDED), confirmed_on=today() - OLD)
    assert confirmations.to_ask(today()) == [stale]


def test_a_provider_that_was_asked_is_left_in_peace_for_a_week(context):
    provider = make_offer(confirmed_on=today() - OLD).provider
    question = confirmations.ask(provider)
    assert confirmations.to_ask(today()) == []
    question.asked_at = now() - timedelta(days=8)
    db.session.flush()
    assert confirmations.to_ask(today()) == [provider]


def test_a_question_is_answered_once(context):
    provider = make_offer(confirmed_on=today() - OLD).provider
    question = confirmations.ask(provider)
    assert confirmations.answer(question, shown_of(provider)) == 1
    with pytest.raises(RuleBroken, match="used already"):
        confirmations.answer(question, shown_of(provider))


def test_a_newer_question_takes_the_place_of_an_older_one(context):
    provider = make_offer(confirmed_on=today() - OLD).provider
    first = confirmations.ask(provider)
    confirmations.ask(provider)
    with pytest.raises(RuleBroken, match="newer link"):
        confirmations.answer(first, shown_of(provider))
