"""Pages of commitments: recording a call-off by hand, ending it, and who sees it."""

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from providers.capacity import free_on
from providers.models.commitment import Commitment, CommitmentState
from providers.models.offer import Offer
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


def boxes(day):
    return [f"{day.day}", f"{day.month}", f"{day.year}"]


@pytest.fixture
def offer(given):
    with given():
        return make_offer(hours_free=20).reference


def entries(offer, **values):
    asked = {"offer": offer, "reference": "PO-17", "hours": "8", "pence_a_week": ""}
    return asked | {"starts_on": boxes(today()), "source": "Order of today"} | values


def the_only(app):
    with app.app_context():
        return db.session.scalars(select(Commitment)).one()


def test_a_call_off_recorded_by_hand_takes_its_room(app, sign_in, offer):
    lead = sign_in(Role.AP_LEAD)
    answer = lead.post("/commitments/record", data=entries(offer), follow_redirects=True)
    assert "PO-17 was recorded" in answer.text
    made = the_only(app)
    assert made.pence_a_week == 8 * 4_500
    assert made.state is CommitmentState.LIVE
    with app.app_context():
        assert free_on(db.session.scalars(select(Offer)).one(), today()).hours == 12


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("reference", "Robin Example", "not a name"),
        ("reference", "Robin", "not a name"),
        ("hours", "many", "Enter hours a week as a whole number"),
        ("hours", "0", "Enter hours a week from 1 to 60"),
        ("starts_on", ["31", "2", "2026"], "Enter a real date"),
        ("starts_on", ["31"], "Enter a real date"),
        ("starts_on", [], "Enter the first day"),
        ("source", "", "Enter what the commitment rests on"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(sign_in, offer, field, value, message):
    lead = sign_in(Role.COMMISSIONER)
    answer = lead.post("/commitments/record", data=entries(offer, **{field: value}))
    assert answer.status_code == 200
    assert message in answer.text


def test_more_than_is_free_is_refused(sign_in, offer):
    answer = sign_in(Role.AP_LEAD).post("/commitments/record", data=entries(offer, hours="21"))
    assert answer.status_code == 409
    assert "Only 20 hours a week are free" in answer.text


def test_an_unknown_offer_is_refused(sign_in, offer):
    answer = sign_in(Role.AP_LEAD).post("/commitments/record", data=entries("SUP9/none"))
    assert answer.status_code == 409
    assert "There is no offer SUP9/none" in answer.text


def test_a_commitment_is_ended_with_its_last_day(app, sign_in, given):
    with given():
        made = make_commitment().id
    lead = sign_in(Role.AP_LEAD)
    assert "Set the last day" in lead.get(f"/commitments/{made}").text
    lead.post(f"/commitments/{made}/end", data={"last_day": boxes(today())})
    assert the_only(app).state is CommitmentState.ENDED


def test_a_provider_sees_its_own_commitments_and_no_other(sign_in, given):
    with given():
        own, other = make_commitment(reference="OWN-1"), make_commitment(reference="OTHER-1")
        provider, ids = own.offer.provider_id, (own.id, other.id)
    browser = sign_in(Role.PROVIDER, provider_id=provider)
    listed = browser.get("/commitments/").text
    assert "OWN-1" in listed
    assert "OTHER-1" not in listed
    assert browser.get(f"/commitments/{ids[0]}").status_code == 200
    assert browser.get(f"/commitments/{ids[1]}").status_code == 404
    assert browser.post(f"/commitments/{ids[0]}/release").status_code == 403


def test_officers_see_what_is_left_on_the_provider_page_the_list_and_the_download(sign_in, given):
    with given():
        offer = make_offer(hours_free=20, places_free=4)
        provider = make_commitment(offer, hours=6).offer.provider_id
    officer = sign_in(Role.SEND_OFFICER)
    page = officer.get(f"/providers/{provider}").text
    assert "14 hours a week, 3 places" in page
    assert "6 hours and 1 place are called off" in page
    assert "14" in officer.get("/providers/?sort=-hours").text
    assert ",14,3," in officer.get("/providers/download.csv").text
