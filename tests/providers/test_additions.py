"""Further sites and offers: proposed by a provider, decided by the AP lead, kept as versions."""

from datetime import timedelta

import pytest
import time_machine

from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import additions, changes
from providers.admission import AdmissionState
from providers.applications.proposals import NEW, ProposedSite
from providers.models.addition import AdditionKind
from providers.models.change import ChangeState
from providers.models.offer import Offer
from providers.models.place import Accuracy, Postcode
from providers.queries import caps_in_force, closed_reasons
from tests.factories.applications import an_offer
from tests.factories.evidence import CHECKER
from tests.factories.providers import make_cap, make_lot, make_offer, make_provider, make_service

ANN = audit.Actor(8_001, "Ann Provider")


def admitted(cap=5_500):
    """A provider with one offer of mentoring, in a lot that holds tutoring too."""
    lot = make_lot()
    mentoring, tutoring = make_service(), make_service("tutoring_qts")
    mentoring.lot = tutoring.lot = lot
    make_cap(tutoring, cap, framework=lot.framework)
    return make_offer(service=mentoring).provider


def tutoring(provider, **values):
    return an_offer(
        **{"number": NEW, "service": "tutoring_qts", "site": provider.sites[0].id} | values
    )


def proposed(provider=None, **values):
    provider = provider or admitted()
    return additions.propose(provider, tutoring(provider, **values), by=ANN)


def test_an_offer_that_is_proposed_changes_nothing_yet(context):
    row = proposed()

    assert row.state is ChangeState.WAITING
    assert len(row.provider.offers) == 1
    assert additions.count_waiting() == 1


def test_an_accepted_offer_is_published_open_and_kept_as_its_first_version(context):
    row = proposed(price_pence=5_000)
    offer = additions.accept(row, "Welcome", by=CHECKER)

    assert (offer.service.code, offer.price_pence, offer.site) == (
        "tutoring_qts", 5_000, row.provider.sites[0],
    )  # fmt: skip
    assert closed_reasons(offer, today(), caps_in_force(today())) == ()
    (version,) = db.session.scalars(changes.versions(offer))
    assert version.why == "Added, proposed by Ann Provider"
    assert (row.state, row.made_id) == (ChangeState.ACCEPTED, offer.id)
    assert (row.decided_by, row.comment) == (CHECKER.name, "Welcome")


def test_free_hours_count_as_confirmed_on_the_day_they_were_stated(context):
    row = proposed()
    with time_machine.travel(now() + timedelta(days=3)):
        assert additions.accept(row, by=CHECKER).confirmed_on == today() - timedelta(days=3)


def test_an_accepted_site_stands_on_the_map_and_in_the_versions_of_the_organisation(context):
    db.session.add(
        Postcode(code="SO509", sector="SO509", accuracy=Accuracy.SECTOR, latitude=50.97,
                 longitude=-1.35)
    )  # fmt: skip
    provider = admitted()
    row = additions.propose(provider, ProposedSite(NEW, "Mill Lane", "SO509AB"), by=ANN)
    site = additions.accept(row, by=CHECKER)

    assert (site.name, site.latitude) == ("Mill Lane", 50.97)
    after, before = db.session.scalars(changes.versions(provider))
    assert list(before.facts["sites"].values()) == ["Main site"]
    assert list(after.facts["sites"].values()) == ["Main site", "Mill Lane"]
    assert additions.room_for(provider).sites[1].name == "Mill Lane"


def test_a_proposal_is_returned_with_the_reason_alone(context):
    row = proposed()
    with pytest.raises(RuleBroken, match="Enter why it is returned"):
        additions.send_back(row, " ", by=CHECKER)
    additions.send_back(row, "Which qualifications?", by=CHECKER)

    assert row.state is ChangeState.RETURNED
    again = additions.propose(row.provider, tutoring(row.provider, min_age=7), by=ANN, instead=row)
    assert (again.state, again.instead_of_id) == (ChangeState.WAITING, row.id)


