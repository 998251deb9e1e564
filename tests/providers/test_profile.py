"""One provider as a page shows it."""

from datetime import date, timedelta

import pytest

from app.kernel.clock import today
from providers.compliance import EvidenceKind, Freshness
from providers.pricing import cap_on
from providers.profile import EvidenceState, evidence_standings, offer_standings
from providers.queries import caps_in_force
from tests.factories.providers import an_item, make_cap, make_offer, make_provider, make_service


def standing(provider, kind=EvidenceKind.INSURANCE):
    return [item for item in evidence_standings(provider, today()) if item.kind is kind]


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-1, EvidenceState.LAPSED),
        (0, EvidenceState.LAPSING),
        (30, EvidenceState.LAPSING),
        (100, EvidenceState.CURRENT),
    ],
)
def test_evidence_stands_by_the_last_day_it_counts(context, days, state):
    item = an_item(expires_on=today() + timedelta(days=days))
    provider = make_offer(provider=make_provider(evidence=[item])).provider
    (found,) = standing(provider)
    assert (found.state, found.until, found.required) == (state, item.expires_on, True)


def test_evidence_that_is_required_and_not_held_is_missing(context):
    provider = make_offer(provider=make_provider(evidence=[])).provider
    (found,) = standing(provider)
    assert (found.state, found.until) == (EvidenceState.MISSING, None)


def test_a_renewal_counts_and_not_what_it_replaces(context):
    old = an_item(expires_on=today() - timedelta(days=1))
    new = an_item(expires_on=today() + timedelta(days=364))
    provider = make_offer(provider=make_provider(evidence=[old, new])).provider
    (found,) = standing(provider)
    assert found.state is EvidenceState.CURRENT


def test_services_with_evidence_of_their_own_are_named(context):
    provider = make_provider(evidence=[])
    mentoring = make_offer(provider=provider)
    vocational = make_offer(provider=provider, service=make_service("vocational"))
    for offer, day in ((mentoring, date(2027, 5, 2)), (vocational, date(2027, 11, 3))):
        offer.evidence.append(an_item(provider=provider, expires_on=day))
    provider.evidence  # noqa: B018 - loads what belongs to the provider
    found = {item.services: item.until for item in standing(provider)}
    assert found == {("Mentoring",): date(2027, 5, 2), ("Vocational",): date(2027, 11, 3)}


def test_evidence_that_all_services_share_names_none(context):
    provider = make_provider()
    make_offer(provider=provider)
    make_offer(provider=provider, service=make_service("vocational"))
    (found,) = standing(provider)
    assert found.services == ()


def test_a_provider_without_offers_shows_only_what_is_held(context):
    provider = make_provider(evidence=[an_item(EvidenceKind.FINANCIAL)])
    (found,) = evidence_standings(provider, today())
    assert (found.kind, found.required) == (EvidenceKind.FINANCIAL, False)


def test_an_open_offer_carries_its_cap_and_freshness(context):
    service = make_service()
    make_cap(service, 5_500)
    offer = make_offer(service=service)
    (found,) = offer_standings([offer], today(), caps_in_force(today()))
    assert found.is_open
    assert not found.above_cap
    assert found.cap == cap_on(caps_in_force(today()), "mentoring", today())
    assert found.freshness is Freshness.CONFIRMED
    assert found.remarks == ()


def test_an_offer_with_nothing_free_says_so_though_nothing_forbids_it(context):
    offer = make_offer(places_free=0)
    (found,) = offer_standings([offer], today(), ())
    assert found.is_open
    assert found.remarks == ("It has no hours or places free.",)
