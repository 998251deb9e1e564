"""Each hard rule objects in words fit for a parent and an officer."""

import pytest

from matching.eligibility import Rule, cautions, deliveries_possible, objections, pair_objections
from matching.problem import Component, Delivery, Policy
from tests.matching.builders import a_child, a_provider, an_offer


def asked(child=None, offer=None, provider=None, hours=10, km=5.0, policy=None):
    """Objections to tutoring for so many hours a week at so many kilometres."""
    return objections(
        child or a_child(),
        Component("k", "tutoring", hours),
        offer or an_offer(),
        provider or a_provider(),
        policy or Policy(),
        km,
    )


def test_a_suitable_offer_meets_no_objection():
    assert asked() == ()


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ({"offer": an_offer(service="therapy")}, Rule.SERVICE, "It offers therapy, not tutoring"),
        (
            {"child": a_child(age=9), "offer": an_offer(min_age=11)},
            Rule.AGE,
            "The provider teaches ages 11 to 16; the child is 9",
        ),
        ({"offer": an_offer(needs={"ASD"})}, Rule.NEEDS, "It does not provide for SEMH"),
        (
            {"child": a_child(max_group_size=1), "offer": an_offer(group_size=5)},
            Rule.GROUP_SIZE,
            "It teaches in groups of up to 5; the child needs one to one",
        ),
        (
            {"offer": an_offer(min_hours=15)},
            Rule.MIN_HOURS,
            "It takes a child for at least 15 hours a week; this is 10 hours a week",
        ),
        (
            {"offer": an_offer(sessions={"mon_am"})},
            Rule.HALF_DAYS,
            "It is open for 1 half-days a week; 10 hours a week take 4",
        ),
        (
            {"child": a_child(excluded_providers={"p1"})},
            Rule.EXCLUDED,
            "This provider has been ruled out for the child",
        ),
        ({"offer": an_offer(places_free=0)}, Rule.FULL, "It has no places free"),
        (
            {"provider": a_provider(places_free=0)},
            Rule.FULL,
            "It has as many children as it takes at one time",
        ),
        (
            {"offer": an_offer(hours_free=1)},
            Rule.HOURS,
            "It has 1 hour a week free; the child needs 10 hours a week",
        ),
        (
            {"child": a_child(max_distance_km=10.0), "km": 31.0},
            Rule.TRAVEL_LIMIT,
            "It is 19 miles (31 km) away; the child's travel limit is 6.2 miles (10.0 km)",
        ),
        (
            {"offer": an_offer(deliveries={Delivery.AT_HOME}, radius_km=8.04672), "km": 15.1},
            Rule.RADIUS,
            "Its at-home radius is 5.0 miles (8.0 km); the child lives 9.4 miles (15.1 km) away",
        ),
        (
            {"child": a_child(location=None), "km": None},
            Rule.NO_COORDINATES,
            "The child's home cannot be placed on the map, so only online provision can be "
            "considered",
        ),
        (
            {"offer": an_offer(deliveries=())},
            Rule.DELIVERY,
            "The provider has not said where it delivers this",
        ),
        (
            {"child": a_child(keep_apart={"x"}), "provider": a_provider(hours_by_child={"x": 3})},
            Rule.KEEP_APART,
            "A child who must be kept apart from this child is already there",
        ),
        (
            {"provider": a_provider(must_not_mix={("SEMH", "ASD")}, needs_present={"ASD"})},
            Rule.NEEDS_MIX,
            "It cannot take a child with SEMH beside children with ASD, who are already there",
        ),
        (
            {"child": a_child(ehcp=True), "provider": a_provider(registered=False), "hours": 19},
            Rule.MUST_REGISTER,
            "It is not registered as a school and the child has an EHC plan: it may teach the "
            "child 18 hours a week at most, and this would make 19",
        ),
        (
            {"provider": a_provider(registered=False, full_time_children=4), "hours": 19},
            Rule.FULL_TIME_LIMIT,
            "It is not registered as a school and already has 4 full-time children; with 5 it "
            "would have to register",
        ),
    ],
)
def test_each_rule_gives_its_reason(arguments, code, text):
    (objection,) = asked(**arguments)
    assert (objection.code, objection.text) == (code, text)


def test_every_broken_rule_is_named_not_just_the_first():
    codes = {
        each.code
        for each in asked(
            child=a_child(age=4, max_distance_km=1.0), offer=an_offer(needs={"HI"}, places_free=0)
        )
    }
    assert codes == {Rule.AGE, Rule.NEEDS, Rule.FULL, Rule.TRAVEL_LIMIT}


@pytest.mark.parametrize(
    ("there", "hours", "registered", "blocked"),
    [
        (0, 18, False, False),
        (0, 19, False, True),
        (9, 9, False, False),
        (9, 10, False, True),
        (9, 30, True, False),
    ],
)
def test_hours_already_at_the_provider_count_towards_full_time(there, hours, registered, blocked):
    provider = a_provider(registered=registered, hours_by_child={"c1": there})
    found = asked(child=a_child(looked_after=True), provider=provider, hours=hours)
    assert bool(found) is blocked


def test_the_register_rule_is_about_children_of_compulsory_school_age():
    child = a_child(age=16, ehcp=True, compulsory_school_age=False)
    assert asked(child=child, provider=a_provider(registered=False), hours=25) == ()


def test_a_child_who_is_full_time_there_already_is_not_counted_again():
    provider = a_provider(registered=False, full_time_children=3, hours_by_child={"c1": 20})
    assert asked(provider=provider, hours=2) == ()


def test_a_travel_limit_does_not_stop_home_visits_or_online_teaching():
    child = a_child(max_distance_km=2.0)
    everywhere = an_offer(deliveries=set(Delivery), radius_km=10.0)
    assert deliveries_possible(child, everywhere, 5.0) == (Delivery.AT_HOME, Delivery.ONLINE)
    assert deliveries_possible(child, everywhere, 2.0) == tuple(Delivery)
    assert deliveries_possible(child, everywhere, None) == (Delivery.ONLINE,)


def test_an_officers_pins_and_exclusions_object_too():
    pinned, forbidden = frozenset({("k", "o1")}), frozenset({("k", "o2")})
    codes = [each.code for each in pair_objections("k", "o2", pinned, forbidden)]
    assert codes == [Rule.FORBIDDEN, Rule.PINNED_ELSEWHERE]
    assert pair_objections("k", "o1", pinned, forbidden) == ()


def test_hours_near_full_time_and_no_other_education_are_cautioned():
    child, provider = a_child(), a_provider(registered=False)
    assert len(cautions(child, 15, provider, Policy())) == 2
    assert len(cautions(child, 9, provider, Policy())) == 0
    assert cautions(child, 15, a_provider(), Policy()) == ()
