"""Asking providers, their answers, the timer, and choosing one."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.roles import Role
from app.children import referring
from app.children.models import Referral
from app.commissioning.enquiries import queries, service
from app.commissioning.enquiries.lifecycle import AskState, DeclineReason, EnquiryState
from app.commissioning.enquiries.service import Answer
from app.commissioning.enquiries.working_days import (
    end_of_working_day_after,
    working_days_between,
)
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from app.notices.topics import Topic
from providers.admission import AdmissionState
from tests.factories.accounts import make_user
from tests.factories.children import make_referral
from tests.factories.enquiries import make_enquiry
from tests.factories.places import a_mapped_county
from tests.factories.providers import make_offer, make_service

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)
GOOD = Answer(date(2026, 12, 1), 8, 4_500, "After a visit")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def told(topic: Topic) -> int:
    return len(db.session.scalars(select(Notice).where(Notice.topic_code == topic.value)).all())


def people_for(*offers) -> None:
    for offer in offers:
        make_user(Role.PROVIDER, provider_id=offer.provider_id)


@pytest.mark.parametrize(
    ("sent", "days", "until"),
    [
        (MONDAY, 2, datetime(2026, 11, 25, 17, 0, tzinfo=LONDON)),
        (datetime(2026, 11, 27, 18, 0, tzinfo=LONDON), 2, datetime(2026, 12, 1, 17, tzinfo=LONDON)),
        (datetime(2026, 12, 24, 9, 0, tzinfo=LONDON), 1, datetime(2026, 12, 29, 17, tzinfo=LONDON)),
    ],
)
def test_the_time_to_answer_leaves_out_weekends_and_bank_holidays(sent, days, until):
    assert end_of_working_day_after(sent, days) == until
    assert working_days_between(sent, until) == days


def test_an_enquiry_goes_to_several_providers_at_once_with_its_profile_frozen(context):
    offers = [make_offer(), make_offer()]
    enquiry = make_enquiry(*offers, words="Likes horses")
    assert [ask.state for ask in enquiry.asks] == [AskState.ASKED] * 2
    assert enquiry.answer_by == datetime(2026, 11, 25, 17, 0, tzinfo=LONDON)
    assert enquiry.profile["age_band"] == "11 to 14"
    enquiry.referral.child.postcode = "PO12 1AB"
    assert enquiry.profile["area"] == "SO23"


def test_what_may_not_be_asked_is_refused_with_every_reason(context):
    good, other = make_offer(), make_offer(service=make_service("vocational"))
    closed = make_offer()
    closed.provider.state = AdmissionState.SUSPENDED
    referral = make_referral(hours={good.service: 10})
    by = make_user()
    with pytest.raises(RuleBroken) as refusal:
        service.send(referral, [other, closed], f"{referral.child.forename} is shy", by, days=2)
    said = " ".join(refusal.value.reasons)
    for words in ("does not ask for this service", "It is suspended", "the child’s name"):
        assert words in said
    service.send(referral, [good], "", by, days=2)
    with pytest.raises(RuleBroken, match="was asked already"):
        service.send(referral, [good], "", by, days=2)
    with pytest.raises(RuleBroken, match="Choose at least one"):
        service.send(referral, [], "", by, days=2)


def test_nobody_is_asked_for_a_child_who_does_not_wait(sqlite_app_context):
    offer = make_offer()
    referral = make_referral(hours={offer.service: 10})
    referring.withdraw(referral, "Moved away")
    with pytest.raises(RuleBroken, match="is withdrawn"):
        make_enquiry(offer, referral=referral)


def test_an_offer_is_kept_with_its_days_to_answer_and_the_officer_is_told(context, clock):
    ask = make_enquiry(make_offer()).asks[0]
    clock.move_to(MONDAY + timedelta(days=1))
    service.make_offer(ask, GOOD, "Priya")
    assert ask.state is AskState.OFFERED
    assert (ask.working_days, ask.late, ask.pence_a_week) == (1, False, 36_000)
    assert told(Topic.ENQUIRY_ANSWERED) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(date(2026, 11, 20), 8, 4_500), "The first day has passed"),
        (Answer(date(2026, 12, 1), 0, 4_500), "from 1 to 40"),
        (Answer(date(2026, 12, 1), 11, 4_500), "10 hours a week are asked for"),
        (Answer(date(2026, 12, 1), 8, 0), "more than £0"),
        (Answer(date(2026, 12, 1), 8, 5_600), "above the cap of £55.00"),
    ],
)
def test_an_offer_that_cannot_hold_is_refused_clearly(mapped, answer, words):
    ask = make_enquiry(mapped).asks[0]
    with pytest.raises(RuleBroken, match=words):
        service.make_offer(ask, answer, "Priya")
    assert ask.state is AskState.ASKED


@pytest.fixture
def mapped(sqlite_app_context):
    """An offer of a service that has a cap."""
    a_mapped_county()
    return make_offer()


def test_an_answer_is_given_once(context):
    ask = make_enquiry(make_offer()).asks[0]
    service.decline(ask, DeclineReason.FULL, "", "Priya")
    for again in (
        lambda: service.make_offer(ask, GOOD, "Priya"),
        lambda: service.decline(ask, DeclineReason.AGE, "", "Priya"),
    ):
        with pytest.raises(RuleBroken, match="was answered already, on 23 November 2026"):
            again()
    assert ask.decline_reason is DeclineReason.FULL


def test_another_reason_needs_words(sqlite_app_context):
    ask = make_enquiry(make_offer()).asks[0]
    with pytest.raises(RuleBroken, match="Say which other reason"):
        service.decline(ask, DeclineReason.OTHER, " ", "Priya")


def test_a_provider_that_was_suspended_meanwhile_can_neither_offer_nor_be_chosen(context):
    first, second = make_offer(), make_offer()
    asks = make_enquiry(first, second).asks
    service.make_offer(asks[0], GOOD, "Priya")
    for offer in (first, second):
        offer.provider.state = AdmissionState.SUSPENDED
    db.session.flush()
    with pytest.raises(RuleBroken, match="It is suspended"):
        service.make_offer(asks[1], GOOD, "Priya")
    with pytest.raises(RuleBroken, match="It is suspended"):
        service.choose(asks[0])


def test_a_late_answer_is_taken_and_marked(context, clock):
    ask = make_enquiry(make_offer()).asks[0]
    clock.move_to(MONDAY + timedelta(days=3))
    service.make_offer(ask, GOOD, "Priya")
    assert ask.late
    assert queries.record_of(ask.offer.provider_id).late == 1


def test_choosing_closes_the_enquiry_and_tells_the_others(context):
    offers = [make_offer() for _number in range(3)]
    people_for(*offers)
    enquiry = make_enquiry(*offers)
    chosen, offered, silent = enquiry.asks
    service.make_offer(chosen, GOOD, "Priya")
    service.make_offer(offered, GOOD, "Paul")
    service.choose(chosen)
    assert [ask.state for ask in enquiry.asks] == [
        AskState.CHOSEN,
        AskState.PASSED,
        AskState.PASSED,
    ]
    assert enquiry.state is EnquiryState.CHOSEN
    assert told(Topic.ENQUIRY_CLOSED) == 2
    with pytest.raises(RuleBroken, match="This enquiry is closed"):
        service.make_offer(silent, GOOD, "Late")
    with pytest.raises(RuleBroken):
        service.choose(offered)


def test_an_enquiry_for_two_services_stays_open_until_both_are_settled(context):
    mentoring, tutoring = make_offer(), make_offer(service=make_service("tutoring_qts"))
    enquiry = make_enquiry(mentoring, tutoring)
    for ask in enquiry.asks:
        service.make_offer(ask, GOOD, "Priya")
    service.choose(enquiry.asks[0])
    assert enquiry.state is EnquiryState.OPEN
    service.choose(enquiry.asks[1])
    assert enquiry.state is EnquiryState.CHOSEN


def test_closing_needs_a_reason_and_ends_the_asking(context):
    enquiry = make_enquiry(make_offer())
    with pytest.raises(RuleBroken, match="Enter why"):
        service.close(enquiry, " ")
    service.close(enquiry, "The family changed its mind")
    assert enquiry.state is EnquiryState.CLOSED
    assert enquiry.asks[0].state is AskState.PASSED


def test_the_timer_reminds_then_escalates_each_once(context, clock):
    offer = make_offer()
    people_for(offer)
    make_user(Role.AP_LEAD)
    make_enquiry(offer)
    steps = [
        (MONDAY + timedelta(days=1), (0, 0, 0)),
        (datetime(2026, 11, 25, 9, 0, tzinfo=LONDON), (1, 0, 0)),
        (datetime(2026, 11, 25, 12, 0, tzinfo=LONDON), (0, 0, 0)),
        (datetime(2026, 11, 25, 18, 0, tzinfo=LONDON), (0, 1, 0)),
        (datetime(2026, 11, 26, 18, 0, tzinfo=LONDON), (0, 1, 0)),
        (datetime(2026, 11, 27, 9, 0, tzinfo=LONDON), (0, 0, 0)),
    ]
    for moment, counts in steps:
        clock.move_to(moment)
        assert service.chase() == counts, moment
    assert told(Topic.ENQUIRY_OVERDUE) == 2


def test_an_enquiry_for_a_child_who_no_longer_waits_is_closed(context):
    enquiry = make_enquiry(make_offer())
    referring.withdraw(db.session.get_one(Referral, enquiry.referral_id), "Back at school")
    with pytest.raises(RuleBroken, match="no longer needed"):
        service.make_offer(enquiry.asks[0], GOOD, "Priya")
    assert service.chase() == (0, 0, 1)
    assert enquiry.state is EnquiryState.CLOSED


def test_a_scorecard_counts_days_reasons_and_choices(context, clock):
    offer = make_offer()
    first, second = (make_enquiry(offer).asks[0] for _number in range(2))
    service.decline(first, DeclineReason.FULL, "", "Priya")
    clock.move_to(MONDAY + timedelta(days=2))
    service.make_offer(second, GOOD, "Priya")
    service.choose(second)
    record = queries.record_of(offer.provider_id)
    assert (record.asked, record.answered, record.offered, record.chosen) == (2, 2, 1, 1)
    assert record.working_days == 1
    assert record.declined == {DeclineReason.FULL: 1}
