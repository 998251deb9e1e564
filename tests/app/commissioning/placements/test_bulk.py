"""Many children of a match are proposed and approved one by one; exceptions are set aside."""

from datetime import date, timedelta

import pytest
import time_machine

from app import jobs
from app.accounts.roles import Role
from app.commissioning.placements import bulk, deciding, proposing
from app.commissioning.placements.bulk_models import BulkState, BulkWork
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.placements.proposing import Terms
from app.kernel.database import db
from providers.needs import LegalBasis, Tier
from tests.factories.accounts import make_user
from tests.factories.children import make_referral
from tests.factories.matches import run_match
from tests.factories.providers import make_lot, make_offer, make_service

MONDAY = date(2026, 11, 23)
TERMS = Terms(MONDAY, MONDAY + timedelta(weeks=10), Tier.TWO, LegalBasis.SECTION_19)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def a_match(children: int = 4):
    service = make_service()
    service.lot = make_lot()
    for _ in range(children):
        make_offer(service=service, places_free=1)
        make_referral()
    return run_match()


def test_work_that_was_killed_goes_on_where_it_stopped(sqlite_app_context, monkeypatch):
    run, officer = a_match(), make_user()
    chosen = [outcome.id for outcome in bulk.outcomes_to_propose(run)]
    work = bulk.ask_to_propose(run, chosen, TERMS, officer)
    db.session.commit()
    jobs.run("bulk", work.id)
    assert len(work.done) == 4
    decider = make_user(Role.COMMISSIONER)
    work = bulk.ask_to_approve(run, [each.id for each in bulk.proposals_to_approve(run)], decider)
    db.session.commit()
    whole, calls = deciding.approve, []

    def killed(*args, **options):
        calls.append(1)
        whole(*args, **options)
        if len(calls) == 3:
            raise KeyboardInterrupt  # in the middle of the third, after all its writes

    monkeypatch.setattr(deciding, "approve", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run("bulk", work.id)
    db.session.rollback()
    states = sorted(db.session.scalars(db.select(Placement.state)))
    assert states == ["approved", "approved", "proposed", "proposed"]
    monkeypatch.setattr(deciding, "approve", whole)
    assert bulk.recover() == [work.id]
    db.session.commit()
    jobs.run("bulk", work.id)
    work = db.session.get_one(BulkWork, work.id, populate_existing=True)
    assert work.state is BulkState.FINISHED
    assert sorted(work.done) == sorted(work.chosen)
    assert set(db.session.scalars(db.select(Placement.state))) == {"approved"}
    assert db.session.scalar(db.select(db.func.count(Placement.commitment_id.distinct()))) == 4


def test_a_fault_half_way_says_what_was_done_and_what_was_not(sqlite_app_context, monkeypatch):
    run, officer = a_match(), make_user()
    chosen = [outcome.id for outcome in bulk.outcomes_to_propose(run)]
    work = bulk.ask_to_propose(run, chosen, TERMS, officer)
    db.session.commit()
    whole, calls = proposing.submit, []

    def break_at_the_third(*args, **options):
        calls.append(1)
        whole(*args, **options)
        if len(calls) == 3:
            raise ZeroDivisionError

    monkeypatch.setattr(proposing, "submit", break_at_the_third)
    jobs.run("bulk", work.id)
    assert work.state is BulkState.FAILED
    assert work.failure == (
        "Something went wrong in the program, and the work stopped. Of 4 children, 2 were done "
        "and stay done, 0 were set aside and 2 are as they were."
    )
    assert len(db.session.scalars(db.select(Proposal)).all()) == 2
    bulk.resume(work)
    db.session.commit()
    jobs.run("bulk", work.id)
    assert (work.state, work.failure, len(work.done)) == (BulkState.FINISHED, None, 4)


def test_what_needs_a_reason_is_set_aside(sqlite_app_context):
    make_offer()  # a service without a lot
    make_referral()
    run, officer = run_match(), make_user()
    chosen = [outcome.id for outcome in bulk.outcomes_to_propose(run)]
    work = bulk.ask_to_propose(run, chosen, TERMS, officer)
    db.session.commit()
    jobs.run("bulk", work.id)
    assert work.done == []
    assert "off the framework" in next(iter(work.set_aside.values()))
    assert db.session.scalar(db.select(db.func.count(Proposal.id))) == 0
