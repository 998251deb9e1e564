"""Proposals are gatekept, decided once by somebody else, and award room, money and agreement."""

import threading
from datetime import date, timedelta

import pytest
import time_machine

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.commissioning.budgets import costs, limits
from app.commissioning.placements import deciding, proposing, running
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import Ground, assess
from app.commissioning.placements.lifecycle import PlacementState, ProposalState
from app.commissioning.placements.models import Disclosure, Placement, Proposal
from app.commissioning.placements.proposing import Terms, Wanted
from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.admission import ADMISSION, AdmissionState
from providers.capacity import free_on
from providers.models.commitment import CommitmentState
from providers.needs import LegalBasis, Registration, Tier
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.matches import run_match
from tests.factories.placements import make_placement
from tests.factories.providers import (
    make_cap,
    make_lot,
    make_offer,
    make_provider,
    make_service,
)

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def terms(**values) -> Terms:
    defaults = {
        "starts_on": MONDAY + timedelta(days=7),
        "ends_on": MONDAY + timedelta(days=84),
        "tier": Tier.TWO,
        "legal_basis": LegalBasis.SECTION_19,
    }
    return Terms(**defaults | values)


def framework_offer(**values):
    """An offer of a service that belongs to a lot, so that nothing needs a reason."""
    service = make_service()
    if service.lot is None:
        service.lot = make_lot()
    return make_offer(service=service, **values)


def drafted(offer=None, referral=None, by=None, **values) -> Proposal:
    offer = offer or framework_offer()
    referral = referral or make_referral()
    wanted = [Wanted(referral.components[0], offer)]
    return proposing.draft(referral, wanted, terms(**values), by or make_user())


def submitted(*args, reasons=None, **values) -> Proposal:
    proposal = drafted(*args, **values)
    proposing.submit(proposal, "It is near and the child knows it.", reasons or {})
    return proposal


def commissioner(**values) -> Decider:
    return Decider(make_user(Role.COMMISSIONER, **values))


def test_an_approval_awards_room_money_and_agreement(context):
    proposal = submitted()
    deciding.approve(proposal, commissioner())
    placement = proposal.placements[0]
    assert placement.state is PlacementState.APPROVED
    assert placement.commitment.reference == placement.reference
    assert free_on(placement.offer, placement.starts_on).hours == 10
    assert [each.state.value for each in placement.agreements] == ["offered"]
    assert placement.child.full_name in placement.agreements[0].text
    assert sum(row.pence for row in placement.costs) == deciding.whole_cost(proposal) > 0
    told = db.session.scalars(db.select(Disclosure)).one()
    assert (told.child_id, told.provider_id) == (placement.child_id, placement.offer.provider_id)
    assert proposal.referral.state is ReferralState.PLACED


def test_a_referral_waits_until_every_part_is_placed(sqlite_app_context):
    tutoring = make_service("tutoring_qts")
    referral = make_referral(hours={make_service(): 5, tutoring: 5})
    deciding.approve(submitted(referral=referral), commissioner())
    assert referral.state is ReferralState.WAITING


@pytest.mark.parametrize(
    ("make", "ground"),
    [
        (lambda: drafted(make_offer()), Ground.OFF_FRAMEWORK),
        (lambda: drafted(ends_on=MONDAY + timedelta(weeks=20)), Ground.OVER_LENGTH),
        (lambda: drafted(above_cap()), Ground.ABOVE_CAP),
        (lambda: drafted(beside_a_better_one()), Ground.NOT_RECOMMENDED),
        (lambda: drafted(beside_a_school()), Ground.UNREGISTERED),
        (lambda: drafted(framework_offer(min_age=5, max_age=6)), Ground.UNSUITABLE),
    ],
    ids=lambda case: getattr(case, "value", ""),
)
def test_an_exception_needs_its_reason_and_is_then_allowed(sqlite_app_context, make, ground):
    proposal = make()
    found = assess(proposal)
    assert ground in found.grounds
    assert found.blocks == []
    with pytest.raises(RuleBroken, match="Enter a reason"):
        proposing.submit(proposal, "It is right.", {})
    proposing.submit(proposal, "It is right.", dict.fromkeys(Ground, "The family asks for it."))
    deciding.approve(proposal, commissioner())
    assert proposal.reasons[ground.value] == "The family asks for it."


def above_cap():
    offer = framework_offer(price_pence=6_000)
    make_cap(offer.service, 5_500, framework=offer.service.lot.framework)
    return offer


def beside_a_better_one():
    framework_offer()
    return framework_offer(price_pence=9_000)


def beside_a_school():
    framework_offer(provider=make_provider(registration=Registration.INDEPENDENT))
    return framework_offer()


