"""Prices change once a year: proposed, decided in bulk, in force on a date, never above a cap."""

from datetime import timedelta

import pytest

from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from providers import caps, uplifts
from providers.models.uplift import ProposalState
from providers.needs import PriceUnit
from tests.factories.applications import make_capped_service
from tests.factories.evidence import CHECKER, SENDER
from tests.factories.providers import make_offer

APPLIES = timedelta(days=60)


def an_open_round():
    on = today()
    return uplifts.open_round(
        "2027 to 2028", on, on + timedelta(days=30), on + APPLIES, by=CHECKER, on=on
    )


def proposed(pence=5_000):
    offer = make_offer(service=make_capped_service())
    round_ = an_open_round()
    (row,) = uplifts.propose(round_, {offer: pence}, "Wages.", by=SENDER, on=today())
    return offer, row


def test_an_accepted_price_holds_from_its_day_and_not_before(context):
    offer, row = proposed()
    uplifts.accept([row], by=CHECKER)
    assert uplifts.put_in_force(today(), by=CHECKER) == (0, 0)
    assert offer.price_pence == 4_500
    assert uplifts.put_in_force(today() + APPLIES, by=CHECKER) == (1, 0)
    assert offer.price_pence == 5_000
    assert row.state is ProposalState.APPLIED
    assert uplifts.put_in_force(today() + APPLIES, by=CHECKER) == (0, 0)


def test_a_price_above_the_cap_of_that_day_cannot_be_proposed(context):
    offer = make_offer(service=make_capped_service())
    with pytest.raises(RuleBroken, match="£5.00 above the cap of £55.00"):
        uplifts.propose(an_open_round(), {offer: 6_000}, "Wages.", by=SENDER, on=today())


def test_a_cap_published_meanwhile_is_judged_when_it_is_decided_and_when_it_holds(context):
    offer, row = proposed()
    caps.publish_cap(offer.service, 4_800, today() + timedelta(days=10), on=today())
    with pytest.raises(RuleBroken, match="£2.00 above the cap of £48.00"):
        uplifts.accept([row], by=CHECKER)


def test_a_price_that_stands_above_the_cap_on_its_day_is_returned(context):
    offer, row = proposed()
    uplifts.accept([row], by=CHECKER)
    caps.publish_cap(offer.service, 4_800, today() + timedelta(days=10), on=today())
    assert uplifts.put_in_force(today() + APPLIES, by=CHECKER) == (0, 1)
    assert offer.price_pence == 4_500
    assert "above the cap" in row.comment


def test_an_offer_that_is_quoted_otherwise_by_then_keeps_its_price(context):
    offer, row = proposed()
    uplifts.accept([row], by=CHECKER)
    offer.price_unit = PriceUnit.DAY
    assert uplifts.put_in_force(today() + APPLIES, by=CHECKER) == (0, 1)
    assert "quoted otherwise now" in row.comment


def test_many_are_decided_together_or_none(context):
    offer, row = proposed()
    second = make_offer(service=offer.service, provider=offer.provider)
    (other,) = uplifts.propose(row.round, {second: 4_600}, "Rent.", by=SENDER, on=today())
    uplifts.accept([other], by=CHECKER)
    with pytest.raises(RuleBroken, match="it is accepted"):
        uplifts.accept([row, other], by=CHECKER)
    assert row.state is ProposalState.PROPOSED
    with pytest.raises(RuleBroken, match="Select at least one"):
        uplifts.accept([], by=CHECKER)


def test_a_returned_price_says_why_and_is_proposed_again(context):
    offer, row = proposed()
    with pytest.raises(RuleBroken, match="Say why"):
        uplifts.give_back([row], " ", by=CHECKER)
    uplifts.give_back([row], "At most 5%.", by=CHECKER)
    assert row.comment == "At most 5%."
    (again,) = uplifts.propose(row.round, {offer: 4_700}, "Wages.", by=SENDER, on=today())
    assert again is row
    assert (row.state, row.price_pence, row.comment) == (ProposalState.PROPOSED, 4_700, None)
    assert round(row.rise, 3) == 0.044


def test_nothing_is_proposed_outside_the_round(context):
    offer = make_offer(service=make_capped_service())
    round_ = an_open_round()
    late = round_.closes_on + timedelta(days=1)
    with pytest.raises(RuleBroken, match="The round is not open"):
        uplifts.propose(round_, {offer: 4_600}, "Wages.", by=SENDER, on=late)


def test_a_round_has_its_days_in_order_and_a_name_of_its_own(context):
    round_ = an_open_round()
    with pytest.raises(RuleBroken, match="There is a round"):
        an_open_round()
    on = today()
    with pytest.raises(RuleBroken, match="after the round has closed"):
        uplifts.open_round("Other", on, on, on, by=CHECKER, on=on)
    assert uplifts.rounds() == [round_]
