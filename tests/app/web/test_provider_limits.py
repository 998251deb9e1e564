"""The page of a provider's limits over all its offers."""

import pytest

from app.accounts.roles import Role
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.web.entries import changes_in_words
from providers.models.provider import Provider
from tests.factories.providers import make_provider

ADDRESS = "/portal/limits/"


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def mine(given):
    with given():
        return make_provider().id


def test_a_provider_states_its_limits_and_each_change_is_on_the_trail(app, sign_in, mine):
    office = sign_in(Role.PROVIDER, mine)
    assert ADDRESS in office.get("/portal/").text
    page = office.get(ADDRESS).text
    assert "No pair is stated" in page
    assert office.post(ADDRESS, data={"children": "12"}).location == ADDRESS
    assert 'value="12"' in office.get(ADDRESS).text
    pair = {"one": "SEMH", "other": "ASD"}
    assert office.post(f"{ADDRESS}needs", data=pair).location == ADDRESS
    assert "Remove" in office.get(ADDRESS).text
    with app.app_context():
        provider = db.session.get_one(Provider, mine)
        assert (provider.most_children, provider.taught_apart) == (12, [["ASD", "SEMH"]])
        events = db.session.scalars(db.select(AuditEvent).filter_by(action="profile:edit")).all()
        changed = [field for event in events for field in event.changes]
        assert changed == ["most_children", "taught_apart"]
        told = [sentence for event in events for sentence in changes_in_words(event, None)]
    assert told == [
        "Most children at one time from nothing to 12",
        "Needs not taught together from nothing to Autistic spectrum disorder and "
        "Social, emotional and mental health",
    ]
    page = sign_in(Role.COMMISSIONER).get(f"/providers/{mine}").text
    assert "Most children at one time" in page and "Needs not taught together" in page
    office.post(f"{ADDRESS}needs/remove", data=pair)
    assert "No pair is stated" in office.get(ADDRESS).text


@pytest.mark.parametrize("typed", ["many", "0", "1000", "2.5"])
def test_a_limit_that_is_no_number_is_refused_and_stays_as_typed(sign_in, mine, typed):
    page = sign_in(Role.PROVIDER, mine).post(ADDRESS, data={"children": typed}).text
    assert "Enter a whole number of children from 1 to 999" in page
    assert "There is a problem" in page and f'value="{typed}"' in page


def test_a_pair_that_is_not_whole_is_refused_and_stays_as_chosen(sign_in, mine):
    office = sign_in(Role.PROVIDER, mine)
    page = office.post(f"{ADDRESS}needs", data={"one": "VI", "other": ""}).text
    assert "Select the second need type" in page and "There is a problem" in page
    assert '<option value="VI" selected' in page
    page = office.post(f"{ADDRESS}needs", data={"one": "VI", "other": "VI"}).text
    assert "Select two different need types" in page
    assert office.post(f"{ADDRESS}needs/remove", data={"one": "XX"}).status_code == 400