def test_why_each_other_offer_was_not_chosen_is_kept(sqlite_app_context):
    chosen = framework_offer(provider=make_provider(name="Oak"))
    framework_offer(provider=make_provider(name="Elm"), price_pence=5_000)
    framework_offer(provider=make_provider(name="Ash"), min_age=5, max_age=6)
    kept = submitted(chosen).candidates[0]
    assert kept["chosen"] == "Oak"
    assert [(other["provider"], other["why"]) for other in kept["others"]] == [
        ("Elm", "It would have been £50.00 a week dearer. It is not registered as a school.")
    ]
    assert kept["refused"][0]["provider"] == "Ash"
    assert "age" in kept["refused"][0]["why"].lower()


def test_the_proposer_cannot_approve(context):
    by = make_user(Role.COMMISSIONER)
    proposal = submitted(by=by)
    with pytest.raises(RuleBroken, match="somebody else must decide"):
        deciding.approve(proposal, Decider(by))


def test_beyond_a_persons_limit_a_panel_decides(sqlite_app_context):
    by = commissioner()
    limits.set_for_role(Role.COMMISSIONER, 100_000)
    proposal = submitted()
    with pytest.raises(RuleBroken, match="your limit is £1,000.00"):
        deciding.approve(proposal, by)
    limits.set_for_person(by.user, 10_000_000)
    assert deciding.beyond_limit(proposal, by.user) is None
    limits.set_for_person(by.user, None)
    deciding.approve(proposal, Decider(by.user, panel=True))
    assert proposal.state is ProposalState.APPROVED


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda offer: suspend(offer), "It is suspended"),
        (lambda offer: setattr(offer, "price_pence", 5_000), "is £50.00 an hour now"),
        (lambda offer: lower_cap(offer), "above the cap"),
        (lambda offer: setattr(offer, "hours_free", 5), "5 hours a week free"),
        (lambda offer: setattr(offer, "places_free", 0), "no place free"),
    ],
)
def test_what_changed_since_the_proposal_stops_its_approval(sqlite_app_context, spoil, words):
    offer = framework_offer()
    proposal = submitted(offer)
    spoil(offer)
    db.session.flush()
    with pytest.raises(RuleBroken, match=words):
        deciding.approve(proposal, commissioner())


def suspend(offer):
    ADMISSION.bring(offer.provider, AdmissionState.SUSPENDED)


def lower_cap(offer):
    make_cap(offer.service, 4_000, framework=offer.service.lot.framework)


def test_a_page_seen_before_a_change_decides_nothing(sqlite_app_context):
    proposal = submitted()
    seen = proposal.version
    proposal.why = "It is nearer than it was."
    db.session.flush()
    with pytest.raises(RuleBroken, match="has changed since you opened it"):
        deciding.approve(proposal, commissioner(), seen=seen)


def test_a_second_approval_says_that_it_was_approved(sqlite_app_context):
    proposal = submitted()
    deciding.approve(proposal, commissioner(name="Carol"))
    with pytest.raises(RuleBroken, match="was approved already, on 23 November 2026 by Carol"):
        deciding.approve(proposal, commissioner())


def test_whoever_decides_a_moment_later_is_told_who_was_first(context):
    """The page's request has read the proposal already when the other one's is kept."""
    proposal, late = submitted(), commissioner()
    db.session.commit()
    seen, number = proposal.version, proposal.id

    def decide_first():
        with context.app_context(), audit.acting(TESTER, "test"):
            other = db.session.get_one(Proposal, number)
            deciding.approve(other, commissioner(name="Carol"), seen=seen)
            db.session.commit()

    assert proposal.state is ProposalState.SUBMITTED
    thread = threading.Thread(target=decide_first)
    db.session.rollback()  # nothing is held; what was read stays read
    db.session.get_one(Proposal, number)
    thread.start()
    thread.join()
    with pytest.raises(RuleBroken, match="was approved already, on 23 November 2026 by Carol"):
        deciding.approve(proposal, late, seen=seen)


def test_a_question_is_answered_at_todays_prices(sqlite_app_context):
    offer = framework_offer()
    proposal = submitted(offer)
    deciding.return_with_question(proposal, "Why not Elm?", commissioner())
    offer.price_pence = 4_700
    proposing.answer(proposal, "Elm has no room.", make_user())
    assert proposal.state is ProposalState.SUBMITTED
    assert proposal.placements[0].pence_per_hour == 4_700
    deciding.approve(proposal, commissioner())


def test_a_refusal_needs_a_reason_and_leaves_the_child_waiting(sqlite_app_context):
    proposal = submitted()
    with pytest.raises(RuleBroken, match="Enter why"):
        deciding.refuse(proposal, " ", commissioner())
    deciding.refuse(proposal, "School has a place.", commissioner())
    assert proposal.placements[0].state is PlacementState.CANCELLED
    assert proposal.referral.state is ReferralState.WAITING


