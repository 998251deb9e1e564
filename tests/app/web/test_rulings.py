"""The pages of one child now and of officers' rulings."""

import pytest
from sqlalchemy import event

from app.accounts.roles import Role
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.kernel import audit
from app.kernel.database import db
from app.web.views import rulings as view
from providers.models.offer import Offer
from providers.needs import Delivery
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.children import make_referral
from tests.factories.matches import make_county, run_match
from tests.factories.providers import make_offer, make_provider


@pytest.fixture
def officer(sqlite_app):
    """An officer's browser."""
    return signed_in(sqlite_app, Role.SEND_OFFICER)


@pytest.fixture
def county(sqlite_app):
    """The small county, matched; child 1 is placed, child 2 is not; offer 1 is the cheaper."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        run_match()
        db.session.commit()


def test_a_childs_places_are_ranked_with_the_unsuitable_below(officer, county):
    page = officer.get("/rulings/places-now/1").text
    assert page.index("Oak Farm") < page.index("Elm House") < page.index("Ash Yard")
    assert "1 offer is not suitable" in page
    assert "/rulings/places-now/1" in officer.get("/children/1").text


def test_an_unplaced_child_sees_all_the_reasons(officer, county):
    page = officer.get("/rulings/places-now/2").text
    assert "could take this child now" in page and "3 offers are not suitable" in page


def test_a_ruling_is_made_shown_and_withdrawn(officer, county):
    assert "Ruling on Elm House" in officer.get("/rulings/make/1?offer=2").text
    data = {"kind": "fixed", "reason": "The family knows them."}
    page = officer.post("/rulings/make/1?offer=2", data=data, follow_redirects=True).text
    assert "counts from the next match on" in page and "The family knows them." in page
    assert "Elm House" in officer.get("/rulings/").text
    assert "Use this offer: Elm House" in officer.get("/matches/outcomes/1").text
    page = officer.post("/rulings/1/withdraw", follow_redirects=True).text
    assert "The ruling is withdrawn" in page
    assert "No ruling is in force" in officer.get("/rulings/").text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "fixed", "reason": ""}, "Enter a reason"),
        ({"reason": "Because."}, "Select whether the offer is to be used or not"),
    ],
)
def test_a_ruling_needs_a_direction_and_a_reason(officer, county, data, words):
    page = officer.post("/rulings/make/1?offer=2", data=data).text
    assert "There is a problem" in page and words in page


def test_a_ruling_against_a_rule_is_refused_on_the_form_which_stays_as_typed(officer, county):
    answer = officer.post("/rulings/make/1?offer=3", data={"kind": "fixed", "reason": "Please."})
    assert answer.status_code == 200 and "There is a problem" in answer.text
    assert "no places free" in answer.text and "Please.</textarea>" in answer.text
    assert "No ruling is in force" in officer.get("/rulings/").text


def test_a_ruling_that_an_exclusion_overtakes_is_told_at_once_and_on_its_pages(
    officer, county, sqlite_app
):
    officer.post("/rulings/make/1?offer=2", data={"kind": "fixed", "reason": "They know them."})
    with sqlite_app.app_context():
        elm = db.session.get_one(Offer, 2).provider.reference
    data = {"unwanted": elm}
    page = officer.post("/referrals/1/wishes", data=data, follow_redirects=True).text
    assert "cannot be kept now, and the next match leaves it aside" in page
    for address in ("/rulings/", "/rulings/places-now/1"):
        assert "The next match would leave it aside: " in officer.get(address).text


@pytest.mark.parametrize("query", ["", "?offer=99", "?offer=elephant"])
def test_an_offer_that_is_not_in_question_is_not_found(officer, county, query):
    assert officer.get(f"/rulings/make/1{query}").status_code == 404


def test_rulings_come_in_pages(officer, county, monkeypatch):
    monkeypatch.setattr(view, "PAGE", 1)
    for offer in (1, 2):
        data = {"kind": "ruled_out", "reason": "Too far."}
        officer.post(f"/rulings/make/1?offer={offer}", data=data, follow_redirects=True)
    assert "Elm House" not in officer.get("/rulings/").text
    assert "Elm House" in officer.get("/rulings/?page=2").text
    assert "Elm House" in officer.get("/rulings/download.csv").text


def test_a_child_more_asks_for_nothing_more_on_the_rulings_and_on_what_to_propose(
    officer, county, sqlite_app
):
    def asked(address):
        count = []

        def note(*_given) -> None:
            count.append(1)

        with sqlite_app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert officer.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(count)

    data = {"kind": "ruled_out", "reason": "Too far."}
    officer.post("/rulings/make/1?offer=1", data=data, follow_redirects=True)
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_referral()  # the match is out of date before and after
        db.session.commit()
    addresses = ("/rulings/download.csv", "/bulk-proposals/propose/1")
    before = [asked(address) for address in addresses]
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        provider = make_provider()
        offer, referral = make_offer(provider=provider), make_referral()
        run = db.session.get_one(MatchRun, 1)
        outcome = MatchOutcome(
            run=run, referral=referral, child=referral.child, placed=True, hours=10
        )
        outcome.recommendations = [
            Recommendation(
                component=referral.components[0], offer=offer, hours=10, pence_per_hour=4_500,
                delivery=Delivery.AT_BASE, weekly_cost_pence=45_000,
            )
        ]  # fmt: skip
        db.session.add(outcome)
        db.session.commit()
        number, offered = referral.id, offer.id
    officer.post(f"/rulings/make/{number}?offer={offered}", data=data, follow_redirects=True)
    assert [asked(address) for address in addresses] == before
