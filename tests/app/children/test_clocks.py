"""The clocks of children who wait: which runs, to which day, and that nobody is ever left out."""

from datetime import date
from itertools import product

import pytest

from app.children import terms
from app.children.clocks import (
    Duty,
    Urgency,
    clock_of,
    due_day,
    duty_of,
    reckon_again,
)
from app.children.models import Child, Referral
from app.children.queries import WaitingCriteria, counts_by_urgency, waiting
from app.children.term_defaults import CLOSED, TERMS, ClosedKind
from app.children.terms import Calendar
from app.kernel.database import db
from providers.needs import LegalBasis as Basis
from providers.needs import ReferralReason as Reason
from tests.factories.children import make_child, make_referral

DAYS = Calendar(TERMS, CLOSED)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("basis", "reason", "duty"),
    [
        (None, Reason.PERMANENT_EXCLUSION, Duty.EXCLUSION),
        (Basis.SECTION_19, Reason.SUSPENSION, Duty.EXCLUSION),
        (Basis.SUSPENSION, Reason.OTHER, Duty.EXCLUSION),
        (Basis.SECTION_19, Reason.MENTAL_HEALTH, Duty.ILLNESS),
        (None, Reason.PHYSICAL_HEALTH, Duty.ILLNESS),
        (Basis.SECTION_61, Reason.MENTAL_HEALTH, Duty.PLAN),
        (None, Reason.EHCP_NAMED, Duty.PLAN),
        (Basis.OFF_SITE_DIRECTION, Reason.SUSPENSION, Duty.DIRECTION),
        (None, Reason.NEW_ARRIVAL, Duty.EDUCATION),
        (None, None, Duty.EDUCATION),
    ],
)
def test_the_legal_basis_and_then_the_reason_decide_which_clock_runs(basis, reason, duty):
    assert duty_of(basis, reason) is duty


@pytest.mark.parametrize(
    ("duty", "since", "start_from", "due"),
    [
        (Duty.EXCLUSION, date(2026, 11, 2), None, date(2026, 11, 9)),
        (Duty.EXCLUSION, date(2026, 10, 22), None, date(2026, 11, 5)),  # over half-term
        (Duty.EXCLUSION, date(2026, 10, 24), None, date(2026, 11, 9)),  # a Saturday: from Monday
        (Duty.ILLNESS, date(2026, 11, 2), None, date(2026, 11, 20)),
        (Duty.EDUCATION, date(2026, 12, 24), None, date(2027, 1, 5)),
        (Duty.EDUCATION, None, date(2026, 12, 1), date(2026, 12, 1)),
        (Duty.PLAN, date(2026, 9, 7), date(2026, 11, 30), date(2026, 11, 30)),
        (Duty.DIRECTION, date(2026, 9, 7), None, date(2026, 9, 7)),
        (Duty.EXCLUSION, None, None, None),
        (Duty.EXCLUSION, date(9999, 12, 31), None, date(9999, 12, 31)),
    ],
)
def test_the_day_is_counted_in_school_days_from_the_first_day_out(duty, since, start_from, due):
    assert due_day(duty, since, start_from, DAYS) == due


@pytest.mark.parametrize(
    ("since", "urgency", "words"),
    [
        (date(2026, 11, 2), Urgency.OVERDUE, "the sixth school day of the exclusion: 10 school"),
        (date(2026, 11, 16), Urgency.SOON, "Due today, the sixth school day"),
        (date(2026, 11, 17), Urgency.SOON, "in 1 school day."),
        (date(2026, 12, 1), Urgency.LATER, "Due on 8 December 2026"),
        (None, Urgency.UNKNOWN, "Find out, and add it"),
    ],
)
def test_the_reason_for_the_urgency_is_said_in_words(since, urgency, words):
    referral = Referral(
        child=Child(), reason=Reason.PERMANENT_EXCLUSION, out_of_education_since=since
    )
    clock = clock_of(referral, TODAY, DAYS)
    assert clock.urgency is urgency
    assert words in clock.text


SINCE = (None, date(1999, 1, 4), date(2026, 2, 6), date(2026, 11, 20), date(2030, 1, 1))


def test_every_waiting_referral_is_in_the_list_whatever_its_data_are(context):
    """Also one whose child has no need and nothing asked for, or whose day lies far away."""
    child = make_child(needs=())
    bases, reasons = (None, *Basis), tuple(Reason)
    for basis, reason, since in product(bases, reasons, SINCE):
        make_referral(
            child, hours={}, legal_basis=basis, reason=reason, out_of_education_since=since
        )
    everyone = set(db.session.scalars(db.select(Referral.id)))
    listed = db.session.scalars(waiting(on=TODAY)).all()
    assert {referral.id for referral in listed} == everyone
    assert len(listed) == len(everyone) == len(bases) * len(reasons) * len(SINCE)
    assert sum(counts_by_urgency(TODAY).values()) == len(everyone)


def test_conditions_in_sql_judge_as_the_words_do_and_miss_nobody(context):
    child = make_child()
    for basis, reason, since in product((None, *Basis), Reason, SINCE):
        make_referral(
            child, hours={}, legal_basis=basis, reason=reason, out_of_education_since=since
        )
    days, whole = terms.calendar(), db.session.scalars(db.select(Referral)).all()
    clocks = {referral.id: clock_of(referral, TODAY, days) for referral in whole}
    for urgency in Urgency:
        found = set(db.session.scalars(waiting(WaitingCriteria(urgency=urgency), on=TODAY)))
        assert {r.id for r in found} == {n for n, c in clocks.items() if c.urgency is urgency}
    for duty in Duty:
        found = set(db.session.scalars(waiting(WaitingCriteria(duty=duty))))
        assert {r.id for r in found} == {n for n, c in clocks.items() if c.duty is duty}


def test_the_list_runs_from_no_date_to_the_latest_day(context):
    days = [date(2026, 11, 30), None, date(2026, 11, 2)]
    for since in days:
        make_referral(out_of_education_since=since)
    since = [r.out_of_education_since for r in db.session.scalars(waiting(on=TODAY))]
    assert since == [None, date(2026, 11, 2), date(2026, 11, 30)]


def test_the_day_follows_what_is_written_of_the_referral_and_of_the_term_dates(context):
    referral = make_referral(out_of_education_since=date(2026, 11, 2))
    assert referral.provision_due_on == date(2026, 11, 9)
    terms.close_day(2026, date(2026, 11, 6), ClosedKind.INSET)
    assert referral.provision_due_on == date(2026, 11, 10)
    referral.reason = Reason.PHYSICAL_HEALTH
    db.session.flush()
    assert referral.provision_due_on == date(2026, 11, 23)
    referral.out_of_education_since = None
    db.session.flush()
    assert referral.provision_due_on is None


def test_rows_that_came_in_past_the_program_are_put_right(context):
    referral = make_referral(out_of_education_since=date(2026, 11, 2))
    db.session.connection().execute(Referral.__table__.update().values(provision_due_on=None))
    assert reckon_again() == 1
    assert referral.provision_due_on == date(2026, 11, 9)
    assert reckon_again() == 0
