"""The pages of the open framework."""

from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.providers import make_cap, make_lot, make_service


@pytest.fixture
def lead(app):
    """The AP lead of a county with one framework, which is open."""
    with app.app_context(), audit.acting(TESTER, "test"):
        lot = make_lot()
        lot.framework.max_value_pence = 160_000_000_00
        service = make_service()
        service.lot = lot
        make_cap(service, framework=lot.framework)
        db.session.commit()
    return signed_in(app, Role.AP_LEAD)


def in_boxes(days):
    day = today() + timedelta(days=days)
    return [str(day.day), str(day.month), str(day.year)]


def test_the_overview_shows_dates_value_lots_and_caps(app, lead):
    text = lead.get("/framework/").text
    for words in ("Open to applications", "£160,000,000", "Inclusion support", "£55.00"):
        assert words in text
    assert signed_in(app, Role.FINANCE).get("/framework/").status_code == 200
    assert signed_in(app, Role.PROVIDER).get("/framework/").status_code == 403


def test_the_scheme_is_closed_and_opened_again_with_reasons(lead):
    close = {"closes_on": in_boxes(0), "reason": ""}
    assert "Enter the reason" in lead.post("/framework/windows/1/close", data=close).text
    close["reason"] = "The panel is full."
    assert lead.post("/framework/windows/1/close", data=close).status_code == 302
    again = {"opens_on": in_boxes(30), "closes_on": ["", "", ""], "reason": "New needs."}
    assert lead.post("/framework/schemes/1/open", data=again).status_code == 302
    text = lead.get("/framework/").text
    assert "The panel is full." in text
    assert "New needs." in text


def test_terms_are_changed_and_refused_whole_where_they_cannot_be(lead):
    terms = {
        "starts_on": in_boxes(-400),
        "ends_on": in_boxes(-500),
        "max_value_pence": "150,000,000",
        "reason": "Cabinet, 20 November.",
    }
    refused = lead.post("/framework/1/terms", data=terms)
    assert refused.status_code == 409
    assert "must end after it starts" in refused.text
    terms["ends_on"] = in_boxes(900)
    assert lead.post("/framework/1/terms", data=terms).status_code == 302
    assert "£150,000,000" in lead.get("/framework/").text


def test_the_next_framework_is_started(lead):
    following = {
        "reference": "CS30001",
        "name": "SEND open framework 2",
        "starts_on": in_boxes(500),
        "ends_on": in_boxes(1500),
        "max_value_pence": "",
        "reason": "The scheme goes on.",
    }
    assert lead.post("/framework/schemes/1/next", data=following).status_code == 302
    assert "CS30001 follows" in lead.get("/framework/").text
