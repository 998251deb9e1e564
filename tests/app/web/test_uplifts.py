"""The pages of the yearly price changes."""

from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.offer import Offer
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.applications import make_capped_service
from tests.factories.providers import make_offer


@pytest.fixture
def site(app):
    """The application with one offer at £45 and a cap of £55."""
    with app.app_context(), audit.acting(TESTER, "test"):
        make_offer(service=make_capped_service())
        db.session.commit()
    return app


def in_boxes(days):
    day = today() + timedelta(days=days)
    return [str(day.day), str(day.month), str(day.year)]


def test_prices_are_proposed_accepted_in_bulk_and_change_on_the_day(site):
    lead = signed_in(site, Role.AP_LEAD)
    provider = signed_in(site, Role.PROVIDER, provider_id=1)
    days = {"opens_on": in_boxes(0), "closes_on": in_boxes(30), "applies_on": in_boxes(20)}
    refused = lead.post("/uplifts/open", data={"name": "2027"} | days).text
    assert "Prices can only change after the round has closed" in refused
    days["applies_on"] = in_boxes(60)
    assert lead.post("/uplifts/open", data={"name": "2027"} | days).status_code == 302

    dear = provider.post("/uplifts/1/propose", data={"price_1": "60", "reason": "Wages."})
    assert "£5.00 above the cap of £55.00" in dear.text
    free = provider.post("/uplifts/1/propose", data={"price_1": "0", "reason": "Wages."})
    assert "Enter a price of more than £0" in free.text
    right = provider.post("/uplifts/1/propose", data={"price_1": "47.25", "reason": "Wages."})
    assert right.status_code == 302
    assert "5.0%" in lead.get("/uplifts/1").text

    assert provider.post("/uplifts/1/decide", data={"chosen": "1"}).status_code == 403
    assert lead.post("/uplifts/1/decide", data={"decision": "accept"}).status_code == 409
    accepted = lead.post("/uplifts/1/decide", data={"chosen": "1", "decision": "accept"})
    assert accepted.status_code == 302
    day = (today() + timedelta(days=60)).isoformat()
    told = site.test_cli_runner().invoke(args=["prices", "change", "--on", day])
    assert told.output == "1 price changed, 0 returned to the provider.\n"
    with site.app_context():
        assert db.session.get_one(Offer, 1).price_pence == 4_725


def test_a_provider_sees_only_what_it_proposed_itself(site):
    lead = signed_in(site, Role.AP_LEAD)
    own = signed_in(site, Role.PROVIDER, provider_id=1)
    days = {"opens_on": in_boxes(0), "closes_on": in_boxes(30), "applies_on": in_boxes(60)}
    lead.post("/uplifts/open", data={"name": "2027"} | days)
    own.post("/uplifts/1/propose", data={"price_1": "47.25", "reason": "Wages went up."})
    assert "Wages went up." in own.get("/uplifts/1").text
    assert "Wages went up." not in signed_in(site, Role.PROVIDER).get("/uplifts/1").text


def test_every_proposal_is_ticked_at_once_without_scripts(site):
    with site.app_context(), audit.acting(TESTER, "test"):
        make_offer(provider=db.session.get_one(Offer, 1).provider)
        db.session.commit()
    lead = signed_in(site, Role.AP_LEAD)
    provider = signed_in(site, Role.PROVIDER, provider_id=1)
    days = {"opens_on": in_boxes(0), "closes_on": in_boxes(30), "applies_on": in_boxes(60)}
    lead.post("/uplifts/open", data={"name": "2027"} | days)
    prices = {"price_1": "47.25", "price_2": "46"}
    provider.post("/uplifts/1/propose", data=prices | {"reason": "Wages."})

    page = lead.get("/uplifts/1").text
    assert "2 proposals to decide" in page and "checked" not in page
    assert lead.get("/uplifts/1?ticked=all").text.count(" checked") == 2
    assert "tick every one" not in provider.get("/uplifts/1").text


def test_a_long_round_has_pages_and_a_file_of_ones_own_rows(site, monkeypatch):
    monkeypatch.setattr("app.web.views.uplifts.PAGE", 1)
    with site.app_context(), audit.acting(TESTER, "test"):
        make_offer(provider=db.session.get_one(Offer, 1).provider)
        db.session.commit()
    lead = signed_in(site, Role.AP_LEAD)
    own = signed_in(site, Role.PROVIDER, provider_id=1)
    days = {"opens_on": in_boxes(0), "closes_on": in_boxes(30), "applies_on": in_boxes(60)}
    lead.post("/uplifts/open", data={"name": "2027"} | days)
    prices = {"price_1": "47.25", "price_2": "46", "reason": "=Wages."}
    own.post("/uplifts/1/propose", data=prices)

    first = lead.get("/uplifts/1").text
    assert "Showing 1 to 1 of 2 proposed prices" in first and "2 proposals to decide" in first
    assert 'id="proposal-1"' in first and 'id="proposal-2"' not in first
    assert 'id="proposal-2"' in lead.get("/uplifts/1?page=2").text
    for reader, rows in ((lead, 2), (own, 2), (signed_in(site, Role.PROVIDER), 0)):
        file = reader.get("/uplifts/1/download.csv").get_data(as_text=True)
        assert file.count("'=Wages.") == rows
    assert lead.get("/uplifts/1/download.xlsx").status_code == 200
