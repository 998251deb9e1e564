"""A match goes stale, visibly, when what it was made from changes; and by nothing else."""

from datetime import date

import pytest

from app.children.lifecycle import REFERRAL
from app.children.models import ChildNeed, Component
from app.commissioning.models.ruling import RulingKind
from app.commissioning.policies import adopt, draft, rules_of
from app.commissioning.recheck import doubts, reasons_against
from app.commissioning.rulings import make
from app.commissioning.staleness import moved_since
from app.kernel.database import db
from providers.admission import ADMISSION
from providers.needs import NeedType
from tests.factories.accounts import make_user
from tests.factories.children import make_referral, make_wish
from tests.factories.matches import make_county, run_match
from tests.factories.placements import make_placement
from tests.factories.providers import make_cap, make_offer, make_provider, make_service


@pytest.fixture
def county(sqlite_app_context):
    """The small county."""
    return make_county()


def after(change) -> str:
    run = run_match()
    assert not moved_since(run)
    change()
    db.session.commit()
    moved = moved_since(run)
    return moved.sentence if moved else ""


def test_nothing_has_changed_right_after_a_match(county):
    assert after(lambda: None) == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda c: setattr(c.placed.child, "forename", "Ama"),
        lambda c: setattr(c.placed, "notes", "Rang the family."),
        lambda c: setattr(c.offer, "confirmed_on", date(2026, 11, 20)),
        lambda c: setattr(c.offer.provider, "notes", "New telephone."),
    ],
)
def test_what_no_match_looks_at_changes_nothing(county, change):
    assert after(lambda: change(county)) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: setattr(c.placed, "max_travel_km", 3.0), "1 child has changed"),
        (lambda c: setattr(c.placed.components[0], "hours", 12), "1 child has changed"),
        (lambda c: setattr(c.placed.child, "looked_after", True), "1 child has changed"),
        (lambda c: make_wish(c.placed, c.offer.provider, 0), "1 child has changed"),
        (lambda c: make_referral(), "1 child has changed"),
        (lambda c: REFERRAL.fire(c.placed, "withdraw"), "1 child has changed"),
        (lambda c: setattr(c.offer, "hours_free", 3), "1 offer has changed"),
        (lambda c: make_cap(c.offer.service), "1 price cap has changed"),
        (lambda c: ADMISSION.fire(c.offer.provider, "suspend"), "1 provider has changed"),
    ],
)
def test_what_a_match_is_made_from_makes_it_stale(county, change, words):
    assert after(lambda: change(county)).startswith(words)


def test_a_child_changed_in_several_ways_counts_once(county):
    def change():
        county.placed.max_travel_km = 3.0
        county.placed.components[0].hours = 12
        county.placed.child.needs.append(ChildNeed(rank=2, need_type=NeedType.ASD))
        county.unplaced.components.append(Component(service=make_service("tutoring_qts"), hours=2))

    assert after(change) == "2 children have changed since this match."


def test_a_component_taken_out_after_a_match_leaves_the_recommendation_standing(county):
    run = run_match()
    county.placed.components = []
    db.session.commit()
    assert moved_since(run).children == 1
    outcome = next(each for each in run.outcomes if each.placed)
    assert outcome.recommendations[0].offer_id == county.offer.id
    assert reasons_against(outcome) == ("The child no longer asks for mentoring.",)


def test_a_ruling_and_a_policy_make_it_stale_but_a_draft_does_not(county):
    officer = make_user()
    run = run_match()
    policy = draft(
        rules_of(None) | {"weights.distance": 10}, confirmed_within_days=None, note="x", by=officer
    )
    assert not moved_since(run)
    adopt(policy, officer)
    make(RulingKind.RULED_OUT, county.placed, county.offer, "The family objects.", officer)
    db.session.commit()
    assert moved_since(run).sentence == (
        "1 ruling by an officer and the matching policy have changed since this match."
    )


def test_several_kinds_of_change_are_listed(county):
    def change():
        county.offer.hours_free = 3
        county.dearer.places_free = 1
        county.placed.max_travel_km = 3.0

    assert after(change) == "2 offers and 1 child have changed since this match."


def test_every_recommendation_holds_right_after_the_match(county):
    assert doubts(run_match()) == []


def test_a_recommendation_that_no_longer_holds_is_named_with_every_reason(county):
    run = run_match()
    county.offer.hours_free = 4
    county.offer.max_age = 8
    db.session.commit()
    (doubt,) = doubts(run)
    assert doubt.outcome.referral_id == county.placed.id
    assert any("ages 5 to 8" in reason for reason in doubt.reasons)
    assert any("4 hours a week free" in reason for reason in doubt.reasons)
    assert all(reason.startswith("Oak Farm: ") for reason in doubt.reasons)


def test_an_offer_closed_since_is_a_doubt_in_the_words_of_its_closure(county):
    run = run_match()
    ADMISSION.fire(county.offer.provider, "suspend")
    db.session.commit()
    assert doubts(run)[0].reasons == ("Oak Farm: It is suspended.",)


def test_a_child_who_no_longer_waits_is_a_doubt(county):
    run = run_match()
    REFERRAL.fire(county.placed, "withdraw")
    db.session.commit()
    assert doubts(run)[0].reasons == ("The referral is withdrawn now.",)


def test_places_that_fit_one_by_one_are_doubted_where_they_do_not_fit_together(context):
    first, second = make_referral(), make_referral()
    offer = make_offer(hours_free=20)
    run = run_match()
    assert run.placed == 2
    offer.hours_free = 10
    db.session.commit()
    (doubt,) = doubts(run)
    assert "too little room for all" in doubt.reasons[0]
    outcomes = {outcome.referral_id: outcome for outcome in run.outcomes}
    assert reasons_against(outcomes[first.id]) == reasons_against(outcomes[second.id]) == ()


def test_places_are_held_against_the_limit_over_all_of_a_providers_offers(context):
    provider = make_provider(name="Oak Farm")
    offer = make_offer(provider=provider)
    first, _second = make_referral(), make_referral()
    run = run_match()
    provider.most_children = 1
    db.session.commit()
    (doubt,) = doubts(run)
    assert doubt.reasons == ("Oak Farm has too little room for all who were to go there.",)
    make_placement(offer=offer, referral=make_referral(first.child, state="placed"), hours=6)
    (doubt,) = doubts(run)
    assert doubt.outcome.child is not first.child and "as many children" in doubt.reasons[0]
