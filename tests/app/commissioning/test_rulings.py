"""Officers' rulings: binding on the next match, never against a rule, refused where they clash."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.children import ties
from app.children.ties import TieKind
from app.commissioning import clashes, now, policies, rulings
from app.commissioning.lifecycle import PAIR_RULING
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.kernel import clock, reach
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.admission import ADMISSION
from providers.needs import NeedType, SenProvision, Tier
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.matches import make_county, run_match
from tests.factories.providers import make_offer, make_provider, make_service

FIXED, RULED_OUT = RulingKind.FIXED, RulingKind.RULED_OUT


@pytest.fixture
def county(context):
    """The small county."""
    return make_county()


def rule(kind, referral, offer, reason="The family knows them."):
    ruling = now.rule(kind, referral, offer, reason, make_user(name="Olive Officer"))
    db.session.commit()
    return ruling


def chosen(run, referral):
    outcome = next(each for each in run.outcomes if each.referral_id == referral.id)
    return [found.offer_id for found in outcome.recommendations]


def test_an_offer_that_is_fixed_is_used_though_another_is_cheaper(county):
    rule(FIXED, county.placed, county.dearer)
    assert chosen(run_match(), county.placed) == [county.dearer.id]


def test_an_offer_that_is_ruled_out_is_passed_over(county):
    rule(RULED_OUT, county.placed, county.offer)
    assert chosen(run_match(), county.placed) == [county.dearer.id]


def test_the_last_offer_ruled_out_leaves_no_place_and_says_so(county):
    rule(RULED_OUT, county.placed, county.offer)
    rule(RULED_OUT, county.placed, county.dearer)
    run = run_match()
    assert chosen(run, county.placed) == []
    outcome = next(each for each in run.outcomes if each.referral_id == county.placed.id)
    assert any("ruled out by an officer" in g for g in outcome.reasons["components"][0]["groups"])


def test_a_ruling_that_is_withdrawn_binds_no_more(county):
    ruling = rule(FIXED, county.placed, county.dearer)
    rulings.withdraw(ruling, make_user(name="Amara Lead"))
    db.session.commit()
    assert chosen(run_match(), county.placed) == [county.offer.id]
    assert (ruling.made_by, ruling.withdrawn_by) == ("Olive Officer", "Amara Lead")
    with pytest.raises(RuleBroken, match="it is withdrawn"):
        rulings.withdraw(ruling, make_user())


def test_a_ruling_is_in_the_audit_trail(county):
    ruling = rule(RULED_OUT, county.placed, county.offer)
    written = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "pair_ruling"))
    assert [event.subject_id for event in written] == [ruling.id]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda c: rule(FIXED, c.unplaced, c.offer), "does not provide for Vision"),
        (lambda c: rule(FIXED, c.placed, c.full), "no places free"),
        (lambda c: rule(FIXED, c.placed, c.offer, reason=" "), "Enter a reason"),
        (lambda c: rule(RULED_OUT, c.placed, make_offer(service=make_service("tutoring_qts"))),
         "not waiting for"),
    ],
)  # fmt: skip
def test_a_ruling_against_a_rule_is_refused_at_entry(county, make, words):
    with pytest.raises(RuleBroken) as refusal:
        make(county)
    assert any(words in reason for reason in refusal.value.reasons), refusal.value.reasons


def test_a_closed_offer_cannot_be_fixed(county):
    ADMISSION.fire(county.offer.provider, "suspend")
    with pytest.raises(RuleBroken, match="It is suspended"):
        rule(FIXED, county.placed, county.offer)


def test_the_same_offer_cannot_be_fixed_and_ruled_out(county):
    rule(FIXED, county.placed, county.offer)
    with pytest.raises(RuleBroken, match="There is a ruling on Oak Farm already"):
        rule(RULED_OUT, county.placed, county.offer)


def test_two_offers_cannot_be_fixed_for_the_same_service(county):
    rule(FIXED, county.placed, county.offer)
    with pytest.raises(RuleBroken) as refusal:
        rule(FIXED, county.placed, county.dearer)
    assert any("Oak Farm is fixed for mentoring already" in r for r in refusal.value.reasons)


def test_more_children_than_there_is_room_for_cannot_be_fixed(county):
    county.offer.hours_free = 15
    rule(FIXED, county.placed, county.offer)
    other = make_referral()
    with pytest.raises(RuleBroken, match=f"Fixed before it: {county.placed.child.reference}"):
        rule(FIXED, other, county.offer)


def test_a_fixed_offer_that_closes_later_does_not_stop_the_match_but_is_told(county):
    rule(FIXED, county.placed, county.dearer)
    ADMISSION.fire(county.dearer.provider, "suspend")
    db.session.commit()
    run = run_match()
    assert chosen(run, county.placed) == [county.offer.id]
    (told,) = run.summary["rulings_not_kept"]
    assert "Elm House" in told and "It is suspended." in told


def test_a_fixed_offer_whose_free_hours_are_too_old_is_told_before_the_next_match(county):
    rule(FIXED, county.placed, county.dearer)
    assert now.left_aside() == {}
    county.dearer.confirmed_on = clock.today() - timedelta(days=57)
    db.session.commit()
    (left,) = now.left_aside(county.placed.child_id).values()
    assert "more than 56 days ago. Ask the provider." in left.why


def test_a_fixed_offer_that_a_rule_forbids_later_is_told_with_the_rule(county):
    rule(FIXED, county.placed, county.dearer)
    county.dearer.max_age = 6
    db.session.commit()
    run = run_match()
    assert run.placed == 1
    assert "ages 5 to 6" in run.summary["rulings_not_kept"][0]


def test_a_ruling_lives_on_when_the_hours_change(county):
    rule(FIXED, county.placed, county.dearer)
    county.placed.components[0].hours = 5
    db.session.commit()
    assert chosen(run_match(), county.placed) == [county.dearer.id]


def not_kept(run) -> str:
    return " ".join(run.summary["rulings_not_kept"])


def test_of_two_offers_fixed_for_one_part_at_the_same_moment_the_first_counts(county):
    """Each officer saw none: the rule against a second was passed by both."""
    rule(FIXED, county.placed, county.dearer)
    at_once(county.placed, county.offer)
    run = run_match()
    assert chosen(run, county.placed) == [county.dearer.id]
    assert "Another offer is fixed for the same part" in not_kept(run)


def test_what_is_fixed_beyond_the_children_that_a_provider_takes_is_told(county):
    small = make_offer(provider=make_provider(most_children=1))
    first, second = make_referral(make_child()), make_referral(make_child())
    run = fixed_in_turn(small, first, second)
    assert chosen(run, first) == [small.id] and chosen(run, second) != [small.id]
    assert "Its room is fixed for other children" in not_kept(run)


def test_two_children_kept_apart_and_fixed_at_one_provider_are_told(county):
    offer = make_offer(provider=make_provider())
    first, second = make_referral(make_child()), make_referral(make_child())
    ties.make(first.child, second.child.reference, TieKind.APART, "A court order", make_user())
    run = fixed_in_turn(offer, first, second)
    assert chosen(run, first) == [offer.id] and chosen(run, second) != [offer.id]
    assert "A child who must be kept apart is fixed there" in not_kept(run)


def at_once(referral, offer):
    """A ruling made in the same moment as another, which this officer did not see yet."""
    ruling = PairRuling(
        state=PAIR_RULING.initial, kind=FIXED, referral=referral, offer=offer,
        reason="Nearer.", made_by_id=make_user().id, made_by="Another", made_at=clock.now(),
    )  # fmt: skip
    db.session.add(ruling)
    db.session.commit()
    return ruling


def adopt(**rules):
    """Put a policy in force that differs from the product's in these rules."""
    lead, changed = make_user(), {key.replace("__", "."): value for key, value in rules.items()}
    draft = policies.draft(
        policies.rules_of(None) | changed, confirmed_within_days=None, note="Tried.", by=lead
    )
    policies.adopt(draft, lead)
    db.session.commit()


