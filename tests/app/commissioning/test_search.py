"""A search as officers see it: reasons for and against, and what is kept of it."""

import random
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete

from app.accounts.roles import Role
from app.children import ties
from app.children.ties import TieKind
from app.commissioning import freezing, policies, shortlists
from app.commissioning.models.search import FrozenSearch
from app.commissioning.search import judge, search
from app.commissioning.suitability import half_days_for, must_be_registered, rules_in_force
from app.kernel.audit import AuditError
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.needs import (
    ALL_SESSIONS,
    Delivery,
    Judgement,
    NeedType,
    PriceUnit,
    Registration,
    SenProvision,
    Tier,
    VatBasis,
)
from providers.search_criteria import FreeNow, Home, SearchCriteria, SearchOrder, Standard
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.commitments import make_commitment
from tests.factories.placements import make_placement
from tests.factories.providers import (
    a_site,
    an_item,
    make_cap,
    make_offer,
    make_provider,
    make_service,
)
from tests.factories.stops import make_stop

HOME = Home(51.0632, -1.308)


def a_county(draw: random.Random) -> None:
    """Sixty offers of every kind, sound and unsound, some of their room promised."""
    services = [make_service(code) for code in ("mentoring", "tutoring_qts", "ap_school_place")]
    make_cap(services[0], 5_000)
    for _ in range(30):
        provider = make_provider(
            state=draw.choice([AdmissionState.APPROVED] * 6 + list(AdmissionState)),
            registration=draw.choice([Registration.UNREGISTERED] * 3 + [Registration.PRU]),
            judgement=draw.choice([None, None, None, *Judgement]),
            sites=[a_site(**_somewhere(draw))],
            evidence=_evidence(draw),
        )
        for service in draw.sample(services, 2):
            offer = _offer(draw, provider, service)
            if draw.random() < 0.03:
                make_stop(provider, offer=draw.choice([None, offer]))
            if draw.random() < 0.4:
                make_commitment(offer, hours=draw.choice([1, 5]), sessions=draw.choice([0, 1, 6]))


def _somewhere(draw: random.Random) -> dict:
    if draw.random() < 0.1:
        return {"latitude": None, "longitude": None, "accuracy": None}
    return {"latitude": draw.uniform(50.9, 51.3), "longitude": draw.uniform(-1.6, -1.0)}


def _evidence(draw: random.Random) -> list:
    return [
        an_item(
            kind, expires_on=draw.choice([None, today() + timedelta(days=draw.randint(-1, 30))])
        )
        for kind in EvidenceKind
        if draw.random() < 0.97
    ]


def _offer(draw: random.Random, provider, service):
    ways = draw.choice([("at_base",), ("at_home",), ("in_community",), ("at_base", "online")])
    return make_offer(
        needs=tuple(draw.sample(list(NeedType)[:6], draw.randint(1, 4))),
        provider=provider,
        service=service,
        min_age=draw.choice([5, 11, 13, 14]),
        max_age=draw.choice([14, 16, 25]),
        **{"at_base": False} | dict.fromkeys(ways, True),
        travel_radius_km=draw.choice([None, 5.0, 20.0]),
        sessions=draw.choice([ALL_SESSIONS, draw.randint(1, ALL_SESSIONS)]),
        hours_free=draw.choice([None, 0, 6, 30]),
        places_free=draw.choice([0, 1, 5]),
        min_hours=draw.choice([1, 6]),
        group_size=draw.choice([1, 4]),
        confirmed_on=today() - timedelta(days=draw.choice([1, 28, 29, 56, 57])),
        price_pence=draw.choice([3_000, 4_000, 5_000, 5_001, 12_500]),
        price_unit=draw.choice(list(PriceUnit)),
        vat_basis=draw.choice(list(VatBasis)),
        judgement=draw.choice([None, None, None, *Judgement]),
    )


