"""What a match writes down: figures, recommendations, and every reason in words."""

from app.commissioning.queries import cost_by_service
from providers.compliance import EvidenceKind
from providers.needs import Delivery, VatBasis
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.matches import make_county, run_match
from tests.factories.providers import (
    an_item,
    make_cap,
    make_offer,
    make_provider,
    make_service,
)


def outcomes_of(run):
    return {outcome.referral_id: outcome for outcome in run.outcomes}


def test_the_cheaper_of_two_equal_offers_is_recommended_and_the_other_is_next_best(context):
    county = make_county()
    outcome = outcomes_of(run_match())[county.placed.id]
    found = outcome.recommendations[0]
    assert outcome.placed and found.offer_id == county.offer.id
    assert (found.hours, found.pence_per_hour, found.weekly_cost_pence) == (10, 4_500, 45_000)
    assert found.delivery is Delivery.AT_BASE and found.distance_km == 0
    assert [other["provider"] for other in found.next_best] == ["Elm House"]
    assert "£50 a week more" in found.next_best[0]["differs"]


def test_every_reason_is_a_sentence(context):
    county = make_county()
    run = run_match()
    found = outcomes_of(run)[county.placed.id].recommendations[0]
    part = outcomes_of(run)[county.unplaced.id].reasons["components"][0]
    sentences = [*found.why, *found.drawbacks, *part["groups"], *part["help"]]
    assert found.why and part["groups"]
    assert all(each.endswith(".") and each[0].upper() == each[0] for each in sentences)


def test_an_unplaced_child_has_each_provider_with_its_reasons(context):
    county = make_county()
    part = outcomes_of(run_match())[county.unplaced.id].reasons["components"][0]
    listed = {line["provider"]: line["reasons"] for line in part["offers"]}
    assert listed.keys() == {"Oak Farm", "Elm House", "Ash Yard"}
    assert any("Vision" in reason or "visual" in reason.lower() for reason in listed["Oak Farm"])
    assert any("no places free" in reason for reason in listed["Ash Yard"])


def test_a_closed_offer_is_listed_with_what_closes_it(context):
    referral = make_referral()
    lapsed = make_provider(name="Lapsed Learning", evidence=[an_item(EvidenceKind.INSURANCE)])
    make_offer(provider=lapsed)
    run = run_match()
    part = outcomes_of(run)[referral.id].reasons["components"][0]
    assert part["groups"] == ["1 is without current evidence."]
    assert "staff checks" in part["offers"][0]["reasons"][0]
    assert run.summary["closed"] == ["1 without current evidence"]


def test_an_offer_above_the_cap_is_never_recommended(context):
    county = make_county()
    make_cap(county.offer.service, pence=4_700)
    outcome = outcomes_of(run_match())[county.placed.id]
    assert [found.offer_id for found in outcome.recommendations] == [county.offer.id]
    assert outcome.recommendations[0].next_best == []


def test_a_price_with_vat_is_recommended_net_of_it(context):
    referral = make_referral()
    make_offer(price_pence=6_000, vat_basis=VatBasis.INCLUSIVE)
    found = outcomes_of(run_match())[referral.id].recommendations[0]
    assert found.pence_per_hour == 5_000


def test_a_package_is_placed_whole_or_not_at_all(context):
    referral = make_referral(hours={make_service(): 10, make_service("tutoring_qts"): 5})
    make_offer()
    outcome = outcomes_of(run_match())[referral.id]
    assert not outcome.placed and outcome.recommendations == []
    groups = {part["service"]: part["groups"] for part in outcome.reasons["components"]}
    assert "other parts found no place" in groups[make_service().name][0]


def test_a_provider_that_the_family_excludes_is_passed_over_for_a_dearer_one(context):
    county = make_county()
    make_wish(county.placed, county.offer.provider, rank=0)
    outcome = outcomes_of(run_match())[county.placed.id]
    assert outcome.recommendations[0].offer_id == county.dearer.id


def test_the_longer_wait_gets_the_last_place(context):
    waits_less = make_referral()
    waits_more = make_referral(make_child(), out_of_education_since=None)
    waits_more.out_of_education_since = waits_less.out_of_education_since.replace(month=1)
    make_offer(hours_free=10)
    placed = {key: outcome.placed for key, outcome in outcomes_of(run_match()).items()}
    assert placed == {waits_less.id: False, waits_more.id: True}


def test_the_figures_are_the_sums_of_what_is_recommended(context):
    make_county()
    run = run_match()
    found = [each for outcome in run.outcomes for each in outcome.recommendations]
    assert run.hours_placed == sum(each.hours for each in found)
    assert run.weekly_cost_pence == sum(each.weekly_cost_pence for each in found)
    assert run.hours_asked == sum(outcome.hours for outcome in run.outcomes)
    assert (run.hours_gap, run.cost_gap) == (0, 0)


def test_cost_by_service_adds_up_to_the_cost_of_the_match(context):
    make_county()
    run = run_match()
    lines = cost_by_service(run)
    assert sum(line[3] for line in lines) == run.weekly_cost_pence
    assert lines == [(make_service().name, 1, 10, 45_000)]
