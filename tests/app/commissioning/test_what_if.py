"""What-ifs: caps, travel, budgets, room, a new provider; who gains, who loses, what it costs."""

import pytest

from app import jobs
from app.commissioning import (
    clashes,
    costs_of_choices,
    inputs,
    now,
    policies,
    policy_trials,
    service,
    what_if,
)
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.models.ruling import RulingKind
from app.commissioning.trials import compare, difference
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.needs import NeedType, Tier
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.matches import make_county, run_match
from tests.factories.providers import make_cap, make_offer, make_provider


@pytest.fixture
def county(sqlite_app_context):
    """The small county."""
    return make_county()


def finished(trial):
    db.session.commit()
    jobs.run("match", trial.id)
    return db.session.get_one(MatchRun, trial.id, populate_existing=True)


def tried(*changes):
    return finished(service.request_trial(None, RunKind.WHAT_IF, run_match(), changes))


def a_new_provider(**values):
    return what_if.new_provider(
        **{
            "postcode": "SO23 8UJ", "latitude": 51.06, "longitude": -1.31, "service": "Mentoring",
            "needs": [NeedType.VI.label], "ages": (5, 16), "hours": 20, "places": 2,
            "pence": 4_000, "registered": False,
        }
        | values
    )  # fmt: skip


def test_a_new_provider_serves_whom_nobody_could(county):
    comparison = compare(tried(a_new_provider()))
    assert [(line.referral.id, line.after) for line in comparison.gained] == [
        (county.unplaced.id, ("The new provider",))
    ]
    assert not comparison.lost and comparison.same == 1


def test_a_new_provider_that_would_be_no_provider_is_refused(county):
    with pytest.raises(Exception, match="the youngest age is above the oldest"):
        tried(a_new_provider(ages=(16, 5)))


def test_a_higher_cap_opens_an_offer_that_only_the_cap_kept_out(sqlite_app_context):
    referral = make_referral()
    offer = make_offer(price_pence=6_000)
    make_cap(offer.service, pence=5_000)
    trial = tried({"kind": "cap", "service": offer.service.name, "pence": 6_000})
    assert [line.referral.id for line in compare(trial).gained] == [referral.id]
    assert difference(trial).cost_pence == 60_000


def test_a_lower_cap_closes_what_is_dearer(county):
    trial = tried({"kind": "cap", "service": "Mentoring", "pence": 4_700})
    assert compare(trial).is_the_same
    assert len(inputs.kept(trial.base)["problem"]["offers"]) == 3


def test_children_who_may_travel_further_gain_places(sqlite_app_context):
    offer = make_offer()
    referral = make_referral(
        make_child(postcode="SO147DU", latitude=50.91, longitude=-1.40), max_travel_km=10.0
    )
    assert offer.site.latitude
    trial = tried({"kind": "travel", "km": 12.0})
    assert [line.referral.id for line in compare(trial).gained] == [referral.id]


def test_more_places_are_places_also_where_the_provider_limits_all_its_offers(
    sqlite_app_context,
):
    provider = make_provider(most_children=1)
    make_offer(provider=provider, places_free=1)
    for _ in range(2):
        make_referral()
    change = {"kind": "capacity", "provider_id": provider.id, "provider": "It", "hours": 0}
    assert difference(tried(change | {"places": 1})).placed == 1
    assert difference(tried(change | {"places": -1})).placed == -1


def test_staff_who_travel_further_reach_more_homes(sqlite_app_context):
    make_offer(at_base=False, at_home=True, travel_radius_km=5.0)
    make_referral(make_child(postcode="SO147DU", latitude=50.91, longitude=-1.40))
    assert difference(tried({"kind": "radius", "km": 20.0})).placed == 1


def test_a_budget_of_nothing_places_nobody_of_its_tier(county):
    county.placed.tier = "2"
    trial = tried({"kind": "rules", "rules": {"tier_budgets.2": 0}})
    assert difference(trial).placed == -1


def fix(offer, *referrals):
    """Rulings that fix one offer for each of these children, the earlier first."""
    for each in referrals:
        now.rule(RulingKind.FIXED, each, offer, "They know them.", make_user())
    db.session.commit()


@pytest.fixture
def fixed(sqlite_app_context):
    """Two children of tier 2 for whom one offer at £45 an hour is fixed; another would do."""
    offer = make_offer(provider=make_provider(name="Oak Farm"))
    make_offer(provider=make_provider(name="Elm House"), price_pence=4_000)
    referrals = [make_referral(make_child(), tier=Tier.TWO) for _ in range(2)]
    fix(offer, *referrals)
    return offer, referrals


TIGHTER = [
    ({"kind": "cap", "service": "Mentoring", "pence": 4_400},
     "{0} with Oak Farm (Mentoring) could not be kept: "
     "At £45.00 an hour it would be above the price cap."),
    ({"kind": "rules", "rules": {"tier_budgets.2": 50_000}},
     "{1} with Oak Farm (Mentoring) could not be kept: What is fixed for tier 2 would come to "
     "£900 a week with it, and the budget is £500. Fixed before it: {0}."),
    ({"kind": "capacity", "provider_id": 1, "provider": "Oak Farm", "hours": -5, "places": 0},
     "{1} with Oak Farm (Mentoring) could not be kept: Its room is fixed for other children. "
     "Fixed before it: {0}."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), TIGHTER, ids=[c["kind"] for c, _ in TIGHTER])
def test_a_limit_below_what_officers_fixed_is_refused_with_the_ruling_and_the_limit(
    fixed, change, words
):
    _, referrals = fixed
    with pytest.raises(RuleBroken) as refusal:
        tried(change)
    said = words.format(*(each.child.reference for each in referrals))
    assert said in refusal.value.reasons, refusal.value.reasons
    assert refusal.value.reasons[-1] == clashes.WHAT_TO_DO


