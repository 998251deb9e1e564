"""Lots: an offer outside those that its provider was admitted to is left out everywhere."""

from sqlalchemy import event

from app.commissioning.now import parts_of
from app.commissioning.search import search
from app.kernel.clock import today
from app.kernel.database import db
from providers.applications import service
from providers.applications.sections import Section
from providers.queries import Closure, caps_in_force, closed_reasons, offer_book
from providers.search_criteria import SearchCriteria
from tests.factories.applications import APPLICANT, an_offer, make_application, make_capped_service
from tests.factories.children import make_referral
from tests.factories.providers import make_lot, make_offer, make_provider, make_service


def a_provider_of_two_lots():
    """Mentoring, to whose lot the provider was admitted, and tutoring in another lot."""
    mentoring = make_service()
    tutoring = make_service("tutoring_qts")
    if mentoring.lot is None:
        mentoring = make_capped_service()
        tutoring.lot = make_lot(code="A", name="Tutoring", framework=mentoring.lot.framework)
    mine = make_offer(provider=make_provider(), service=mentoring)
    other = make_offer(provider=mine.provider, service=tutoring)
    application = make_application(scheme=mentoring.lot.framework.scheme, provider=mine.provider)
    service.save(application, Section.OFFERS, {"items": [an_offer().kept()]}, by=APPLICANT)
    application.state = "admitted"
    db.session.flush()
    db.session.expire_all()
    return mine, other


def test_an_offer_outside_the_lots_is_closed_with_the_lot_to_apply_for(context):
    mine, other = a_provider_of_two_lots()
    caps = caps_in_force(today())
    assert closed_reasons(mine, today(), caps) == ()
    (reason,) = closed_reasons(other, today(), caps)
    assert reason.code is Closure.LOT
    assert "not admitted to lot A (Tutoring)" in reason.text
    assert offer_book(today()).open == (mine,)


def test_search_and_ranking_leave_it_out_and_say_why(context):
    mine, other = a_provider_of_two_lots()
    listed = make_offer(service=other.service)  # taken over: admitted with what it listed
    made = search(SearchCriteria(), today(), others=True)
    assert set(made.suitable) == {mine.id, listed.id}
    (result,) = made.judged(made.unsuitable)
    assert result.offer == other
    assert "must apply to join that lot first" in result.against[0]
    (part,) = parts_of(make_referral(hours={other.service: 6}))
    assert [choice.offer for choice in part.choices] == [listed]
    assert [refused.offer for refused in part.refused] == [other]


def test_many_providers_cost_no_more_queries_than_one(context):
    a_provider_of_two_lots()
    few = _queries_for_a_book_of(1)
    for _ in range(3):
        a_provider_of_two_lots()
    assert _queries_for_a_book_of(4) <= few + 1


def _queries_for_a_book_of(offers: int) -> int:
    asked = []
    db.session.flush()
    db.session.expire_all()

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert len(offer_book(today()).open) == offers
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)
