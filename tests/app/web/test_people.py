"""A provider's people: invited by a link that works once, removed at once."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider

NEW = {"password": "correct horse battery", "again": "correct horse battery"}


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def provider_id(given):
    with given():
        return make_provider().id


@pytest.fixture
def manager(sign_in, provider_id):
    return sign_in(Role.PROVIDER, provider_id=provider_id)


def links(app):
    folder = Path(urlsplit(app.config["MAIL_URL"]).path)
    texts = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_content()
        for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    ]
    return [
        urlsplit(next(word for word in text.split() if "/join/" in word)).path for text in texts
    ]


def invite(manager, name="Jo New", address="jo@oak.example"):
    return manager.post(
        "/portal/people/invite", data={"name": name, "email": address}, follow_redirects=True
    )


def test_an_invited_colleague_sets_a_password_and_signs_in(app, client, manager):
    assert "An invitation was sent to jo@oak.example" in invite(manager).text
    assert "Invited" in manager.get("/portal/people/").text
    (link,) = links(app)
    assert client.get(link).status_code == 200
    client.post(link, data=NEW)
    answer = client.post("/sign-in", data={"email": "jo@oak.example", "password": NEW["password"]})
    assert answer.status_code == 302
    assert client.get("/portal/").status_code == 200


def test_an_invited_account_cannot_sign_in_before(client, manager):
    invite(manager)
    answer = client.post("/sign-in", data={"email": "jo@oak.example", "password": ""})
    assert answer.status_code == 200


def test_an_invitation_works_once_and_a_newer_one_takes_its_place(app, client, manager):
    invite(manager)
    invite(manager)
    older, newer = links(app)
    assert client.get(older).status_code == 410
    client.post(newer, data=NEW)
    assert client.post(newer, data=NEW).status_code == 410


def test_an_invitation_expires(app, client, manager):
    invite(manager)
    with time_machine.travel(today() + timedelta(days=9), tick=True):
        answer = client.get(links(app)[0])
    assert answer.status_code == 410
    assert "This link has expired" in answer.text


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"password": "short", "again": "short"}, "Enter a password of 12"),
        (NEW | {"again": "another long one"}, "Enter the same password twice"),
        ({"password": "", "again": ""}, "Enter a password"),
    ],
)
def test_a_password_that_will_not_do_is_refused(app, client, manager, entered, message):
    invite(manager)
    assert message in client.post(links(app)[0], data=entered).text


@pytest.mark.parametrize("role", [Role.SEND_OFFICER, Role.PROVIDER])
def test_an_address_that_is_taken_is_refused(manager, given, role):
    with given():
        make_user(role, email="taken@example.org")
    answer = invite(manager, address="Taken@example.org")
    assert answer.status_code == 409
    assert "exists already" in answer.text


def test_access_is_taken_away_at_once(app, sign_in, manager, given, provider_id):
    colleague = sign_in(Role.PROVIDER, provider_id=provider_id)
    with app.app_context():
        last = db.session.scalars(select(User).order_by(User.id.desc())).first().id
    assert colleague.get("/portal/").status_code == 200
    assert "Remove access" in manager.get(f"/portal/people/{last}/remove").text
    manager.post(f"/portal/people/{last}/remove")
    assert colleague.get("/portal/").status_code == 302


def test_nobody_takes_their_own_access_away(app, manager):
    with app.app_context():
        own = db.session.scalars(select(User)).one().id
    answer = manager.post(f"/portal/people/{own}/remove")
    assert answer.status_code == 409
    assert manager.get("/portal/").status_code == 200


def test_somebody_of_another_organisation_is_not_found(manager, given):
    with given():
        others = [make_user(Role.PROVIDER).id, make_user(Role.FINANCE).id]
    for number in others:
        assert manager.post(f"/portal/people/{number}/remove").status_code == 404
