"""A stop closes every door at once, once for each cause, and opens again by a decision alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import stops
from providers.commitments import promise
from providers.directory_queries import DirectoryCriteria, directory
from providers.models.provider import Provider
from providers.models.stop import PlacementStop, StopCause, StopState
from providers.queries import Closure, closed_reasons, offer_book
from providers.search import find, services_on_offer
from providers.search_criteria import SearchCriteria
from tests.conftest import TESTER
from tests.factories.providers import make_offer, make_provider
from tests.factories.stops import LEAD, make_stop

WHY = "The register is complete; seen on 20 November."


def terms() -> dict:
    return {
        "reference": "PL-00001", "hours": 5, "starts_on": today(), "source": "Approval",
        "pence_a_week": 22_500,
    }  # fmt: skip


def found() -> tuple[int, ...]:
    return find(SearchCriteria(), today(), tuple(services_on_offer()), ()).offers


def test_a_stop_closes_every_offer_at_once_in_listing_search_matching_and_at_approval(context):
    offer, other = make_offer(), make_offer()
    assert not closed_reasons(offer, today(), ())
    make_stop(offer.provider)
    assert [each.code for each in closed_reasons(offer, today(), ())] == [Closure.STOP]
    assert found() == (other.id,)
    assert [each.id for each in offer_book(today()).open] == [other.id]
    with pytest.raises(RuleBroken, match="New placements are stopped since"):
        promise(offer, **terms())
    unstopped = directory(DirectoryCriteria(unstopped=True))
    assert db.session.scalars(unstopped).all() == [other.provider]


def test_what_a_provider_reads_of_a_stop_does_not_say_why(sqlite_app_context):
    offer = make_offer()
    make_stop(offer.provider, cause=StopCause.CONCERN, reason="A concern about supervision.")
    (reason,) = closed_reasons(offer, today(), ())
    assert "supervision" not in reason.text
    assert "concern" not in reason.text.lower()


def test_a_stop_of_one_offer_leaves_the_others_open(context):
    offer = make_offer()
    other = make_offer(provider=offer.provider)
    make_stop(offer.provider, offer=offer)
    assert found() == (other.id,)
    assert closed_reasons(offer, today(), ())
    assert not closed_reasons(other, today(), ())
    assert promise(other, **terms())


def test_one_thing_makes_one_stop_however_often_it_is_reported(context):
    told = []
    provider = make_offer().provider
    with stops.imposed.connected_to(told.append):
        first = make_stop(provider, source_key="visit:1")
        again = make_stop(provider, source_key="visit:1")
        make_stop(provider, source_key="action:7")
    assert first is again
    assert [stop.source_key for stop in told] == ["visit:1", "action:7"]
    assert len(stops.in_force(provider.id)) == 2


def test_lifting_is_a_decision_with_a_reason_and_opens_what_nothing_else_stops(context):
    offer = make_offer()
    first, second = make_stop(offer.provider), make_stop(offer.provider)
    with pytest.raises(RuleBroken, match="Enter why the stop is lifted"):
        stops.lift(first, " ", by=LEAD)
    stops.lift(first, WHY, by=LEAD)
    assert closed_reasons(offer, today(), ())
    stops.lift(second, WHY, by=LEAD)
    assert not closed_reasons(offer, today(), ())
    assert found() == (offer.id,)
    assert (first.lifted_by, first.lift_reason) == (LEAD.name, WHY)
    assert stops.in_force() == []


def test_a_stop_is_lifted_once(context):
    stop = make_stop(make_provider())
    stops.lift(stop, WHY, by=LEAD)
    with pytest.raises(RuleBroken, match="Alex Lead has lifted this stop already"):
        stops.lift(stop, "Another reason.", by=LEAD)
    assert stop.lift_reason == WHY


def test_what_a_person_lifted_is_not_stopped_again_by_the_same_rule_on_the_next_day(context):
    provider = make_provider()
    stop = make_stop(provider, source_key="action:7", once=True)
    stops.lift(stop, WHY, by=LEAD)
    assert make_stop(provider, source_key="action:7", once=True) is None
    assert make_stop(provider, source_key="action:7") is not None  # a person may


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reason": " "}, "Enter why new placements are stopped"),
        ({"source": ""}, "Enter what the stop rests on"),
    ],
)
def test_a_stop_needs_its_reason_and_its_source(sqlite_app_context, given, message):
    with pytest.raises(RuleBroken, match=message):
        make_stop(make_provider(), **given)


def test_a_stop_cannot_be_about_another_providers_offer(sqlite_app_context):
    with pytest.raises(RuleBroken, match="not this provider’s"):
        make_stop(make_provider(), offer=make_offer())


def test_a_second_stop_by_hand_is_refused_while_the_first_is_in_force(sqlite_app_context):
    provider = make_offer().provider
    stops.impose_by_hand(provider, "A reason.", "A telephone call", by=LEAD)
    with pytest.raises(RuleBroken, match="stopped already"):
        stops.impose_by_hand(provider, "A reason.", "A telephone call", by=LEAD)
    one = stops.impose_by_hand(
        provider, "A reason.", "A telephone call", by=LEAD, offer=provider.offers[0]
    )
    assert one.covers(provider.offers[0])


def test_the_database_itself_holds_one_stop_in_force_for_one_thing(context):
    stop = make_stop(make_provider())
    twin = PlacementStop(
        provider_id=stop.provider_id, state=StopState.IN_FORCE, cause=stop.cause, reason="Again.",
        source=stop.source, source_key=stop.source_key, imposed_by="Test", imposed_at=now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(twin)


def test_two_people_who_stop_and_lift_at_once_leave_one_stop_lifted_once(app):
    with app.app_context(), audit.acting(TESTER, "test"):
        provider_id = make_offer().provider_id
        db.session.commit()

    def at_once(deed) -> list[str]:
        def one(_number: int) -> str:
            with app.app_context(), audit.acting(TESTER, "test"):
                try:
                    deed(db.session.get_one(Provider, provider_id))
                    db.session.commit()
                except RuleBroken as refused:
                    db.session.rollback()
                    return refused.reasons[0]
                return "done"

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, range(2)))

    stopped = at_once(lambda row: stops.impose_by_hand(row, "A reason.", "A call", by=LEAD))
    assert "stopped already" in stopped[0]
    assert stopped[1] == "done"
    freed = at_once(lambda row: stops.lift(row.stops[0], WHY, by=LEAD))
    assert freed == ["Alex Lead has lifted this stop already. Nothing was changed.", "done"]
    with app.app_context():
        assert db.session.scalar(select(func.count(PlacementStop.id))) == 1
