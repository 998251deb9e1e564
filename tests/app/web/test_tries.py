"""How often it may be tried to get into an account: guessing fails, and nobody is shut out."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from app.accounts.holds import SignInHold
from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import AuditEvent
from app.kernel.clock import now
from app.kernel.database import db
from tests.app.web.test_account import NEW, next_code, set_up_two_steps
from tests.app.web.visitors import signed_in
from tests.factories.accounts import PASSWORD

HOME, ATTACKER = "198.51.100.7", "203.0.113.66"


@pytest.fixture
def app(sqlite_app):
    """Three tries for an account from one place, six from all; ten from one address."""
    sqlite_app.config["ACCOUNT_LIMIT"] = "3 per 5 minutes"
    sqlite_app.config["STRANGERS_LIMIT"] = "6 per hour"
    sqlite_app.config["SIGN_IN_LIMIT"] = "10 per 10 minutes"
    return sqlite_app


@pytest.fixture
def owner(app):
    """The browser of somebody with an account, which has signed in and out."""
    browser = signed_in(app, Role.SEND_OFFICER)
    browser.post("/sign-out")
    return browser


@pytest.fixture
def email(app, owner):
    with app.app_context():
        return db.session.scalar(select(User.email))


def guess(app, email, address=ATTACKER, password="not the password", browser=None, page="/sign-in"):
    browser = browser or app.test_client()
    sent = {"email": email, "password": password}
    return browser.post(page, data=sent, environ_base={"REMOTE_ADDR": address})


def test_guessing_from_one_place_is_held_up_and_says_when_to_try_again(app, email, time_machine):
    time_machine.move_to(now(), tick=False)
    answers = [guess(app, email) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert re.search(r"try again in \d+ minutes?, at \d+ \w+ \d{4} at", answers[-1].text)
    wait = int(answers[-1].headers["Retry-After"])
    assert 0 < wait <= 300
    time_machine.move_to(now() + timedelta(seconds=wait - 2), tick=False)
    assert guess(app, email, password=PASSWORD).status_code == 429
    time_machine.move_to(now() + timedelta(seconds=3), tick=False)
    assert guess(app, email, password=PASSWORD).status_code == 302


def test_where_two_counts_are_used_up_the_longer_wait_is_told(app, email):
    app.config["ACCOUNT_LIMIT"] = "3 per 5 minutes; 3 per hour"
    last = [guess(app, email) for _ in range(4)][-1]
    assert 3500 < int(last.headers["Retry-After"]) <= 3600
    assert re.search(r"try again in 6[01] minutes", last.text)


def test_an_attacker_elsewhere_cannot_lock_the_owner_out(app, email, owner):
    for number in range(12):
        guess(app, email, address=f"203.0.113.{number}")
    assert guess(app, email, "203.0.113.99", PASSWORD).status_code == 429  # the account is watched
    assert guess(app, email, HOME, PASSWORD, owner).status_code == 302


def test_an_attacker_at_the_owners_own_address_cannot_lock_the_owner_out(app, email, owner):
    for _ in range(5):
        guess(app, email, HOME)
    assert guess(app, email, HOME, PASSWORD).status_code == 429
    assert guess(app, email, HOME, PASSWORD, owner).status_code == 302


def test_the_owner_gets_in_with_a_new_browser_by_a_link_in_email(app, email, owner, tmp_path):
    for number in range(12):
        guess(app, email, address=f"203.0.113.{number}")
    new = app.test_client()
    refused = guess(app, email, HOME, PASSWORD, new)
    assert refused.status_code == 429
    assert "choose a new password by email" in refused.text
    new.post("/forgotten-password", data={"email": email})
    [letter] = (tmp_path / "mail").glob("*.eml")
    body = message_from_bytes(letter.read_bytes(), policy=default).get_content()
    link = re.search(r"(/forgotten-password/\S+)", body).group(1)
    new.post(link, data={"password": NEW, "password_confirm": NEW})
    assert guess(app, email, HOME, NEW, new).status_code == 302


def test_a_browser_known_for_one_account_is_a_stranger_to_another(app, email, owner):
    attacker = signed_in(app, Role.FINANCE)
    attacker.post("/sign-out")
    codes = [
        guess(app, email, f"203.0.113.{number}", browser=attacker).status_code
        for number in range(7)
    ]
    assert codes == [200] * 6 + [429]


def test_a_mark_that_was_made_up_makes_no_browser_known(app, email):
    codes = []
    for number in range(5):
        browser = app.test_client()
        browser.set_cookie("known_browser", f"eyJtYXJrIjoi{number}In0.forged")
        codes.append(guess(app, email, browser=browser).status_code)
    assert codes == [200, 200, 200, 429, 429]


def test_guessing_at_many_accounts_from_one_address_is_held_up(app):
    codes = [guess(app, f"person{number}@nowhere.example").status_code for number in range(11)]
    assert codes == [200] * 10 + [429]


def test_signing_in_rightly_is_never_counted(app, email):
    codes = {guess(app, email, HOME, PASSWORD).status_code for _ in range(12)}
    assert codes == {302}


def test_the_answer_does_not_tell_whether_an_account_exists(app, email):
    there, nowhere = (
        [guess(app, each, place) for _ in range(4)]
        for each, place in ((email, "192.0.2.1"), ("nobody@example.org", "192.0.2.2"))
    )
    assert [a.status_code for a in there] == [a.status_code for a in nowhere] == [200] * 3 + [429]
    plain = [
        re.sub(r"nonce=\"[^\"]+\"|value=\"[^\"]+\"|at \d+[^<]+|in \d+ minutes?", "", answer.text)
        for answer in (there[0], nowhere[0], there[-1], nowhere[-1])
    ]
    assert plain[0] == plain[1]
    assert plain[2] == plain[3]


def test_how_the_address_is_written_makes_no_new_count(app, email):
    ways = (email, email.upper(), f" {email} ", email.title())
    assert [guess(app, each).status_code for each in ways] == [200, 200, 200, 429]


def test_one_visitor_has_a_whole_network_of_the_new_addresses(app, email):
    codes = [guess(app, email, f"2001:db8:1:2::{number}").status_code for number in range(4)]
    assert codes == [200, 200, 200, 429]


def test_guessing_at_the_second_step_is_held_up_and_the_owner_gets_in(app, email, owner):
    guess(app, email, HOME, PASSWORD, owner)
    phone = set_up_two_steps(owner)
    owner.post("/sign-out")
    thief = app.test_client()
    guess(app, email, ATTACKER, PASSWORD, thief)
    codes = [
        thief.post(page, data={"code": "000000"}, environ_base={"REMOTE_ADDR": ATTACKER})
        for page in ("/sign-in/code", "/sign-in/recovery-code", "/sign-in/code", "/sign-in/code")
    ]
    assert [answer.status_code for answer in codes] == [200, 200, 200, 429]
    guess(app, email, HOME, PASSWORD, owner)
    sent = {"code": next_code(phone)}
    assert owner.post("/sign-in/code", data=sent).status_code == 302
    assert owner.get("/children/").status_code == 200


def test_somebody_at_an_open_browser_cannot_guess_at_the_present_password(app, owner, email):
    guess(app, email, HOME, PASSWORD, owner)
    wrong = {"password": "not it at all", "new_password": NEW, "new_password_confirm": NEW}
    codes = [owner.post("/account/password", data=wrong).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_nobody_is_flooded_with_letters_and_the_answer_stays_the_same(app, email, tmp_path):
    for number in range(6):
        place = {"REMOTE_ADDR": f"203.0.113.{number}"}
        asked = app.test_client().post(
            "/forgotten-password", data={"email": email}, environ_base=place
        )
        assert "Look at your email" in asked.text
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 5


def test_each_try_to_recover_counts_whether_or_not_there_is_an_account(app, email):
    for each, place in ((email, HOME), ("nobody@example.org", ATTACKER)):
        codes = [guess(app, each, place, page="/forgotten-password").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]


def test_links_to_choose_a_password_are_not_guessed_at(app):
    codes = [
        app.test_client().get("/forgotten-password/made-up").status_code,
        *(app.test_client().post("/join/set-password/made-up").status_code for _ in range(2)),
    ]
    assert 429 not in codes


def test_repeated_failures_are_in_the_trail_once_and_shown_to_the_owner(app, email, owner):
    for _ in range(8):
        guess(app, email)
    with app.app_context():
        [hold] = db.session.scalars(select(SignInHold))
        assert (hold.step, hold.came_from) == ("password", ATTACKER)
        user_id = db.session.scalar(select(User.id))
        assert hold.user_id == user_id
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "sign_in_hold"))
        assert (event.actor_name, event.action) == ("Sign-in page", "account:hold")
        assert ATTACKER not in str(event.changes)
    guess(app, email, HOME, PASSWORD, owner)
    assert "Repeated tries to sign in as you" in owner.get("/account/").text


def test_the_link_in_email_goes_to_our_own_address_whatever_host_was_asked(app, email, tmp_path):
    asked = {"email": email}
    app.test_client().post("/forgotten-password", data=asked, base_url="http://evil.example")
    [letter] = (tmp_path / "mail").glob("*.eml")
    body = message_from_bytes(letter.read_bytes(), policy=default).get_content()
    assert "evil.example" not in body
    assert "http://127.0.0.1:8000/forgotten-password/" in body