def test_a_shorter_way_than_to_the_fixed_offer_is_refused(sqlite_app_context):
    offer = make_offer()
    far = make_child(postcode="SO147DU", latitude=50.91, longitude=-1.40)
    fix(offer, make_referral(far, max_travel_km=30.0))
    with pytest.raises(RuleBroken, match=f"{far.reference} with .* the child's travel limit"):
        tried({"kind": "travel", "km": -25.0})


def test_a_limit_that_leaves_room_for_what_is_fixed_is_tried(fixed):
    assert difference(tried({"kind": "rules", "rules": {"tier_budgets.2": 90_000}})).placed == 0


def test_a_drafted_policy_below_what_officers_fixed_comes_to_nothing_with_the_ruling(fixed):
    run_match()
    rules = policies.rules_of(None) | {"tier_budgets.2": 50_000}
    draft = policies.draft(rules, confirmed_within_days=None, note="Less.", by=make_user())
    trial = finished(policy_trials.request(draft, make_user()))
    assert trial.state is RunState.FAILED
    assert "What is fixed for tier 2 would come to £900 a week" in trial.failure
    assert trial.failure.endswith(clashes.WHAT_TO_DO)


def test_many_rulings_are_told_by_number(fixed, monkeypatch):
    monkeypatch.setattr(clashes, "MOST_TOLD", 1)
    with pytest.raises(RuleBroken, match="1 more ruling could not be kept either"):
        tried({"kind": "cap", "service": "Mentoring", "pence": 4_400})


def test_a_choice_that_a_ruling_stands_against_says_so_and_may_be_asked_again(sqlite_app_context):
    small = make_offer(provider=make_provider(name="Oak Farm"), hours_free=10, places_free=1)
    first = make_referral(out_of_education_since=None)
    fix(small, first)
    waiting = make_referral(out_of_education_since=None)
    run = run_match()
    (outcome,) = (each for each in run.outcomes if each.referral is waiting)
    (trial,) = costs_of_choices.request(outcome, make_user())
    finished(trial)
    (cost,) = costs_of_choices.known_for(outcome).values()
    assert not cost.is_known and f"Fixed before it: {first.child.reference}." in cost.words
    assert cost.words.endswith(clashes.TO_CHOOSE)
    assert len(costs_of_choices.request(outcome, make_user())) == 1


def test_the_base_keeps_what_it_was_given(county):
    base = run_match()
    before = inputs.kept(base)
    what_if.applied([a_new_provider(), {"kind": "travel", "km": 3.0}], before)
    assert inputs.kept(base) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "travel", "km": 8.04672}, "may travel 5.0 miles further."),
        ({"kind": "radius", "km": -8.04672}, "travel 5.0 miles less far."),
        ({"kind": "cap", "service": "Mentoring", "pence": 5_550}, "mentoring is £55.50 an hour."),
        ({"kind": "rules", "rules": {"weights.distance": 5}}, "Other rules: Distance."),
        (a_new_provider(), "gives mentoring for 20 hours a week and 2 children at £40.00 an hour."),
    ],
)
def test_every_change_is_said_in_words(change, words):
    (said,) = what_if.in_words([change])
    assert said.endswith(words)


def test_the_cost_of_each_choice_is_worked_out_by_matching_again(county):
    run = run_match()
    outcome = next(each for each in run.outcomes if each.placed)
    assert costs_of_choices.known_for(outcome) == {}
    (trial,) = costs_of_choices.request(outcome, make_user())
    component = county.placed.components[0].id
    pair = (component, county.dearer.id)
    assert costs_of_choices.known_for(outcome)[pair].words is None
    finished(trial)
    words = costs_of_choices.known_for(outcome)[pair].words
    assert words == "If this is chosen, the county would spend £50 a week more."
    assert costs_of_choices.request(outcome, make_user()) == []


def test_what_a_place_for_a_child_without_one_would_cost_is_worked_out_too(sqlite_app_context):
    make_offer(hours_free=10, places_free=1)
    make_referral(make_child(looked_after=True))
    waiting = make_referral(out_of_education_since=None)
    run = run_match()
    (outcome,) = (each for each in run.outcomes if each.referral is waiting)
    assert not outcome.placed and len(outcome.reasons["components"][0]["options"]) == 1
    (trial,) = costs_of_choices.request(outcome, make_user())
    finished(trial)
    assert [line.referral.id for line in compare(trial).gained] == [waiting.id]
    (cost,) = costs_of_choices.known_for(outcome).values()
    assert cost.words == "If this is chosen, 1 child loses a place."


def test_a_choice_that_takes_anothers_only_place_says_so(sqlite_app_context):
    first = make_referral(out_of_education_since=None)
    second = make_referral(make_child((NeedType.ASD,)))
    wide = make_offer((NeedType.SEMH, NeedType.ASD), hours_free=10, price_pence=4_000)
    make_offer(hours_free=10)
    run = run_match()
    assert run.placed == 2
    outcome = next(each for each in run.outcomes if each.referral_id == first.id)
    (trial,) = costs_of_choices.request(outcome, make_user())
    trial = finished(trial)
    assert [line.referral.id for line in compare(trial).lost] == [second.id]
    (cost,) = costs_of_choices.known_for(outcome).values()
    assert cost.words == (
        "If this is chosen, the county would spend £450 a week less, place 1 child fewer and give "
        "10 hours fewer of provision a week."
    )
    assert wide.id in {pair[1] for pair in costs_of_choices.known_for(outcome)}
