"""The search of the directory: what fits, how far it is, and in which order it stands."""

from datetime import timedelta

import pytest

from app.kernel.clock import today
from providers.needs import Delivery, Judgement, NeedType, Registration, VatBasis
from providers.queries import caps_in_force
from providers.search import Found, find, neutral, services_on_offer, unsuitable, whole
from providers.search_criteria import FreeNow, Home, SearchCriteria, SearchOrder, Standard
from tests.factories.commitments import make_commitment
from tests.factories.providers import a_site, make_cap, make_offer, make_provider, make_service

WINCHESTER = Home(51.0632, -1.308)


def search(**asked) -> Found:
    criteria = SearchCriteria(**asked)
    return find(criteria, today(), tuple(services_on_offer()), caps_in_force(today()))


def away(degrees: float, **values):
    """An offer at a site some way north of the home; a tenth of a degree is 11.1 km."""
    site = a_site(latitude=51.0632 + degrees, longitude=-1.308)
    return make_offer(provider=make_provider(sites=[site]), **values)


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"min_age": 14}, {"ages": (13, 13)}),
        ({"max_age": 13}, {"ages": (13, 14)}),
        ({"needs": (NeedType.SEMH,)}, {"needs": (NeedType.SEMH, NeedType.ASD)}),
        ({"needs": (NeedType.SEMH,)}, {"needs": (NeedType.ASD, NeedType.HI), "every_need": False}),
        ({"at_base": True}, {"deliveries": frozenset({Delivery.ONLINE})}),
        ({"sessions": 0b11}, {"sessions": 0b101}),
        ({"min_hours": 12}, {"hours": 10}),
        ({"sessions": 0b11}, {"hours": 9, "half_days": 3}),
        ({"price_pence": 4_851}, {"max_pence": 4_850}),
        ({"judgement": Judgement.AMBER}, {"standard": Standard.GREEN}),
        ({}, {"registered_only": True}),
        ({}, {"must_be_registered": True}),
        ({"hours_free": 9}, {"hours": 10, "free": FreeNow.SAID}),
        ({"hours_free": None}, {"free": FreeNow.SAID}),
        ({"places_free": 0}, {"free": FreeNow.SAID}),
        ({"confirmed_on": today() - timedelta(days=57)}, {"free": FreeNow.CONFIRMED}),
    ],
    ids=str,
)
def test_an_offer_that_lacks_what_is_asked_is_passed_over(sqlite_app_context, values, asked):
    offer = make_offer(**values)
    assert search(**asked).offers == ()
    assert unsuitable(search(**asked)) == (offer.id,)


def test_an_offer_that_has_all_that_is_asked_is_found(context):
    offer = make_offer(needs=(NeedType.SEMH, NeedType.ASD), min_age=11, max_age=14)
    found = search(
        service_id=offer.service_id,
        needs=(NeedType.SEMH, NeedType.ASD),
        ages=(13, 14),
        home=WINCHESTER,
        within_km=1,
        deliveries=frozenset({Delivery.AT_BASE}),
        sessions=0b11,
        hours=10,
        half_days=4,
        max_pence=4_500,
        standard=Standard.GREEN,
        free=FreeNow.CONFIRMED,
    )
    assert found.offers == (offer.id,)
    assert found.km == {offer.id: 0.0}


def test_full_or_silent_offers_are_found_where_nothing_need_be_free(context):
    full, silent = make_offer(places_free=0), make_offer(hours_free=None)
    assert set(search(hours=10).offers) == {full.id, silent.id}


def test_any_one_of_the_needs_will_do_where_that_is_asked(context):
    offer = make_offer(needs=(NeedType.SEMH,))
    found = search(needs=(NeedType.SEMH, NeedType.ASD), every_need=False)
    assert found.offers == (offer.id,)


def test_a_child_travels_as_far_as_the_limit_and_no_further(context):
    near, far = away(0.0898), away(0.0900)  # 9.99 and 10.01 km
    found = search(home=WINCHESTER, within_km=10)
    assert found.offers == (near.id,)
    assert found.km[near.id] == pytest.approx(9.99, abs=0.01)
    assert unsuitable(found) == (far.id,)


def test_staff_travel_as_far_as_their_own_radius_whatever_the_childs_limit(context):
    comes = away(0.2, at_base=False, at_home=True, travel_radius_km=25.0)
    away(0.2, at_base=False, at_home=True, travel_radius_km=20.0)
    assert search(home=WINCHESTER, within_km=5).offers == (comes.id,)


def test_in_the_community_both_the_child_and_the_staff_must_get_there(context):
    away(0.2, at_base=False, in_community=True, travel_radius_km=25.0)
    assert search(home=WINCHESTER, within_km=5).offers == ()


