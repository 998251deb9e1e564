"""People who visit the site in tests: each with a browser of their own, signed in."""

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user


def signed_in(app: Flask, role: Role, **values) -> FlaskClient:
    """The browser of a new person in this role, signed in through the page that people use."""
    with app.app_context(), audit.acting(TESTER, "test"):
        email = make_user(role, **values).email
        db.session.commit()
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client
