"""The public directory: open to all where it is on, without rates, quality or capacity."""

import pytest

from providers.admission import AdmissionState
from providers.needs import Judgement, NeedType
from tests.factories.providers import a_site, make_offer, make_provider


@pytest.fixture
def listed(given):
    """An approved provider with an offer, and one that is suspended."""
    with given():
        approved = make_provider(
            name="Oak Farm Learning", judgement=Judgement.AMBER, notes="Watch the fire doors",
            sites=[a_site(name="Barn", postcode="SO238UJ")],
        )  # fmt: skip
        make_offer(
            needs=(NeedType.ASD,), provider=approved, price_pence=4_875, hours_free=17,
            notes="Only with an escort",
        )  # fmt: skip
        suspended = make_provider(name="Elm Hill", state=AdmissionState.SUSPENDED)
        make_offer(provider=suspended)
        return approved.id, suspended.id


def test_anyone_may_see_who_is_approved_and_what_they_do(listed, client):
    page = client.get("/directory/")
    assert page.status_code == 200
    assert "Oak Farm Learning" in page.text
    assert "Elm Hill" not in page.text
    own = client.get(f"/directory/{listed[0]}").text
    for fact in ("Mentoring", "Autistic spectrum disorder", "5 to 16", "SO23"):
        assert fact in own


@pytest.mark.parametrize("path", ["/directory/", "/directory/{}"])
def test_rates_quality_capacity_notes_and_full_postcodes_stay_inside(listed, client, path):
    text = client.get(path.format(listed[0])).text
    for secret in (
        "48.75", "£", "amber", "Amber", "17 hours", "fire doors", "escort", "8UJ", "Insurance",
    ):  # fmt: skip
        assert secret not in text


def test_a_provider_that_is_not_approved_has_no_public_page(listed, client):
    assert client.get(f"/directory/{listed[1]}").status_code == 404
    assert client.get("/directory/999").status_code == 404


def test_the_public_narrows_by_need_and_name(listed, client):
    assert "Oak Farm Learning" in client.get("/directory/?need=ASD&text=oak").text
    assert "No provider fits these filters" in client.get("/directory/?need=HI").text


def test_a_directory_that_is_switched_off_is_not_there(app, listed, client, monkeypatch):
    assert "Directory of providers" in client.get("/help").text
    monkeypatch.setitem(app.config, "PUBLIC_DIRECTORY", False)
    assert client.get("/directory/").status_code == 404
    assert client.get(f"/directory/{listed[0]}").status_code == 404
    assert "Directory of providers" not in client.get("/help").text