def _asked(draw: random.Random) -> SearchCriteria:
    hours = draw.choice([None, None, 1, 6, 12])
    return SearchCriteria(
        needs=tuple(draw.sample(list(NeedType)[:6], draw.choice([0, 0, 1, 2]))),
        every_need=draw.random() < 0.5,
        ages=draw.choice([None, None, None, (13, 13), (13, 14), (11, 14)]),
        home=draw.choice([None, HOME]),
        within_km=draw.choice([None, 5.0, 20.0]),
        deliveries=frozenset(draw.sample(list(Delivery), draw.choice([0, 0, 1, 2]))),
        sessions=draw.choice([0, 0, 1, 6]),
        hours=hours,
        half_days=half_days_for(hours, rules_in_force()),
        max_pence=draw.choice([None, None, None, 4_000, 5_000]),
        tier=draw.choice([None, None, *Tier]),
        standard=draw.choice([None, None, None, *Standard]),
        free=draw.choice([None, None, *FreeNow]),
        registered_only=draw.random() < 0.1,
        order=draw.choice(list(SearchOrder)),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_database_and_the_rules_in_words_agree_on_every_offer(context, seed):
    draw = random.Random(seed)
    a_county(draw)
    fitting = 0
    for turn in range(30):
        made = search(_asked(draw), today(), others=bool(turn % 2))
        fitting += len(made.suitable)
        assert [r.against for r in made.judged(made.suitable) if r.against] == []
        assert [r.offer.id for r in made.judged(made.unsuitable) if not r.against] == []
        assert len(made.suitable) + len(made.unsuitable) == made.looked_at == 60
    assert fitting > 50  # so that agreement is more than silence


@pytest.fixture
def company(context):
    """An offer of Oak Farm, where one child with ASD is, and a child with SEMH who waits."""
    oak = make_provider(name="Oak Farm")
    there = make_placement(
        offer=make_offer(provider=oak),
        referral=make_referral(make_child((NeedType.ASD,)), state="placed"),
    )
    other = make_offer(provider=oak)
    return SimpleNamespace(
        oak=oak, offer=other, there=there.child, hours_there=there.hours, waiting=make_referral()
    )


def against_the_others_of(company, referral, **asked) -> tuple[str, ...]:
    """What a search says against the other offer; what is found and what is said must agree."""
    criteria = SearchCriteria(**{"needs": (NeedType.SEMH,), "free": FreeNow.SAID} | asked)
    made = search(criteria, today(), referral, others=True)
    (found,) = made.judged([company.offer.id])
    assert (company.offer.id in made.suitable) is (not found.against)
    assert (company.offer.id in made.unsuitable) is bool(found.against)
    if referral is not None:
        (kept,) = judge(criteria, referral, today(), [company.offer.id])
        assert kept.against == found.against
    return found.against


FULL = ("It has as many children as it takes at one time",)


def test_a_search_knows_that_a_provider_is_full_over_all_its_offers(company):
    assert against_the_others_of(company, company.waiting) == ()
    company.oak.most_children = 1
    assert against_the_others_of(company, company.waiting) == FULL
    assert against_the_others_of(company, None) == FULL
    assert against_the_others_of(company, company.waiting, free=None) == ()
    assert against_the_others_of(company, make_referral(company.there)) == ()
    company.oak.most_children = 2
    assert against_the_others_of(company, company.waiting) == ()


def test_a_search_for_a_child_knows_whose_needs_must_not_mix(company):
    company.oak.taught_apart = [["ASD", "SEMH"]]
    (said,) = against_the_others_of(company, company.waiting)
    assert said.endswith("Autistic spectrum disorder, who are already there")
    assert against_the_others_of(company, None) == ()
    make_placement(offer=company.offer, referral=make_referral(make_child(), state="placed"))
    further = make_referral(company.there)  # who is there already brings no need that is new
    assert against_the_others_of(company, further, needs=()) == ()
    company.oak.taught_apart = [["ASD", "VI"]]
    assert against_the_others_of(company, company.waiting) == ()


def test_a_search_for_a_child_knows_who_must_be_kept_apart(company):
    ties.make(
        company.waiting.child, company.there.reference, TieKind.APART, "A court order", make_user()
    )
    assert against_the_others_of(company, company.waiting) == (
        "A child who must be kept apart from this child is already there",
    )
    assert against_the_others_of(company, make_referral(make_child())) == ()


def test_a_search_counts_the_hours_that_a_child_has_at_an_unregistered_provider(company):
    """As the match does: what is asked is added to them."""
    again = make_referral(company.there)
    there = company.hours_there
    asked = {"hours": 19 - there, "half_days": half_days_for(19 - there, rules_in_force())}
    company.there.sen_provision = SenProvision.SUPPORT
    assert against_the_others_of(company, again, **asked) == ()
    company.there.sen_provision = SenProvision.EHCP
    (said,) = against_the_others_of(company, again, **asked)
    assert said.endswith("18 hours a week at most, and this would make 19")
    assert against_the_others_of(company, company.waiting, **asked) == ()
    company.oak.urn = 100_001
    company.oak.registration = Registration.INDEPENDENT
    assert against_the_others_of(company, again, **asked) == ()


def test_a_search_counts_the_full_time_children_of_an_unregistered_provider(company):
    roomy = make_offer(provider=company.oak, hours_free=100)
    for _ in range(4):
        referral = make_referral(make_child(), state="placed")
        make_placement(offer=roomy, referral=referral, hours=19)
    company.waiting.child.sen_provision = SenProvision.SUPPORT
    asked = {"hours": 19, "half_days": half_days_for(19, rules_in_force())}
    (said,) = against_the_others_of(company, company.waiting, **asked)
    assert "already has 4 full-time children" in said
    assert against_the_others_of(company, company.waiting, hours=18) == ()
    company.waiting.child.born_on = today() - timedelta(days=365 * 17)
    assert against_the_others_of(company, company.waiting, **asked) == ()


def test_a_search_goes_by_the_figures_of_the_policy_that_was_adopted(company):
    """As the match does, though the product comes with 18 hours and half-days of 3."""
    lead = make_user()
    changed = {"full_time_hours": 15, "hours_per_half_day": 4}
    draft = policies.draft(
        policies.rules_of(None) | changed, confirmed_within_days=None, note="Tried.", by=lead
    )
    assert rules_in_force().full_time_hours == 18
    policies.adopt(draft, lead)
    rules, child = rules_in_force(), company.waiting.child
    assert half_days_for(16, rules) == 4

    def said(hours):
        law = must_be_registered(child, hours, rules)
        asked = {"hours": hours, "half_days": 4, "must_be_registered": law}
        return against_the_others_of(company, company.waiting, **asked)

    assert said(15) == ()
    assert said(16)[0].endswith("15 hours a week at most, and this would make 16")


def test_a_result_says_why_it_fits(context):
    service = make_service("tutoring_qts")
    make_cap(service, 6_500)
    make_offer(
        service=service, min_age=11, price_pence=4_850, hours_free=24,
        confirmed_on=today() - timedelta(days=12),
    )  # fmt: skip
    made = search(SearchCriteria(needs=(NeedType.SEMH,), home=Home(51.11, -1.308)), today())
    (result,) = made.judged(made.suitable)
    assert result.why == (
        "Teaches ages 11 to 16",
        "meets SEMH",
        "3.2 miles (5.2 km)",
        "£48.50 an hour, £16.50 under the cap",
        "24 hours free, confirmed 12 days ago",
    )


def test_capacity_that_is_too_old_says_ask(context):
    make_offer(confirmed_on=today() - timedelta(days=60))
    made = search(SearchCriteria(), today())
    (result,) = made.judged(made.suitable)
    assert result.why[-1] == "20 hours free when last confirmed 60 days ago: ask"


def test_what_is_not_suitable_says_every_reason(context):
    provider = make_provider(state=AdmissionState.SUSPENDED)
    make_offer(provider=provider, max_age=10)
    criteria = SearchCriteria(
        ages=(13, 14), needs=(NeedType.ASD,), max_pence=4_000, tier=Tier.THREE, sessions=0
    )
    made = search(criteria, today())
    (result,) = made.judged(made.unsuitable)
    assert result.against == (
        "It is suspended.",
        "The provider teaches ages 5 to 10; the child is 13",
        "It does not provide for Autistic spectrum disorder",
        "It costs £45.00 an hour, £5.00 above the most to be paid",
        "Mentoring is not used at tier 3",
    )


def test_a_childs_wishes_and_the_law_are_held_against_an_offer(context):
    child = make_child(needs=(NeedType.SEMH,))
    mentoring = make_service()
    referral = make_referral(child, hours={mentoring: 20})
    excluded = make_offer()
    make_wish(referral, excluded.provider, rank=0)
    db.session.refresh(referral)
    assert must_be_registered(child, 20, rules_in_force())
    assert not must_be_registered(child, 18, rules_in_force())
    criteria = SearchCriteria(
        hours=20,
        half_days=half_days_for(20, rules_in_force()),
        must_be_registered=True,
        excluded=frozenset({excluded.provider_id}),
    )
    made = search(criteria, today(), referral)
    (result,) = made.judged(made.unsuitable)
    assert result.against[0] == "This provider has been ruled out for the child"
    assert result.against[1].startswith("It is not registered as a school and the child has an EHC")


def test_known_offers_can_be_judged_without_a_search(context):
    offer, referral = make_offer(max_age=9), make_referral()
    (result,) = judge(SearchCriteria(ages=(13, 13)), referral, today(), [offer.id])
    assert not result.suitable


@pytest.fixture
def frozen(context) -> FrozenSearch:
    make_offer(max_age=9)
    offer = make_offer(price_pence=4_850)
    made = search(SearchCriteria(ages=(13, 13), home=HOME), today(), others=True)
    officer = make_user(Role.SEND_OFFICER, name="Olive Officer")
    kept = freezing.freeze(
        made, by=officer, reason=" For the panel ", query="age=age-13", asked=[("Ages", "13")]
    )
    assert made.suitable == (offer.id,)
    return kept


def test_a_frozen_search_keeps_every_offer_with_reasons_and_evidence(frozen):
    fits, does_not = frozen.results
    assert (frozen.suitable, frozen.looked_at, frozen.reason) == (1, 2, "For the panel")
    assert frozen.frozen_by == "Olive Officer"
    assert (fits["suitable"], fits["pence_per_hour"], fits["km"]) == (True, 4_850, 0.0)
    assert fits["hours_free"] == 20
    assert set(fits["evidence"]) == {
        EvidenceKind.INSURANCE.label, EvidenceKind.STAFF_CHECKS.label
    }  # fmt: skip
    assert date.fromisoformat(fits["evidence"][EvidenceKind.INSURANCE.label]) > today()
    assert does_not["against"] == ["The provider teaches ages 5 to 9; the child is 13"]


def test_a_frozen_search_stays_when_the_directory_changes(frozen):
    db.session.commit()
    offer_id = frozen.results[0]["offer_id"]
    made = search(SearchCriteria(), today())
    next(made.judged([offer_id])).offer.price_pence = 9_999
    db.session.commit()
    db.session.expire_all()
    assert frozen.results[0]["pence_per_hour"] == 4_850
    assert freezing.is_intact(frozen)


def test_a_frozen_search_is_never_changed(frozen):
    frozen.reason = "Another"
    with pytest.raises(AuditError, match="never changed"):
        db.session.flush()


def test_a_frozen_search_is_never_removed(frozen):
    db.session.delete(frozen)
    with pytest.raises(AuditError, match="never changed or removed"):
        db.session.flush()
    with pytest.raises(AuditError):
        db.session.execute(delete(FrozenSearch))


def test_a_record_that_was_altered_no_longer_fits_its_fingerprint(frozen):
    db.session.flush()
    altered = [{**frozen.results[0], "pence_per_hour": 1}, *frozen.results[1:]]
    assert freezing.digest_of(frozen.criteria, altered) != frozen.digest


def test_a_search_saved_under_the_same_name_is_replaced(context):
    user = make_user()
    shortlists.save_search(user, "Near Winchester", "age=age-13", None)
    shortlists.save_search(user, " Near Winchester ", "age=age-14", None)
    (saved,) = shortlists.saved_searches(user)
    assert saved.query == "age=age-14"
    assert shortlists.saved_searches(make_user()) == []
    shortlists.forget_search(saved)
    assert shortlists.saved_searches(user) == []


def test_a_search_with_endless_filters_is_not_kept(context):
    with pytest.raises(RuleBroken, match="too many filters"):
        shortlists.save_search(make_user(), "Everything", "need=SEMH&" * 300, None)


def test_an_offer_stands_once_on_a_shortlist_with_its_latest_note(context):
    referral, offer, user = make_referral(), make_offer(), make_user()
    shortlists.keep(referral, offer, "Ask about Mondays", user)
    shortlists.keep(referral, offer, "Mondays are fine", user)
    (entry,) = shortlists.shortlist(referral)
    assert entry.note == "Mondays are fine"
    shortlists.drop(entry)
    db.session.flush()
    assert shortlists.shortlist(referral) == []


def test_an_offer_that_is_gone_cannot_be_shortlisted(context):
    with pytest.raises(RuleBroken, match="no longer in the directory"):
        shortlists.offer_on_list(999)