def test_more_than_a_school_week_is_refused(sqlite_app_context):
    referral = make_referral(hours={make_service(): 40})
    offer = framework_offer(hours_free=60)
    with pytest.raises(RuleBroken, match="40 hours a week in all"):
        submitted(offer, referral)


def test_the_registration_rule_counts_every_placement_at_the_provider(sqlite_app_context):
    provider = make_provider(name="Oak")
    mentoring, other = framework_offer(provider=provider), make_service("tutoring_qts")
    child = make_child()
    first = make_referral(child, {make_service(): 10})
    deciding.approve(submitted(mentoring, first), commissioner())
    second = make_referral(child, {other: 12})
    other.lot = mentoring.service.lot
    tutoring = make_offer(provider=provider, service=other)
    with pytest.raises(RuleBroken, match="22 hours a week is full-time"):
        submitted(tutoring, second)


def test_cancelling_gives_back_room_money_and_the_childs_turn(context):
    proposal = submitted()
    deciding.approve(proposal, commissioner())
    placement = proposal.placements[0]
    running.cancel(placement, "The family has moved.")
    assert placement.commitment.state is CommitmentState.RELEASED
    assert placement.costs == []
    assert placement.agreements[0].state.value == "withdrawn"
    assert proposal.referral.state is ReferralState.WAITING


def test_ending_stops_the_cost_on_that_day(sqlite_app_context):
    placement = make_placement()
    costs.keep(placement)
    before = sum(row.pence for row in placement.costs)
    running.end(placement, MONDAY, "reintegrated", None)
    assert placement.commitment.state is CommitmentState.ENDED
    assert sum(row.pence for row in placement.costs) < before


@pytest.mark.parametrize("day", [MONDAY + timedelta(days=1), MONDAY - timedelta(days=60)])
def test_an_end_before_the_start_or_in_the_future_is_refused(sqlite_app_context, day):
    with pytest.raises(RuleBroken):
        running.end(make_placement(), day, "reintegrated", None)


def test_a_proposal_from_a_match_carries_its_transport(sqlite_app_context):
    offer = framework_offer()
    referral = make_referral()
    run = run_match()
    outcome = run.outcomes[0]
    wanted = proposing.wanted_by(outcome)
    proposal = proposing.draft(referral, wanted, terms(), make_user(), run=run)
    assert proposal.placements[0].offer is offer
    assert Ground.NOT_RECOMMENDED not in assess(proposal).grounds


def test_a_provider_takes_no_more_children_over_all_its_offers_than_it_states(context):
    provider = make_provider(name="Oak")
    mentoring = framework_offer(provider=provider)
    tutoring = make_service("tutoring_qts")
    tutoring.lot = mentoring.service.lot
    further = make_offer(provider=provider, service=tutoring)
    late = submitted(mentoring)
    there = make_placement(PlacementState.AGREED, mentoring).child
    provider.most_children = 1
    with pytest.raises(RuleBroken, match="Oak has no places free: 1 over all its offers"):
        deciding.approve(late, commissioner())
    assert assess(drafted(further, make_referral(there, {tutoring: 5}))).blocks == []
    provider.most_children = 2
    deciding.approve(late, commissioner())


def the_last_place_of_an_offer():
    return [framework_offer(places_free=1)] * 2


def the_last_place_of_a_provider():
    provider = make_provider(most_children=1)
    return [framework_offer(provider=provider) for _ in range(2)]


@pytest.mark.parametrize("offers", [the_last_place_of_an_offer, the_last_place_of_a_provider])
def test_two_commissioners_on_the_last_place_one_succeeds_the_other_is_told_why(app, offers):
    with app.app_context(), audit.acting(audit.Actor(None, "Test"), "test"):
        reasons = dict.fromkeys(Ground, "The family asks for it.")
        ids = [submitted(offer, reasons=reasons).id for offer in offers()]
        people = [commissioner().user.id for _ in range(2)]
        db.session.commit()
    ready, told = threading.Barrier(2), []

    def decide(proposal_id: int, user_id: int) -> None:
        with app.app_context(), audit.acting(audit.Actor(user_id, "Commissioner"), "approve"):
            proposal = db.session.get_one(Proposal, proposal_id)
            user = db.session.get_one(User, user_id)
            db.session.rollback()
            ready.wait(timeout=20)
            try:
                deciding.approve(proposal, Decider(user))
                db.session.commit()
                told.append("approved")
            except RuleBroken as refusal:
                db.session.rollback()
                told.append(str(refusal))

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(ids, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert told.count("approved") == 1
    refused = next(words for words in told if words != "approved")
    assert "place" in refused
    with app.app_context():
        states = db.session.scalars(db.select(Placement.state)).all()
        assert sorted(states) == ["approved", "proposed"]
