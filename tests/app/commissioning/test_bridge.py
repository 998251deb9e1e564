"""Rows become a problem that says the same, and the answer stands up to the verifier."""

from datetime import date

import pytest
from time_machine import travel

from app import demonstration, jobs
from app.commissioning import bridge, bridge_policy, inputs, now, service, trials, what_if
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.packing import expand, unpack
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.standing import Standing, standing_of
from app.factory import create_app
from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from matching.problem import Policy
from matching.result import Result
from matching.verify import verify
from providers.capacity import Free
from providers.needs import (
    Delivery,
    Judgement,
    NeedType,
    Registration,
    SenProvision,
    Tier,
    TransportNeed,
)
from tests.conftest import TESTER, settings
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.matches import run_match
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer, make_provider, make_service

ON = date(2026, 11, 23)


def test_a_referral_crosses_the_bridge_with_all_that_matters(context):
    wanted, unwanted = make_provider(), make_provider()
    referral = make_referral(
        make_child((NeedType.ASD, NeedType.SLCN), looked_after=True),
        hours={make_service(): 6},
        out_of_education_since=date(2026, 11, 3),
        max_travel_km=12.5,
        preferred_delivery=Delivery.ONLINE,
        transport=TransportNeed.TAXI,
        tier=Tier.TWO,
    )
    make_wish(referral, wanted, rank=1)
    make_wish(referral, unwanted, rank=0)
    child = bridge.child_of(referral, ON)
    assert child.id == referral.id and child.age == 13
    assert [(part.service, part.hours) for part in child.components] == [(make_service().name, 6)]
    assert child.needs == (NeedType.ASD.label, NeedType.SLCN.label)
    assert child.ehcp and child.looked_after and child.compulsory_school_age
    assert (child.max_distance_km, child.days_out_of_education, child.tier) == (12.5, 20, 2)
    assert (child.preferred_delivery, child.transport) == ("online", "taxi")
    assert child.preferred_providers == (wanted.id,)
    assert child.excluded_providers == {unwanted.id}


def test_a_child_is_as_old_as_on_the_day_that_support_starts(context):
    referral = make_referral(make_child(born_on=date(2014, 1, 10)), start_from=date(2027, 1, 11))
    assert bridge.child_of(referral, ON).age == 13


def test_a_wait_that_is_not_known_counts_for_nothing(context):
    referral = make_referral(out_of_education_since=None)
    assert bridge.days_without_education(referral, ON) == 0


def test_an_offer_crosses_the_bridge_at_its_price_net_of_vat(context):
    offer = make_offer((NeedType.ASD,), at_home=True, travel_radius_km=8.0, sessions=0b11)
    crossed = bridge.offer_of(offer)
    assert (crossed.id, crossed.provider_id) == (offer.id, offer.provider_id)
    assert crossed.price_pence_per_hour == 4_500 and crossed.radius_km == 8.0
    assert crossed.deliveries == {"at_base", "at_home"} and len(crossed.sessions) == 2


def test_a_provider_keeps_its_standing_and_its_name(context):
    provider = make_provider(
        registration=next(r for r in Registration if r is not Registration.UNREGISTERED),
        judgement=Judgement.AMBER,
    )
    crossed = bridge.provider_of(provider, Standing(hours={provider.id: {3: 5}}))
    assert crossed.registered and crossed.judgement == 2
    assert (crossed.name, crossed.hours_by_child) == (provider.name, {3: 5})


def test_a_home_without_coordinates_has_no_location(context):
    child = make_child(latitude=None, longitude=None, accuracy=None)
    assert bridge.child_of(make_referral(child), ON).location is None


def test_a_plan_is_only_what_is_in_force(context):
    child = make_child(sen_provision=SenProvision.SUPPORT)
    assert not bridge.child_of(make_referral(child), ON).ehcp


def test_faults_of_a_problem_are_told_as_a_refusal(context):
    referral = make_referral(hours={make_service(): 20})
    policy = bridge_policy.policy_of({"longest_component": 10})
    with pytest.raises(RuleBroken, match="asks for 20 hours a week; the most is 10"):
        bridge.problem_of([referral], [], policy, ON)


def test_rules_that_make_no_sense_are_each_refused_in_words(context):
    with pytest.raises(RuleBroken) as refusal:
        bridge_policy.policy_of({"weights.distance": -1, "priority.base": 5})
    assert "distance" in refusal.value.reasons[0]


def test_the_default_rules_are_those_of_the_matching_package():
    assert bridge_policy.policy_of(bridge_policy.default_rules()) == Policy()
    changed = bridge_policy.policy_of(
        {"weights.distance": 5, "tier_budgets.2": 100, "road_factor": 1.5}
    )
    assert changed.weights.distance == 5 and changed.tier_budgets == {2: 100}
    assert changed.road_factor == 1.5 and changed.priority == Policy().priority


