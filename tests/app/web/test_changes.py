"""The AP lead decides about changes, and any two versions are compared."""

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.database import db
from app.notices.topics import Topic
from providers import changes
from providers.models.change import ChangeItem, ChangeState
from providers.models.offer import Offer
from tests.factories.providers import make_cap, make_offer


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def proposed(given):
    """An offer whose price and ages its provider wants changed; the provider's and its ids."""
    with given():
        offer = make_offer()
        base = changes.draft_of(offer)
        price = {"pence": 5_000, "unit": "hour", "vat": "exempt"}
        changes.submit(offer, base, base | {"price": price, "ages": [7, 16]})
        return offer.provider_id, offer.id


@pytest.fixture
def lead(sign_in):
    return sign_in(Role.AP_LEAD)


def items(app):
    with app.app_context():
        return {item.field: item for item in db.session.scalars(select(ChangeItem))}


def the_offer(app):
    with app.app_context():
        return db.session.scalars(select(Offer)).one()


def test_waiting_changes_are_listed_by_provider(lead, proposed):
    page = lead.get("/changes/").text
    assert "Willow Tuition" in page
    assert "Price" in page and "Ages" in page


def test_each_fact_is_shown_against_what_is_published(lead, proposed):
    page = lead.get(f"/changes/providers/{proposed[0]}").text
    for words in ("£45.00 an hour", "£50.00 an hour", "5 to 16", "7 to 16"):
        assert words in page


def test_each_change_is_accepted_or_returned_by_itself_with_a_comment(app, lead, proposed):
    found = items(app)
    sent = {
        f"choice-{found['price'].id}": "accept",
        f"choice-{found['ages'].id}": "return",
        f"comment-{found['ages'].id}": "Why not from 5?",
    }
    answer = lead.post(f"/changes/providers/{proposed[0]}", data=sent, follow_redirects=True)
    assert "1 change accepted, 1 returned." in answer.text
    assert (the_offer(app).price_pence, the_offer(app).min_age) == (5_000, 5)
    assert items(app)["ages"].comment == "Why not from 5?"


def test_a_change_that_is_left_open_goes_on_waiting(app, lead, proposed):
    lead.post(
        f"/changes/providers/{proposed[0]}", data={f"choice-{items(app)['price'].id}": "accept"}
    )
    assert items(app)["ages"].state is ChangeState.WAITING


def test_returning_without_a_reason_saves_nothing_and_keeps_what_was_entered(app, lead, proposed):
    found = items(app)
    sent = {
        f"choice-{found['price'].id}": "accept",
        f"comment-{found['price'].id}": "Fine by me",
        f"choice-{found['ages'].id}": "return",
    }
    page = lead.post(f"/changes/providers/{proposed[0]}", data=sent).text
    assert "Enter why it is returned" in page
    assert "Fine by me" in page
    assert items(app)["price"].state is ChangeState.WAITING


def test_nothing_decided_is_said(lead, proposed):
    page = lead.post(f"/changes/providers/{proposed[0]}", data={}).text
    assert "Accept or return at least one change" in page


def test_a_second_lead_is_told_that_all_was_decided_already(app, lead, proposed):
    address = f"/changes/providers/{proposed[0]}"
    sent = {f"choice-{item.id}": "accept" for item in items(app).values()}
    assert lead.post(address, data=sent).status_code == 302
    again = lead.post(address, data=sent)
    assert again.status_code == 409
    assert "decided already" in again.text


def test_a_price_that_a_new_cap_forbids_is_flagged_and_cannot_be_accepted(
    app, lead, proposed, given
):
    with given():
        make_cap(db.session.scalars(select(Offer)).one().service, 4_800)
    address = f"/changes/providers/{proposed[0]}"
    assert "above the cap of £48.00" in lead.get(address).text
    answer = lead.post(address, data={f"choice-{items(app)['price'].id}": "accept"})
    assert answer.status_code == 409
    assert the_offer(app).price_pence == 4_500


def test_any_two_versions_are_compared(lead, proposed, app, given):
    with given():
        for item in db.session.scalars(select(ChangeItem)):
            changes.accept(item)
    address = f"/changes/history/offers/{proposed[1]}"
    page = lead.get(address).text
    assert "Version 3" in page and "Price, proposed by Test" in page
    oldest = lead.get(f"{address}?from=1&to=3").text
    assert "£45.00 an hour" in oldest and "£50.00 an hour" in oldest
    assert lead.get(f"{address}?from=99&to=x").status_code == 200


def test_the_provider_reads_the_decision_and_its_comment(sign_in, proposed, given):
    with given():
        item = db.session.scalars(select(ChangeItem).where(ChangeItem.field == "ages")).one()
        changes.send_back(item, "Why not from 5?")
    page = sign_in(Role.PROVIDER, provider_id=proposed[0]).get("/portal/").text
    assert "Returned" in page and "Why not from 5?" in page


def test_the_provider_is_told_once_of_what_was_decided_together(app, sign_in, lead, proposed):
    ann = sign_in(Role.PROVIDER, provider_id=proposed[0])
    sent = {f"choice-{item.id}": "accept" for item in items(app).values()}
    lead.post(f"/changes/providers/{proposed[0]}", data=sent)

    assert "You have 1 unread notice" in ann.get("/").text
    assert Topic.ENTRY_DECIDED.subject in ann.get("/notices/").text
    assert ann.get("/notices/1").location == "/portal/"
