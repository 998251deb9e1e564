"""What people try by mistake is refused with words that say what to do."""

from datetime import date, timedelta

import pytest
import time_machine

from app.accounts.roles import Role
from app.commissioning.agreements import service as agreements
from app.commissioning.placements import deciding, proposing, running
from app.commissioning.placements.models import Proposal
from app.commissioning.plans import service as plans
from app.commissioning.plans.models import PARTS
from app.commissioning.plans.service import Aim
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.applications import service
from providers.applications.proposals import ProposedSite
from tests.app.commissioning.placements.test_deciding import (
    commissioner,
    drafted,
    framework_offer,
    submitted,
)
from tests.factories.accounts import make_user
from tests.factories.applications import APPLICANT, an_offer, make_application
from tests.factories.children import make_referral
from tests.factories.placements import make_placement
from tests.factories.progress import hold_review, make_plan
from tests.factories.providers import make_lot, make_offer, make_service

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-23 09:00", tick=False) as traveller:
        yield traveller


def refused(words: str):
    return pytest.raises(RuleBroken, match=words)


def test_nothing_starts_before_its_approval(sqlite_app_context):
    (placement,) = submitted().placements
    assert "The placement has not been approved yet." in running.what_is_missing(placement)
    with refused("You cannot start this placement: it is proposed"):
        running.start(placement)


def test_nothing_is_approved_once_its_first_day_has_passed(context, clock):
    proposal = submitted(starts_on=MONDAY)
    clock.shift(timedelta(days=1))
    with refused("Its first day, 23 November 2026, has passed, and no child may start before"):
        deciding.approve(proposal, commissioner())
    deciding.return_with_question(proposal, "From when?", commissioner())
    with refused("has passed, and no child may start before"):
        proposing.answer(proposal, "As it was.", make_user())
    later = MONDAY + timedelta(days=3)
    proposing.answer(proposal, "From Thursday.", make_user(), later)
    deciding.approve(proposal, commissioner())
    (placement,) = proposal.placements
    assert placement.starts_on == placement.agreements[0].effective_on == later


def test_an_answer_after_the_last_day_is_refused(sqlite_app_context):
    proposal = submitted()
    deciding.return_with_question(proposal, "From when?", commissioner())
    with refused("Enter an earlier first day, or withdraw it"):
        proposing.answer(proposal, "Next year.", make_user(), MONDAY + timedelta(days=300))


def test_only_a_question_is_answered(sqlite_app_context):
    proposal = submitted()
    with refused("You cannot submit again this proposal: it is submitted"):
        proposing.answer(proposal, "Because.", make_user())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ends_on": MONDAY - timedelta(days=1)}, "last day must not be before the first"),
        ({"starts_on": MONDAY - timedelta(days=1)}, "first day has passed"),
    ],
)
def test_days_out_of_order_are_refused(sqlite_app_context, values, words):
    with refused(words):
        drafted(**values)


def test_what_is_sent_twice_is_done_once(context):
    proposal = submitted()
    with refused("You cannot submit this proposal: it is submitted"):
        proposing.submit(proposal, "It is near.", {})
    with refused("is proposed for mentoring already"):
        submitted(proposal.placements[0].offer, referral=proposal.referral)
    deciding.approve(proposal, commissioner())
    (version,) = proposal.placements[0].agreements
    provider = make_user(Role.PROVIDER, provider=proposal.placements[0].offer.provider)
    agreements.accept(version, provider)
    with refused("You cannot accept this agreement: it is accepted"):
        agreements.accept(version, provider)


def test_the_plan_of_a_live_placement_stays_whole(sqlite_app_context):
    placement = make_placement()
    make_plan(placement)
    with refused("The placement is live. Enter the risk assessment."):
        plans.save(placement.proposal, {"purpose": "To learn."}, [], [])
    parts = {name: 12 if name == "longest_weeks" else "Written." for name in PARTS}
    aims = [Aim("Comes each day", "The register", "Two days a week")]
    plan = plans.save(placement.proposal, parts, aims, [MONDAY])
    assert plan.missing() == ()


def test_a_provider_is_called_off_in_the_lots_that_it_was_admitted_to_alone(sqlite_app_context):
    mentoring = framework_offer()
    provider, lot = mentoring.provider, mentoring.service.lot
    tutoring = make_service("tutoring_qts")
    tutoring.lot = make_lot(code="A", name="Tutoring", framework=lot.framework)
    other = make_offer(provider=provider, service=tutoring)
    for_tutoring = make_referral(hours={tutoring: 10})
    submitted(other, for_tutoring)  # listed by the supplier tool: admitted with what it listed
    application = make_application(scheme=lot.framework.scheme, provider=provider)
    service.put_site(application, ProposedSite(1, "Brook House", "SO238UJ"), by=APPLICANT)
    service.put_offer(application, an_offer(), by=APPLICANT)
    application.state = "admitted"
    db.session.flush()
    submitted(mentoring)
    with refused(r"It was not admitted to lot A \(Tutoring\), to which"):
        submitted(other, make_referral(hours={tutoring: 10}))
    (waiting,) = db.session.scalars(db.select(Proposal).where(Proposal.referral == for_tutoring))
    with refused("must apply to join that lot first"):
        deciding.approve(waiting, commissioner())


def test_cancelling_after_the_planned_end_keeps_no_room(sqlite_app_context, clock):
    proposal = submitted(framework_offer(), starts_on=MONDAY, ends_on=MONDAY + timedelta(days=4))
    deciding.approve(proposal, commissioner())
    (placement,) = proposal.placements
    clock.shift(timedelta(days=30))
    running.cancel(placement, "The child never came.")
    assert placement.commitment.ends_on == MONDAY + timedelta(days=4)


def test_an_objective_that_a_review_has_judged_is_not_taken_out(sqlite_app_context):
    placement = make_placement()
    make_plan(placement, objectives=2)
    hold_review(placement)
    parts = {name: 12 if name == "longest_weeks" else "Written." for name in PARTS}
    with refused("A review has judged an objective that you took out"):
        plans.save(placement.proposal, parts, [Aim("Aim 1", "The register", "Never")], [MONDAY])
