"""Confirming anew who one is, before anything about getting into the account is changed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.passkeys import Passkey
from app.accounts.roles import Role
from app.accounts.sessions import SignInSession
from app.config import settings_from
from app.kernel.clock import LONDON
from app.kernel.database import db
from tests.app.web.test_account import email_of, enter, set_up_two_steps
from tests.app.web.visitors import signed_in
from tests.factories.accounts import PASSWORD

START = datetime(2026, 11, 23, 9, 0, tzinfo=LONDON)
ASKED = "/account/confirm?next="
PAGES = ("/account/passkeys", "/account/recovery-codes", "/account/passkeys/1/remove")
SENT = {
    "/account/two-step": {"setup": "authenticator"},
    "/account/passkeys": {"name": "Laptop", "usage": "first"},
    "/account/passkeys/remove": {"name": "Work laptop"},
    "/account/recovery-codes": {"generate_new_codes": "y"},
    "/account/sessions/2/end": {},
    "/account/sessions/end-others": {},
}


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine."""
    return app_on_sqlite


@pytest.fixture
def owner(app, given, time_machine):
    """The browser of somebody with a passkey and another session, twelve minutes after."""
    time_machine.move_to(START)
    browser = signed_in(app, Role.SEND_OFFICER)
    enter(app, email_of(app))
    with given():
        user = db.session.scalars(select(User)).one()
        user.fs_webauthn_user_handle = "handle"
        user.webauthn.append(
            Passkey(
                name="Work laptop", credential_id=b"1", public_key=b"1", sign_count=0,
                device_type="single_device", backup_state=False, usage="first",
                transports=[], lastuse_datetime=START, added_at=START,
            )
        )  # fmt: skip
    time_machine.move_to(START + timedelta(minutes=12))
    return browser


def state(app):
    """What could have been changed."""
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        lasting = select(SignInSession).where(SignInSession.ended_at.is_(None))
        return (
            [row.name for row in user.webauthn],
            user.tf_primary_method,
            user.mf_recovery_codes,
            len(db.session.scalars(lasting).all()),
        )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_for_changing_the_way_in_asks_first_and_leads_back(owner, page):
    answer = owner.get(page)
    assert answer.location == f"{ASKED}{page}"
    asking = owner.get(answer.location).text
    assert "Confirm that it is you" in asking
    assert 'name="password"' in asking
    back = owner.post("/account/confirm", data={"password": PASSWORD, "next": page})
    assert back.location.endswith(page)
    assert owner.get(page).status_code == 200


@pytest.mark.parametrize(("address", "sent"), SENT.items())
def test_what_is_sent_late_changes_nothing_until_the_password_is_given(app, owner, address, sent):
    before = state(app)
    answer = owner.post(address, data=sent)
    assert answer.location.startswith(ASKED)
    assert "Nothing was changed yet" in owner.get(answer.location).text
    wrong = owner.post("/account/confirm", data={"password": "not it at all"})
    assert "The password is wrong" in wrong.text
    assert owner.post(address, data=sent).location.startswith(ASKED)
    assert state(app) == before
    owner.post("/account/confirm", data={"password": PASSWORD})
    assert ASKED not in (owner.post(address, data=sent).location or "")


def test_after_the_password_a_passkey_is_removed_and_other_sessions_end(app, owner):
    owner.post("/account/confirm", data={"password": PASSWORD})
    owner.post("/account/passkeys/remove", data={"name": "Work laptop"})
    owner.post("/account/sessions/end-others")
    assert state(app) == ([], None, None, 1)


def test_the_proof_lasts_for_some_minutes_however_often_it_is_used(owner, time_machine):
    owner.post("/account/confirm", data={"password": PASSWORD})
    for minutes in (15, 19, 21):
        time_machine.move_to(START + timedelta(minutes=minutes))
        assert owner.get("/account/passkeys").status_code == 200
    time_machine.move_to(START + timedelta(minutes=23))
    assert owner.get("/account/passkeys").location.startswith(ASKED)


def test_just_signed_in_nothing_is_asked_twice(app):
    set_up_two_steps(signed_in(app, Role.SEND_OFFICER))


def test_guessing_the_password_at_this_page_is_held_up(app, owner):
    app.config["ACCOUNT_LIMIT"] = "5 per 5 minutes"
    tries = [
        owner.post("/account/confirm", data={"password": f"guess {n}"}).status_code
        for n in range(8)
    ]
    assert tries[0] == 200
    assert tries[-1] == 429


def test_the_way_on_leads_to_no_other_site(owner):
    sent = {"password": PASSWORD, "next": "https://evil.example/"}
    assert owner.post("/account/confirm", data=sent).status_code == 400


def test_the_time_is_a_setting_and_cannot_be_switched_off(tmp_path):
    assert settings_from({}, tmp_path)["SECURITY_FRESHNESS"] == timedelta(minutes=10)
    given = {"FAIRPLACE_CONFIRM_MINUTES": "3"}
    assert settings_from(given, tmp_path)["SECURITY_FRESHNESS"] == timedelta(minutes=3)
    with pytest.raises(ValueError, match="FAIRPLACE_CONFIRM_MINUTES"):
        settings_from({"FAIRPLACE_CONFIRM_MINUTES": "-1"}, tmp_path)


def test_unused_for_half_an_hour_is_the_default(tmp_path):
    assert settings_from({}, tmp_path)["SESSION_IDLE_MINUTES"] == 30
    given = {"FAIRPLACE_SESSION_IDLE_MINUTES": "15"}
    assert settings_from(given, tmp_path)["SESSION_IDLE_MINUTES"] == 15
