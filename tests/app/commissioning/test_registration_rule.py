"""The must-register rule reads the same to the matcher and to whoever decides by hand."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.children.models import Child
from app.commissioning.standing import counts_for_registration
from matching.eligibility import Rule, objections
from matching.problem import Child as MatchingChild
from matching.problem import Component, Delivery, Offer, Policy, Provider
from providers.needs import Registration, SenProvision
from providers.registration import HoursAtProvider, registration_objections
from providers.stages import is_compulsory_school_age

ON = date(2026, 11, 23)
RULES = {Rule.MUST_REGISTER, Rule.FULL_TIME_LIMIT}


@settings(max_examples=600, deadline=None)
@given(
    age=st.integers(4, 24),
    ehcp=st.booleans(),
    looked_after=st.booleans(),
    there=st.integers(0, 25),
    hours=st.integers(1, 25),
    others=st.integers(0, 6),
    registered=st.booleans(),
)
def test_both_forms_of_the_rule_refuse_the_same_placements(
    age, ehcp, looked_after, there, hours, others, registered
):
    born = date(ON.year - age, 6, 1)
    provision = SenProvision.EHCP if ehcp else SenProvision.SUPPORT
    child = Child(born_on=born, sen_provision=provision, looked_after=looked_after)
    asked = MatchingChild(
        id="c",
        components=(Component("k", "Mentoring", hours),),
        needs=("SEMH",),
        age=age,
        ehcp=ehcp,
        looked_after=looked_after,
        compulsory_school_age=counts_for_registration(child, ON),
    )
    offer = Offer(
        "o", "p", "Mentoring", frozenset({"SEMH"}), 0, 25, frozenset({Delivery.ONLINE}), None,
        100, 10, 4_000,
    )  # fmt: skip
    provider = Provider("p", registered, {"c": there} if there else {}, full_time_children=others)
    by_matcher = {
        each.code
        for each in objections(asked, asked.components[0], offer, provider, Policy(), None)
    }

    facts = {
        "ehcp": ehcp,
        "looked_after": looked_after,
        "compulsory_age": is_compulsory_school_age(born, ON),
    }
    live = [HoursAtProvider(f"other {n}", 20) for n in range(others)]
    live += [HoursAtProvider("c", there, **facts)] if there else []
    kind = Registration.PRU if registered else Registration.UNREGISTERED
    by_hand = registration_objections(kind, live, HoursAtProvider("c", hours, **facts))
    assert bool(by_matcher & RULES) == bool(by_hand)
