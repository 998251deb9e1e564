"""The pages of price caps."""

from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.cap import CapException
from providers.models.framework import PriceCap
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.providers import make_cap, make_lot, make_offer, make_service


@pytest.fixture
def lead(app):
    """The AP lead of a county with one offer at £45, under a cap of £55."""
    with app.app_context(), audit.acting(TESTER, "test"):
        lot = make_lot()
        service = make_service(lot=lot)
        make_cap(service, framework=lot.framework)
        make_offer(service=service)
        db.session.commit()
    return signed_in(app, Role.AP_LEAD)


def in_boxes(day):
    return [str(day.day), str(day.month), str(day.year)]


def a_cap(pounds="40", days=30, **more):
    return {"pence": pounds, "starts_on": in_boxes(today() + timedelta(days=days))} | more


def test_a_cap_is_published_only_as_it_was_previewed(app, lead):
    preview = lead.post("/price-caps/services/1/new", data=a_cap())
    assert "1 offer would close" in preview.text
    assert "is £5.00 above the cap of £40.00" in preview.text
    seen = f"4000 from {(today() + timedelta(days=30)).isoformat()}"

    other = lead.post("/price-caps/services/1/new", data=a_cap("30", seen=seen))
    assert "is £15.00 above the cap of £30.00" in other.text
    assert lead.post("/price-caps/services/1/new", data=a_cap(seen=seen)).status_code == 302
    with app.app_context():
        found = db.session.scalars(db.select(PriceCap).order_by(PriceCap.id)).all()
        assert [cap.pence_per_hour for cap in found] == [5_500, 4_000]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (a_cap("POA"), "“POA” is not a price"),
        (a_cap("0"), "Enter a price of more than £0"),
        (a_cap(""), "Enter the most that may be paid"),
        (a_cap(days=-3), "A cap cannot start in the past"),
        ({"pence": "40", "starts_on": ["30", "2", "2027"]}, "Enter a real date"),
    ],
)
def test_what_cannot_be_a_cap_is_refused_beside_its_field(lead, values, words):
    answer = lead.post("/price-caps/services/1/new", data=values)
    assert words in answer.text
    assert "There is a problem" in answer.text


def test_an_exception_is_recorded_with_its_reason_and_shown(app, lead):
    ends = in_boxes(today() + timedelta(days=90))
    asked = {"pence": "60", "ends_on": ends, "reason": ""}
    assert "Enter the reason" in lead.post("/price-caps/offers/1/exception", data=asked).text
    asked["reason"] = "The only one near."
    assert lead.post("/price-caps/offers/1/exception", data=asked).status_code == 302
    assert "The only one near." in lead.get("/price-caps/exceptions").text

    lead.post("/price-caps/exceptions/1/withdraw")
    with app.app_context():
        assert not db.session.get_one(CapException, 1).in_force(today())


def test_a_provider_sees_the_caps_and_sets_none(app, lead):
    provider = signed_in(app, Role.PROVIDER)
    assert "£55.00" in provider.get("/price-caps/").text
    assert provider.get("/price-caps/services/1/new").status_code == 403
    assert provider.get("/price-caps/exceptions").status_code == 403