def fixed_in_turn(offer, *referrals):
    """A match after the offer was fixed for each of them in turn.

    Each officer but the first is refused, in the words of the match; rulings made at once are not.
    """
    first, *others = referrals
    rule(FIXED, first, offer)
    for referral in others:
        with pytest.raises(RuleBroken) as refusal:
            rule(FIXED, referral, offer)
        at_once(referral, offer)
        (told,) = (each.why for each in now.left_aside(referral.child_id).values())
        assert refusal.value.reasons == (told,)
    run = run_match()
    assert all(told in not_kept(run) for told in refusal.value.reasons)
    return run


def test_two_fixed_children_whose_needs_must_not_mix_are_told_with_the_ruling_that_counts(context):
    provider = make_provider(name="Oak Farm", taught_apart=[["ASD", "SEMH"]])
    offer = make_offer((NeedType.ASD, NeedType.SEMH), provider=provider)
    first, second = make_referral(make_child()), make_referral(make_child((NeedType.ASD,)))
    run = fixed_in_turn(offer, first, second)
    assert chosen(run, first) == [offer.id] and chosen(run, second) == []
    assert f"{second.child.reference} with Oak Farm" in not_kept(run)
    assert "who are fixed there" in not_kept(run)
    assert f"Fixed before it: {first.child.reference}." in not_kept(run)


