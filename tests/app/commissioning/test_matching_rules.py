"""Rules of matching that officers and providers set on their pages reach the match."""

from datetime import timedelta

import pytest

from app.children import ties
from app.children.ties import TieKind
from app.commissioning import inputs, staleness
from app.commissioning.models.match import Recommendation
from app.commissioning.recheck import doubts
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.needs import NeedType
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.matches import run_match
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer, make_provider


@pytest.fixture
def officer(context):
    """Somebody who ties children."""
    return make_user()


def places(run) -> dict[int, str]:
    return {
        found.outcome.child_id: found.offer.provider.name
        for found in db.session.query(Recommendation)
        if found.outcome.run_id == run.id
    }


def test_two_children_to_be_kept_apart_go_to_different_providers(officer):
    near = make_offer(provider=make_provider(name="Oak Farm"))
    far = make_offer(provider=make_provider(name="Elm House"), price_pence=9_000)
    children = [make_referral(make_child()).child for _ in range(2)]
    assert set(places(run_match()).values()) == {near.provider.name}
    ties.make(children[0], children[1].reference, TieKind.APART, "They have fought", officer)
    assert set(places(run_match()).values()) == {near.provider.name, far.provider.name}


def test_a_child_is_kept_from_where_the_other_is_already(officer):
    offer = make_offer(provider=make_provider(name="Oak Farm"))
    there = make_placement(offer=offer, referral=make_referral(state="placed")).child
    waiting = make_referral(make_child())
    ties.make(waiting.child, there.reference, TieKind.APART, "A court order", officer)
    run = run_match()
    assert run.placed == 0
    reasons = run.outcomes[0].reasons["components"][0]["groups"]
    assert any("kept apart" in reason for reason in reasons)


def test_a_child_at_a_full_provider_already_gets_a_further_part_there(officer):
    offer = make_offer(provider=make_provider(name="Oak Farm", most_children=1))
    child = make_child()
    make_placement(offer=offer, referral=make_referral(child, state="placed"), hours=6)
    further, other = make_referral(child), make_referral(make_child())
    run = run_match()
    assert places(run) == {further.child_id: "Oak Farm"}
    (without,) = (each for each in run.outcomes if each.referral is other)
    assert "1 is full" in without.reasons["components"][0]["groups"][0]


def test_a_child_who_is_there_gets_a_further_part_beside_needs_that_must_not_mix(officer):
    oak = make_provider(name="Oak Farm", taught_apart=[["ASD", "SEMH"]])
    offer, child = make_offer(provider=oak, hours_free=60, places_free=9), make_child()
    for who in (child, make_child((NeedType.ASD,))):
        make_placement(offer=offer, referral=make_referral(who, state="placed"), hours=6)
    further, other = make_referral(child), make_referral(make_child())
    run = run_match()
    assert places(run) == {further.child_id: "Oak Farm"}
    (without,) = (each for each in run.outcomes if each.referral is other)
    assert "needs must not mix" in without.reasons["components"][0]["groups"][0]


def test_the_place_of_a_brother_or_sister_draws_a_child_there(officer):
    theirs = make_offer(provider=make_provider(name="Oak Farm"), price_pence=5_050)
    make_offer(provider=make_provider(name="Elm House"), price_pence=5_000)
    there = make_placement(offer=theirs, referral=make_referral(state="placed"), hours=6).child
    waiting = make_referral(make_child())
    assert set(places(run_match()).values()) == {"Elm House"}
    ties.make(waiting.child, there.reference, TieKind.SIBLING, "", officer)
    assert set(places(run_match()).values()) == {"Oak Farm"}


def test_brothers_and_sisters_are_known_to_the_match(officer):
    first, second = (make_referral(make_child()) for _ in range(2))
    ties.make(second.child, first.child.reference, TieKind.SIBLING, "", officer)
    problem = inputs.gather(today()).problem
    assert {child.id: child.siblings for child in problem.children} == {
        first.id: {second.id},
        second.id: {first.id},
    }


@pytest.mark.parametrize(
    ("reference", "kind", "reason", "words"),
    [
        ("NOBODY", TieKind.SIBLING, "", "No child on record has the reference NOBODY"),
        ("own", TieKind.SIBLING, "", "another child"),
        ("other", TieKind.APART, " ", "why they are to be kept apart"),
    ],
)
def test_a_tie_that_makes_no_sense_is_refused(officer, reference, kind, reason, words):
    child, other = make_child(), make_child()
    named = {"own": child.reference, "other": other.reference}.get(reference, reference)
    with pytest.raises(RuleBroken, match=words):
        ties.make(child, named, kind, reason, officer)


def test_two_children_are_tied_once_whoever_comes_first(officer):
    child, other = make_child(), make_child()
    tie = ties.make(other, child.reference.lower(), TieKind.APART, "They have fought", officer)
    with pytest.raises(RuleBroken, match="tied already"):
        ties.make(child, other.reference, TieKind.SIBLING, "", officer)
    ties.remove(tie)
    assert ties.ties_of(child) == []


def test_a_tie_made_after_a_match_puts_it_out_of_date(officer):
    make_offer()
    first, second = (make_referral(make_child()) for _ in range(2))
    run = run_match()
    ties.make(first.child, second.child.reference, TieKind.SIBLING, "", officer)
    db.session.commit()
    moved = staleness.moved_since(run)
    assert moved.sentence == "1 tie between children has changed since this match."


def test_every_need_must_be_met_where_the_referral_says_so(context):
    make_offer((NeedType.SEMH,))
    referral = make_referral(make_child((NeedType.SEMH, NeedType.ASD)))
    assert run_match().placed == 1
    referral.must_meet_all = True
    assert run_match().placed == 0


def test_a_child_is_not_taught_in_a_larger_group_than_it_can_bear(context):
    make_offer(group_size=4)
    referral = make_referral(largest_group=4)
    assert run_match().placed == 1
    referral.largest_group = 1
    assert run_match().placed == 0


def test_a_package_starts_when_the_offer_opens_and_not_too_late(context):
    offer = make_offer(opens_on=today() + timedelta(days=10))
    referral = make_referral(start_from=today() + timedelta(days=3))
    run = run_match()
    (found,) = run.outcomes[0].recommendations
    assert found.starts_on == offer.opens_on
    assert any("7 days after the day asked for" in words for words in found.drawbacks)
    offer.opens_on = referral.start_from + timedelta(days=29)
    db.session.commit()
    assert [doubt.outcome.referral for doubt in doubts(run)] == [referral]
    run = run_match()
    assert run.outcomes[0].reasons["components"][0]["groups"] == ["1 opens too late."]


def test_a_start_in_twenty_years_does_not_stop_the_match_of_a_county(context):
    make_offer(opens_on=today() + timedelta(days=9_000))
    make_referral(start_from=today() + timedelta(days=8_000))
    assert run_match().state.value == "finished"
