"""Signed links: each serves one purpose, until it expires, and no token serves for another."""

from datetime import timedelta
from itertools import permutations

import pytest
from flask_security.recoverable import generate_reset_password_token

from app.accounts import people
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from app.links import DeadLink, Purpose, subject_of, token_for
from app.web import known_browsers
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider

PAGES = {
    Purpose.ANSWER_ENQUIRY: "/answers/link/{}",
    Purpose.CONFIRM_CAPACITY: "/capacity/link/{}",
    Purpose.SET_PASSWORD: "/portal/people/join/{}",
    "reset": "/forgotten-password/{}",
    "passkey": "/sign-in/passkey/{}",
}


@pytest.fixture
def app(app_on_sqlite):
    """Links are the same on both engines."""
    return app_on_sqlite


@pytest.mark.parametrize(("made_for", "tried_as"), list(permutations(Purpose, 2)))
def test_a_link_for_one_purpose_is_refused_for_every_other(context, made_for, tried_as):
    assert subject_of(made_for, token_for(made_for, 1)) == 1
    with pytest.raises(DeadLink, match="not complete"):
        subject_of(tried_as, token_for(made_for, 1))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_expires(context, purpose, time_machine):
    time_machine.move_to(now(), tick=False)
    token = token_for(purpose, 1)
    time_machine.move_to(now() + timedelta(days=purpose.days) - timedelta(minutes=1))
    assert subject_of(purpose, token) == 1
    time_machine.move_to(now() + timedelta(minutes=2))
    with pytest.raises(DeadLink, match="expired"):
        subject_of(purpose, token)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_that_was_altered_or_signed_with_another_key_is_refused(context, purpose):
    token = token_for(purpose, 1)
    for altered in (token[:-1], "x" + token, token.replace(".", "", 1), ""):
        with pytest.raises(DeadLink):
            subject_of(purpose, altered)
    context.config["SECRET_KEY"] = "another"
    with pytest.raises(DeadLink):
        subject_of(purpose, token)


def tokens(app) -> dict[str, str]:
    """One of every kind that the site signs."""
    security = app.extensions["security"]
    invitation = people.invite(make_provider(), email="pat@provider.example", name="Pat")
    return {
        **{purpose: token_for(purpose, invitation.id) for purpose in Purpose},
        "reset": generate_reset_password_token(make_user()),
        "passkey": security.wan_serializer.dumps({"challenge": "x", "user_verification": False}),
        "second step": security.tf_setup_serializer.dumps({"method": "authenticator"}),
        "known browser": known_browsers._signer().dumps({"mark": "x", "accounts": [1]}),
    }


def test_no_token_of_the_site_opens_the_page_of_another(app):
    with app.app_context(), audit.acting(TESTER, "test"):
        signed = tokens(app)
        db.session.commit()
    for kind, page in PAGES.items():
        for other, token in signed.items():
            if other == kind:
                continue
            answer = app.test_client().get(page.format(token))
            refused = answer.status_code in (302, 404, 405, 409, 410)
            assert refused or "does not work" in answer.text, f"{other} opens {kind}"
    opened = app.test_client().get(PAGES[Purpose.SET_PASSWORD].format(signed["set-password"]))
    assert opened.status_code == 200