def test_a_changed_proposal_takes_the_place_of_the_one_that_waits(context):
    row = proposed()
    again = additions.propose(row.provider, tutoring(row.provider, min_age=7), by=ANN, instead=row)

    assert (row.state, again.state) == (ChangeState.WITHDRAWN, ChangeState.WAITING)


def test_what_is_sent_twice_by_a_double_click_waits_once(context):
    row = proposed()

    assert additions.propose(row.provider, tutoring(row.provider), by=ANN) is row


def test_two_who_decide_at_once_publish_it_once(context):
    row = proposed()
    additions.accept(row, by=CHECKER)
    with pytest.raises(RuleBroken, match="You cannot accept this proposal: it is accepted"):
        additions.accept(row, by=CHECKER)
    with pytest.raises(RuleBroken):
        additions.send_back(row, "No", by=CHECKER)

    assert db.session.query(Offer).count() == 2


def test_a_price_above_the_cap_is_refused_when_proposed_and_again_when_accepted(context):
    provider = admitted(cap=5_000)
    with pytest.raises(RuleBroken, match="£5.00 above the cap of £50.00"):
        proposed(provider, price_pence=5_500)
    row = proposed(provider, price_pence=4_900)
    make_cap(make_service("tutoring_qts"), 4_800, starts_on=today())

    assert "above the cap of £48.00" in additions.remarks(row)[0]
    with pytest.raises(RuleBroken, match="above the cap of £48.00"):
        additions.accept(row, by=CHECKER)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"service": "physiotherapy"}, "Select a service of the framework"),
        ({"site": 0}, "Select one of your sites"),
        ({"min_age": 16, "max_age": 11}, "Enter an age from 16"),
        ({"deliveries": ("at_home",)}, "how many miles your staff travel"),
    ],
)
def test_what_cannot_be_offered_is_refused(sqlite_app_context, values, words):
    make_service("physiotherapy")  # known, but in none of the provider's lots
    with pytest.raises(RuleBroken, match=words):
        proposed(**values)


def test_a_site_of_another_provider_cannot_be_used(sqlite_app_context):
    other = make_provider()
    with pytest.raises(RuleBroken, match="Select one of your sites"):
        proposed(site=other.sites[0].id)


def test_a_site_is_not_proposed_where_one_is_or_waits(sqlite_app_context):
    provider = admitted()
    with pytest.raises(RuleBroken, match="a site with this postcode already"):
        additions.propose(provider, ProposedSite(NEW, "Again", "SO238UJ"), by=ANN)
    waits = additions.propose(provider, ProposedSite(NEW, "Mill", "SO509AB"), by=ANN)
    with pytest.raises(RuleBroken, match="a site with this postcode already"):
        additions.propose(provider, ProposedSite(NEW, "Mill again", "SO509AB"), by=ANN)
    other = ProposedSite(NEW, "Mill Lane", "SO509AB")
    assert additions.propose(provider, other, by=ANN, instead=waits).proposed == other


@pytest.mark.parametrize("state", [AdmissionState.PENDING, AdmissionState.SUSPENDED])
def test_only_an_approved_provider_adds_anything(sqlite_app_context, state):
    provider = admitted()
    row = proposed(provider)
    provider.state = state
    db.session.flush()

    assert additions.closed_to(provider, AdditionKind.SITE)
    with pytest.raises(RuleBroken, match="Only a provider that is approved"):
        additions.accept(row, by=CHECKER)


def test_a_provider_outside_every_lot_is_told_to_apply(sqlite_app_context):
    provider = make_offer().provider

    assert "Apply to join a lot first" in additions.closed_to(provider, AdditionKind.OFFER)


def test_evidence_that_is_lacking_is_named_before_it_is_decided(sqlite_app_context):
    provider = admitted()
    row = proposed(provider)
    assert additions.remarks(row) == ()
    provider.evidence = []
    db.session.flush()

    assert any("Until then the offer stays closed" in words for words in additions.remarks(row))
