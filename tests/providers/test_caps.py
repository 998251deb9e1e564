"""A cap is previewed, published and followed by the next; an exception lets one offer through."""

from datetime import timedelta

import pytest

from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import caps, price_clauses
from providers.models.offer import Offer
from providers.queries import Closure, caps_in_force, closed_reasons
from tests.factories.evidence import CHECKER
from tests.factories.providers import make_cap, make_lot, make_offer, make_service

SOON = timedelta(days=30)


def capped_service(pence=5_500):
    lot = make_lot()
    service = make_service(lot=lot)
    service.lot = lot
    make_cap(service, pence, framework=lot.framework)
    return service


def above(offer, on=None):
    on = on or today()
    reasons = closed_reasons(offer, on, caps_in_force(on))
    return [reason.text for reason in reasons if reason.code is Closure.CAP]


def test_a_new_cap_shows_whom_it_affects_before_it_holds(context):
    service = capped_service()
    dear = make_offer(service=service, price_pence=5_000)
    make_offer(service=service, price_pence=4_000)
    (only,) = caps.affected(service, 4_500, today() + SOON)
    assert only.offer is dear
    assert "£50.00 an hour is £5.00 above the cap of £45.00" in only.why
    assert not above(dear, today() + SOON)


def test_the_old_cap_ends_the_day_before_the_new_one_starts(context):
    service = capped_service()
    offer = make_offer(service=service, price_pence=5_000)
    starts = today() + SOON
    caps.publish_cap(service, 4_500, starts, on=today())
    new, old = caps.caps_of(service)
    assert (old.ends_on, new.starts_on, new.ends_on) == (starts - timedelta(days=1), starts, None)
    assert not above(offer, old.ends_on)
    assert above(offer, starts)


@pytest.mark.parametrize(("days", "words"), [(-1, "past"), (30, "published already")])
def test_a_cap_starts_neither_in_the_past_nor_before_the_latest_one(context, days, words):
    service = capped_service()
    caps.publish_cap(service, 4_500, today() + SOON, on=today())
    with pytest.raises(RuleBroken, match=words):
        caps.publish_cap(service, 4_000, today() + timedelta(days=days), on=today())


def test_a_service_outside_the_framework_has_no_cap(context):
    with pytest.raises(RuleBroken, match="stands outside the framework"):
        caps.publish_cap(make_service("ap_school_place"), 9_000, today(), on=today())


def test_an_exception_opens_one_offer_until_its_last_day(context):
    service = capped_service()
    offer = make_offer(service=service, price_pence=6_000)
    other = make_offer(service=service, price_pence=6_000)
    ends = today() + SOON
    row = caps.allow_above_cap(
        offer, 6_000, ends, "No other therapist within reach.", by=CHECKER, on=today()
    )
    assert not above(offer)
    assert above(other)
    assert not above(offer, ends)
    assert above(offer, ends + timedelta(days=1))
    assert row.approved_by == CHECKER.name

    offer.price_pence = 6_001
    assert above(offer)


def test_a_withdrawn_exception_holds_no_more(context):
    offer = make_offer(service=capped_service(), price_pence=6_000)
    row = caps.allow_above_cap(offer, 6_000, today() + SOON, "Needed.", by=CHECKER, on=today())
    caps.withdraw_exception(row, on=today())
    assert above(offer)
    with pytest.raises(RuleBroken, match="holds no more"):
        caps.withdraw_exception(row, on=today())


@pytest.mark.parametrize(
    ("pence", "days", "words"),
    [(5_500, 30, "above the cap"), (6_000, -1, "from today"), (6_000, 500, "from today")],
)
def test_an_exception_has_an_end_within_a_year_and_a_use(context, pence, days, words):
    offer = make_offer(service=capped_service(), price_pence=6_000)
    with pytest.raises(RuleBroken, match=words):
        ends = today() + timedelta(days=days)
        caps.allow_above_cap(offer, pence, ends, "Why.", by=CHECKER, on=today())


def test_an_exception_needs_its_reason(context):
    offer = make_offer(service=capped_service(), price_pence=6_000)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        caps.allow_above_cap(offer, 6_000, today(), " ", by=CHECKER, on=today())


def test_the_search_in_the_database_lets_the_same_offers_through(context):
    service = capped_service()
    excepted = make_offer(service=service, price_pence=6_000)
    beyond = make_offer(service=service, price_pence=6_100)
    within = make_offer(service=service, price_pence=5_500)
    for offer in (excepted, beyond):
        caps.allow_above_cap(offer, 6_000, today() + SOON, "Needed.", by=CHECKER, on=today())
    in_force = caps_in_force(today())
    condition = price_clauses.within_cap(today(), [service], in_force)
    found = set(db.session.scalars(db.select(Offer).where(condition)))
    assert found == {excepted, within}
    assert {offer for offer in (excepted, beyond, within) if not above(offer)} == found