def test_fixed_children_beyond_the_budget_of_their_tier_are_told(context):
    offer = make_offer(provider=make_provider())
    adopt(tier_budgets__2=50_000)
    first, second = (make_referral(make_child(), tier=Tier.TWO) for _ in range(2))
    run = fixed_in_turn(offer, first, second)
    assert chosen(run, first) == [offer.id] and chosen(run, second) == []
    assert "What is fixed for tier 2 would come to" in not_kept(run)
    assert f"Fixed before it: {first.child.reference}." in not_kept(run)


def test_the_fixed_child_who_would_make_a_provider_register_is_told(context):
    offer = make_offer(provider=make_provider())
    adopt(full_time_hours=9, full_time_children_limit=2)
    first, second = (make_referral(make_child(sen_provision=SenProvision.NONE)) for _ in range(2))
    run = fixed_in_turn(offer, first, second)
    assert chosen(run, first) == [offer.id] and chosen(run, second) == []
    assert "2 full-time children; with 2 it would have to register" in not_kept(run)


def test_an_exclusion_made_later_leaves_the_ruling_aside_and_says_so_at_once(context):
    offer = make_offer(provider=make_provider(name="Oak Farm"))
    referral = make_referral(make_child())
    ruling = rule(FIXED, referral, offer)
    assert now.left_aside() == {}
    make_wish(referral, offer.provider, rank=0)
    db.session.commit()
    (left,) = now.left_aside(referral.child_id).values()
    assert left.ruling is ruling and str(left).startswith(f"{referral.child.reference} with Oak")
    assert now.left_aside(make_child().id) == {}


def test_whoever_may_not_read_a_child_is_told_of_another_child(context):
    offer = make_offer(hours_free=15)
    first, second = make_referral(make_child()), make_referral(make_child())
    rule(FIXED, first, offer)
    reach.read_as(lambda: reach.Reach(hidden=frozenset({first.child_id})))
    try:
        with pytest.raises(RuleBroken, match="Fixed before it: another child"):
            rule(FIXED, second, offer)
        kept = [f"{first.child.reference} with Oak Farm (Mentoring): the offer is closed."]
        assert clashes.told_to_reader(kept) == [
            "Another child with Oak Farm (Mentoring): the offer is closed."
        ]
    finally:
        reach.forget_reader()
