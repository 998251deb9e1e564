"""One child now: the same order and the same words as a match, in a moment."""

from time import perf_counter

import pytest

from app.commissioning import now, queries
from app.commissioning.models.ruling import RulingKind
from app.commissioning.policies import adopt, draft, rules_of
from providers.admission import ADMISSION
from providers.needs import Delivery
from tests.factories.accounts import make_user
from tests.factories.children import make_referral, make_wish
from tests.factories.matches import make_county, run_match
from tests.factories.providers import make_offer, make_service


@pytest.fixture
def county(context):
    """The small county."""
    return make_county()


def named(part):
    return [choice.offer.provider.name for choice in part.choices]


def test_offers_are_ranked_the_best_first(county):
    (part,) = now.parts_of(county.placed)
    assert named(part) == ["Oak Farm", "Elm House"]
    best = part.choices[0].judged
    assert (best.cost_pence, best.km, best.delivery) == (45_000, 0, "at_base")


def test_the_best_offer_is_the_one_a_match_recommends(county):
    (part,) = now.parts_of(county.placed)
    outcome = next(each for each in run_match().outcomes if each.placed)
    assert part.choices[0].offer.id == outcome.recommendations[0].offer_id


def test_every_other_offer_stands_with_every_reason(county):
    (part,) = now.parts_of(county.unplaced)
    assert part.choices == ()
    reasons = {refused.offer.provider.name: refused.reasons for refused in part.refused}
    assert reasons.keys() == {"Oak Farm", "Elm House", "Ash Yard"}
    assert len(reasons["Ash Yard"]) == 2


def test_the_words_are_those_of_a_match(county):
    (part,) = now.parts_of(county.unplaced)
    outcome = next(each for each in run_match().outcomes if not each.placed)
    told = {
        line["provider"]: line["reasons"] for line in outcome.reasons["components"][0]["offers"]
    }
    for refused in part.refused:
        assert [r.rstrip(".") for r in refused.reasons] == told[refused.offer.provider.name]


def test_a_closed_offer_stands_with_what_closes_it(county):
    ADMISSION.fire(county.offer.provider, "suspend")
    (part,) = now.parts_of(county.placed)
    assert named(part) == ["Elm House"]
    assert ("It is suspended.",) in [refused.reasons for refused in part.refused]


def test_rulings_and_wishes_count(county):
    now.rule(RulingKind.RULED_OUT, county.placed, county.offer, "A reason.", make_user())
    make_wish(county.placed, county.dearer.provider, rank=0)
    (part,) = now.parts_of(county.placed)
    assert part.choices == ()
    reasons = {refused.offer.provider.name: refused.reasons for refused in part.refused}
    assert reasons["Oak Farm"] == ("An officer has ruled this pairing out.",)
    assert reasons["Elm House"] == ("This provider has been ruled out for the child.",)


def test_the_policy_in_force_decides_the_order(county):
    lead = make_user()
    county.dearer.at_home = True
    county.placed.preferred_delivery = Delivery.AT_HOME
    rules = rules_of(None) | {"weights.other_delivery": 100_000}
    adopt(draft(rules, confirmed_within_days=None, note="Homes first.", by=lead), lead)
    (part,) = now.parts_of(county.placed)
    assert named(part) == ["Elm House", "Oak Farm"]


def test_each_part_of_a_package_is_ranked_by_itself(county):
    make_offer(service=make_service("tutoring_qts"))
    referral = make_referral(hours={make_service(): 10, make_service("tutoring_qts"): 5})
    assert [len(part.choices) for part in now.parts_of(referral)] == [2, 1]


def test_a_referral_that_asks_for_nothing_has_no_parts(context):
    assert now.parts_of(make_referral(hours={})) == []


def test_one_child_against_hundreds_of_offers_takes_well_under_a_second(sqlite_app_context):
    provider = make_offer().provider
    for _ in range(400):
        make_offer(provider=provider)
    referral = make_referral()
    queries.waiting_referrals()
    started = perf_counter()
    (part,) = now.parts_of(referral)
    assert len(part.choices) == 401 and perf_counter() - started < 2
