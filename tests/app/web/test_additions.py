"""The pages on which a provider proposes sites and offers, and the AP lead decides."""

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.database import db
from app.notices.models import Notice
from app.notices.topics import Topic
from providers.models.addition import Addition
from providers.models.change import ChangeState
from providers.models.place import Accuracy, Postcode
from tests.app.web.test_applications import OFFER
from tests.factories.providers import make_offer, make_provider
from tests.providers.test_additions import admitted


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def provider(given):
    """A provider that may add offers of tutoring; its id."""
    with given():
        db.session.add(
            Postcode(code="SO509", sector="SO509", accuracy=Accuracy.SECTOR, latitude=50.97,
                     longitude=-1.35)
        )  # fmt: skip
        return admitted().id


@pytest.fixture
def ann(sign_in, provider):
    return sign_in(Role.PROVIDER, provider_id=provider)


@pytest.fixture
def lead(sign_in):
    return sign_in(Role.AP_LEAD)


SENT = OFFER | {"service": "tutoring_qts", "site": "1"}


def state(app, number=1):
    with app.app_context():
        return db.session.get_one(Addition, number).state


def test_an_offer_goes_from_the_portal_to_the_directory(app, ann, lead, provider):
    assert "Add an offer" in ann.get("/portal/").text
    assert "tutoring_qts" in ann.get("/additions/offer").text
    answer = ann.post("/additions/offer", data=SENT, follow_redirects=True)
    assert "Sent to the authority for approval." in answer.text
    assert "New sites and offers that wait" in answer.text

    assert "£45.50 an hour, ages 11 to 16" in lead.get("/changes/").text
    page = lead.get("/additions/1").text
    for words in ("Main site, SO23 8UJ", "Autistic", "20 hours a week, 4 places", "£55.00"):
        assert words in page
    lead.post("/additions/1", data={"choice": "accept"})
    assert state(app) is ChangeState.ACCEPTED
    assert "£45.50 an hour" in lead.get(f"/providers/{provider}").text
    assert "Nothing waits" in lead.get("/changes/").text


def test_a_site_goes_from_the_portal_to_the_directory(app, ann, lead, provider):
    ann.post("/additions/site", data={"name": "Mill Lane", "postcode": "SO50 9AB"})
    lead.post("/additions/1", data={"choice": "accept"})

    assert "Mill Lane" in lead.get(f"/providers/{provider}").text
    assert ">Mill Lane</option>" in ann.get("/additions/offer").text


def test_a_returned_offer_is_changed_and_sent_again(app, ann, lead):
    ann.post("/additions/offer", data=SENT)
    assert "Enter why it is returned" in lead.post("/additions/1", data={"choice": "return"}).text
    lead.post("/additions/1", data={"choice": "return", "comment": "Which ages?"})

    assert "Which ages?" in ann.get("/portal/").text
    page = ann.get("/additions/1/again").text
    assert "Which ages?" in page
    assert 'value="45.50"' in page
    ann.post("/additions/1/again", data=SENT | {"min_age": "7"})
    assert state(app, 2) is ChangeState.WAITING
    assert "Which ages?" not in ann.get("/portal/").text


def test_what_waits_is_withdrawn(app, ann):
    ann.post("/additions/offer", data=SENT)
    ann.post("/additions/1/withdraw")

    assert state(app) is ChangeState.WITHDRAWN
    assert ann.post("/additions/1/withdraw").status_code == 409


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"price_pence": "56"}, "£1.00 above the cap of £55.00"),
        ({"price_pence": "POA"}, "“POA” is not a price"),
        ({"max_age": "9"}, "Enter an age from 11"),
        ({"site": "99"}, "Select one of your sites"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_with_what_was_typed(app, ann, changed, words):
    answer = ann.post("/additions/offer", data=SENT | changed)

    assert words in answer.text
    assert 'name="hours_free"' in answer.text and 'value="20"' in answer.text
    with app.app_context():
        assert db.session.query(Addition).count() == 0


def test_another_provider_finds_none_of_it(ann, sign_in, given):
    ann.post("/additions/offer", data=SENT)
    with given():
        other = make_offer(provider=make_provider()).provider_id
    ben = sign_in(Role.PROVIDER, provider_id=other)

    assert ben.get("/additions/1/again").status_code == 404
    assert ben.post("/additions/1/withdraw").status_code == 404
    assert ben.get("/additions/1").status_code == 403
    assert "45.50" not in ben.get("/portal/").text


def test_the_lead_is_told_what_waits_and_a_decision_is_shown_afterwards(ann, lead):
    ann.post("/additions/offer", data=SENT)
    assert "1 change of providers’ profiles to decide" in lead.get("/").text
    lead.post("/additions/1", data={"choice": "accept", "comment": "Good."})
    page = lead.get("/additions/1").text

    assert "The decision" in page and "Good." in page
    assert "Save the decision" not in page
    assert lead.post("/additions/1", data={"choice": "accept"}).status_code == 409


@pytest.mark.parametrize("choice", ["accept", "return"])
def test_the_provider_is_told_that_its_proposal_was_decided(app, ann, lead, choice):
    ann.post("/additions/offer", data=SENT)
    assert "unread notice" not in ann.get("/").text
    lead.post("/additions/1", data={"choice": choice, "comment": "Which ages?"})

    assert "You have 1 unread notice" in ann.get("/").text
    assert Topic.ENTRY_DECIDED.subject in ann.get("/notices/").text
    assert ann.get("/notices/1").location == "/portal/"
    assert "unread notice" not in lead.get("/").text
    with app.app_context():
        (notice,) = db.session.scalars(select(Notice))
        assert notice.key == f"addition:1:{choice}ed"