def test_online_reaches_anywhere_and_has_no_distance(context):
    offer = away(2.0, at_base=False, online=True)
    found = search(home=WINCHESTER, within_km=5)
    assert (found.offers, found.km) == ((offer.id,), {offer.id: None})


def test_a_site_that_is_not_on_the_map_is_not_within_any_distance(context):
    nowhere = a_site(latitude=None, longitude=None, accuracy=None)
    make_offer(provider=make_provider(sites=[nowhere]))
    assert search(home=WINCHESTER).offers == ()


def test_what_is_promised_is_not_free(context):
    offer = make_offer(hours_free=10, places_free=2)
    asked = {"hours": 10, "free": FreeNow.SAID}
    assert search(**asked).offers == (offer.id,)
    make_commitment(offer, hours=1)
    assert search(**asked).offers == ()


def test_a_half_day_that_is_full_is_not_free(context):
    offer = make_offer(hours_free=20, places_free=1)
    make_commitment(offer, hours=1, sessions=0b1, places=1, ends_on=today() - timedelta(days=1))
    asked = {"hours": 3, "sessions": 0b1, "half_days": 1, "free": FreeNow.SAID}
    assert search(**asked).offers == (offer.id,)
    larger = make_offer(hours_free=20, places_free=3)
    make_commitment(larger, hours=1, sessions=0b1, places=2)
    assert set(search(**asked).offers) == {offer.id, larger.id}


def test_the_nearest_comes_first(context):
    far, near, online = away(0.2), away(0.1), away(0.3, at_base=False, online=True)
    found = search(home=WINCHESTER, order=SearchOrder.DISTANCE)
    assert found.offers == (near.id, far.id, online.id)


def test_the_lowest_price_net_of_vat_comes_first(context):
    plain = make_offer(price_pence=4_600)
    with_vat = make_offer(price_pence=5_400, vat_basis=VatBasis.INCLUSIVE)  # £45 net
    assert search(order=SearchOrder.PRICE).offers == (with_vat.id, plain.id)


def test_the_best_fit_meets_more_needs_then_is_confirmed_then_judged_then_near(context):
    wished = (NeedType.SEMH, NeedType.ASD)
    by_need = away(0.3, needs=wished)
    by_date, by_visit = away(0.25), away(0.2, judgement=Judgement.AMBER)
    stale = away(0.0, confirmed_on=today() - timedelta(days=30))
    found = search(home=WINCHESTER, needs=(NeedType.SEMH,), wished=(NeedType.ASD,))
    assert found.offers == (by_need.id, by_date.id, by_visit.id, stale.id)


def test_a_provider_that_the_family_prefers_fits_best(context):
    make_offer()
    liked = away(0.3)
    found = search(home=WINCHESTER, preferred=(liked.provider_id,))
    assert found.offers[0] == liked.id


def test_registered_schools_come_first_in_any_order_where_asked(context):
    cheap = make_offer(price_pence=3_000)
    school = make_offer(provider=make_provider(registration=Registration.PRU), price_pence=4_000)
    found = search(order=SearchOrder.PRICE, registered_first=True)
    assert found.offers == (school.id, cheap.id)


def test_equal_offers_stand_in_an_order_that_favours_nobody_and_stays(context):
    offers = [make_offer(provider=make_provider()).id for _ in range(12)]
    first = search(order=SearchOrder.PRICE).offers
    assert first == search(order=SearchOrder.PRICE).offers
    another = search(order=SearchOrder.PRICE, ages=(12, 12)).offers
    assert sorted(first) == sorted(another) == offers
    assert first != another


def test_the_order_of_equals_does_not_depend_on_how_results_are_sorted():
    by_fit = neutral(SearchCriteria(), [7, 8])
    by_price = neutral(SearchCriteria(order=SearchOrder.PRICE), [7, 8])
    assert list(by_fit) == list(by_price)
    assert by_fit[0] != by_fit[1]


def test_a_price_above_the_cap_is_passed_over_to_the_fraction_of_a_penny(context):
    service = make_service()
    make_cap(service, 4_500)
    within = make_offer(price_pence=5_400, vat_basis=VatBasis.INCLUSIVE)
    make_offer(price_pence=5_401, vat_basis=VatBasis.INCLUSIVE)
    assert search().offers == (within.id,)


def test_only_the_service_asked_for_is_looked_at(context):
    mentoring, tutoring = make_offer(), make_offer(service=make_service("tutoring_qts"))
    found = search(service_id=tutoring.service_id)
    assert (found.offers, unsuitable(found)) == ((tutoring.id,), ())
    on_offer = {service.code: number for service, number in services_on_offer().items()}
    assert on_offer == {"mentoring": 1, "tutoring_qts": 1}
    assert [offer.id for offer in whole((tutoring.id, 999, mentoring.id))] == [
        tutoring.id,
        mentoring.id,
    ]