def test_what_an_offer_has_promised_is_not_free_to_the_matcher(context):
    crossed = bridge.offer_of(make_offer(), Free(hours=6, places=1, sessions=0b1))
    assert (crossed.hours_free, crossed.places_free, len(crossed.sessions)) == (6, 1, 1)


def test_a_provider_has_places_for_those_beyond_the_children_there(context):
    provider = make_provider(most_children=3, taught_apart=[["ASD", "SEMH"]])
    two = make_offer(provider=provider), make_offer(provider=provider)
    first = make_placement(offer=two[0], referral=make_referral(make_child((NeedType.SEMH,))))
    make_placement(offer=two[1], referral=make_referral(first.child))
    make_placement(PlacementState.APPROVED, two[1])
    make_placement(PlacementState.ENDED, two[0])
    standing = standing_of([], ON, 18)
    crossed = bridge.provider_of(provider, standing)
    assert crossed.places_free == 1
    assert crossed.must_not_mix == {(NeedType.ASD.label, NeedType.SEMH.label)}
    assert NeedType.SEMH.label in crossed.needs_present
    provider.most_children = 1
    assert bridge.provider_of(provider, standing).places_free == 0
    provider.most_children = None
    assert bridge.provider_of(provider, standing).places_free is None


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"most_children": 1}, "It has as many children as it takes at one time."),
        (
            {"taught_apart": [["ASD", "SEMH"]]},
            f"It cannot take a child with {NeedType.SEMH.label} beside children with "
            f"{NeedType.ASD.label}, who are already there.",
        ),
    ],
)
def test_the_ranking_for_one_child_holds_a_providers_limits(context, limits, words):
    offer = make_offer(provider=make_provider(**limits))
    make_placement(offer=offer, referral=make_referral(make_child((NeedType.ASD,))))
    referral = make_referral(make_child((NeedType.SEMH,)))
    (part,) = now.parts_of(referral)
    assert part.choices == ()
    assert part.refused[0].reasons == (words,)


@pytest.fixture(scope="module")
def hampshire(tmp_path_factory):
    """The example county, loaded through the same intake as a council's own files."""
    folder = tmp_path_factory.mktemp("hampshire")
    app = create_app(settings(f"sqlite:///{folder / 'hampshire.db'}", folder))
    with travel(ON, tick=True), app.app_context(), audit.acting(TESTER, "test"):
        db.create_all()
        demonstration.load_foundations()
        for kind, path in demonstration.FILES:
            demonstration.load_file(kind, path, lambda _progress: None)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def county_match(hampshire):
    """A match of the example county, run to its end."""
    with travel(ON, tick=True):
        yield run_match(seconds=20)


def test_the_example_county_is_matched_to_the_verifiers_satisfaction(county_match):
    problem = bridge.unpacked(inputs.kept(county_match)["problem"])
    result = unpack(Result, expand(county_match.result))
    assert verify(problem, result) == []
    assert county_match.children > 250 and county_match.placed > 0.6 * county_match.children
    assert county_match.hours_gap <= 0.01 and county_match.cost_gap <= 0.01


def test_what_the_example_county_was_given_is_kept_whole_and_small(county_match):
    gathered = inputs.gather(ON)
    assert bridge.unpacked(inputs.kept(county_match)["problem"]) == gathered.problem
    assert len(county_match.inputs["zlib"]) < 60_000


def test_the_example_county_run_again_gives_the_same_answer(county_match):
    again = service.request_trial(None, RunKind.AGAIN, county_match)
    db.session.commit()
    jobs.run("match", again.id)
    again = db.session.get_one(MatchRun, again.id, populate_existing=True)
    assert trials.compare(again).is_the_same
    assert again.weekly_cost_pence == county_match.weekly_cost_pence


def test_a_trial_of_a_large_match_starts_from_its_result(county_match, monkeypatch):
    monkeypatch.setattr(service, "WARM_FROM", 0)
    further = [{"kind": "travel", "km": 3.0}]
    trial = service.request_trial(None, RunKind.WHAT_IF, county_match, further)
    db.session.commit()
    jobs.run("match", trial.id)
    trial = db.session.get_one(MatchRun, trial.id, populate_existing=True)
    problem = bridge.unpacked(what_if.applied(further, inputs.kept(county_match)))
    assert verify(problem, unpack(Result, expand(trial.result))) == []
    assert trial.hours_placed >= county_match.hours_placed
    assert trial.hours_gap <= 0.02 and trial.cost_gap <= 0.02
