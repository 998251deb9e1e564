"""Signing in: passwords, the second step, and how long a browser stays signed in."""

import re
import time
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from passlib.totp import TOTP
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.passwords import objection
from app.accounts.roles import Role
from app.kernel.clock import LONDON
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.factories.accounts import PASSWORD

START = datetime(2026, 11, 23, 9, 0, tzinfo=LONDON)
NEW = "orange violin hedgehog"


@pytest.fixture
def app(sqlite_app):
    """Pages are tested on one engine."""
    return sqlite_app


def email_of(app, role=Role.SEND_OFFICER) -> str:
    with app.app_context():
        return db.session.scalars(select(User.email).where(User.role == role)).first()


def enter(app, email, password=PASSWORD, **more):
    browser = app.test_client()
    return browser, browser.post("/sign-in", data={"email": email, "password": password}, **more)


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("short", "too short"),
        ("x" * 200, "too long"),
        ("password1234", "easy to guess"),
        ("Winchester2026", "easy to guess"),
        ("Amara Okafor 1", "easy to guess"),
        (NEW, None),
    ],
)
def test_a_password_is_long_and_not_widely_known(password, refused):
    found = objection(password, ("Amara Okafor", "amara@hants.example"))
    assert found is None if refused is None else refused in found


def test_a_password_is_changed_once_the_present_one_is_given(app):
    browser = signed_in(app, Role.SEND_OFFICER)
    email = email_of(app)
    wrong = {"password": "not it at all", "new_password": NEW, "new_password_confirm": NEW}
    assert "The password is wrong" in browser.post("/account/password", data=wrong).text
    weak = wrong | {"password": PASSWORD, "new_password": "password1234"}
    assert (
        "easy to guess"
        in browser.post(
            "/account/password", data=weak | {"new_password_confirm": "password1234"}
        ).text
    )
    browser.post("/account/password", data=wrong | {"password": PASSWORD})
    assert enter(app, email)[1].status_code == 200
    assert enter(app, email, NEW)[1].status_code == 302


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(app, tmp_path):
    signed_in(app, Role.SEND_OFFICER)
    email = email_of(app)
    visitor = app.test_client()
    asked = visitor.post("/forgotten-password", data={"email": email}).text
    unknown = visitor.post("/forgotten-password", data={"email": "nobody@example.org"}).text
    assert "Look at your email" in asked
    assert "Look at your email" in unknown  # the answer does not tell who has an account
    [letter] = (tmp_path / "mail").glob("*.eml")
    body = message_from_bytes(letter.read_bytes(), policy=default).get_content()
    link = re.search(r"(/forgotten-password/\S+)", body).group(1)
    both = {"password": NEW, "password_confirm": NEW}
    assert visitor.post(link, data=both).status_code == 302
    assert enter(app, email, NEW)[1].status_code == 302
    other = {"password": "purple teapot meadow", "password_confirm": "purple teapot meadow"}
    visitor.post(link, data=other)
    assert enter(app, email, "purple teapot meadow")[1].status_code == 200


def set_up_two_steps(browser, validate=r"/account/two-step/[^\"]+") -> TOTP:
    """Set an authenticator app up, as its owner does; returns the app."""
    page = browser.post("/account/two-step", data={"setup": "authenticator"}).text
    key = re.search(r"fp-code\">([^<]+)<", page).group(1)
    target = re.search(rf"action=\"({validate})\"", page).group(1)
    phone = TOTP(key=key.replace("-", ""))
    assert browser.post(target, data={"code": phone.generate().token}).status_code == 302
    return phone


def next_code(phone: TOTP) -> str:
    """The code that the phone shows next: the present one was used to set it up."""
    return phone.generate(time=int(time.time()) + 30).token


def test_with_a_second_step_a_password_alone_opens_nothing(app):
    phone = set_up_two_steps(signed_in(app, Role.SEND_OFFICER))
    browser, answer = enter(app, email_of(app))
    assert answer.location.startswith("/sign-in/code")
    assert browser.get("/children/").status_code == 302
    assert "6 figures" in browser.post("/sign-in/code", data={"code": "000000"}).text
    browser.post("/sign-in/code", data={"code": next_code(phone)})
    assert browser.get("/children/").status_code == 200


def test_a_code_works_once_even_within_its_time(app):
    phone = set_up_two_steps(signed_in(app, Role.SEND_OFFICER))
    code = next_code(phone)
    first, _ = enter(app, email_of(app))
    first.post("/sign-in/code", data={"code": code})
    assert first.get("/children/").status_code == 200
    onlooker, _ = enter(app, email_of(app))
    assert "6 figures" in onlooker.post("/sign-in/code", data={"code": code}).text
    assert onlooker.get("/children/").status_code == 302


def test_the_owner_hears_of_a_code_that_is_used_a_second_time(app, tmp_path):
    phone = set_up_two_steps(signed_in(app, Role.SEND_OFFICER))
    code = next_code(phone)
    for _ in range(2):
        enter(app, email_of(app))[0].post("/sign-in/code", data={"code": code})
    letters = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in (tmp_path / "mail").iterdir()
    ]
    (told,) = [each for each in letters if each["Subject"] == "A code was used twice"]
    assert told["To"] == email_of(app)
    assert code not in told.get_content()


def test_a_person_hears_by_email_of_a_change_to_the_second_step(app, tmp_path):
    set_up_two_steps(signed_in(app, Role.SEND_OFFICER))
    letters = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in (tmp_path / "mail").iterdir()
    ]
    (told,) = [each for each in letters if "was changed" in each["Subject"]]
    assert told["To"] == email_of(app)
    assert "If it was not you" in told.get_content()


def test_a_recovery_code_stands_in_for_the_phone_once(app):
    owner = signed_in(app, Role.SEND_OFFICER)
    set_up_two_steps(owner)
    made = owner.post("/account/recovery-codes", data={"generate_new_codes": "y"}).text
    code = re.search(r"<li class=\"fp-code\">([^<]+)<", made).group(1)
    assert re.fullmatch(r"([a-z2-9]{4}-){5}[a-z2-9]{4}", code)
    browser, _ = enter(app, email_of(app))
    browser.post("/sign-in/recovery-code", data={"code": code})
    assert browser.get("/children/").status_code == 200
    again, _ = enter(app, email_of(app))
    again.post("/sign-in/recovery-code", data={"code": code})
    assert again.get("/children/").status_code == 302


def test_a_role_that_needs_it_sets_the_second_step_up_before_anything_else(app):
    app.config["TWO_STEP_ROLES"] = {"send_officer"}
    browser = signed_in(app, Role.SEND_OFFICER)
    assert browser.get("/children/").status_code == 302
    set_up_two_steps(browser, validate="/sign-in/code")
    assert browser.get("/children/").status_code == 200
    assert signed_in(app, Role.FINANCE).get("/").status_code == 200


@pytest.mark.parametrize(("rest", "stays"), [(25, True), (35, False)])
def test_a_browser_that_rests_too_long_is_signed_out(app, time_machine, rest, stays):
    time_machine.move_to(START)
    browser = signed_in(app, Role.SEND_OFFICER)
    time_machine.move_to(START + timedelta(minutes=rest))
    answer = browser.get("/children/")
    assert (answer.status_code == 200) is stays
    if not stays:
        assert "next=" in answer.location
        assert "not used for a while" in browser.get(answer.location).text


def test_however_busy_a_browser_is_signed_out_at_last(app, time_machine):
    time_machine.move_to(START)
    browser = signed_in(app, Role.SEND_OFFICER)
    for third in range(1, 36):
        time_machine.move_to(START + timedelta(minutes=20 * third))
        assert browser.get("/account/").status_code == 200
    time_machine.move_to(START + timedelta(minutes=20 * 36 + 5))
    assert browser.get("/account/").status_code == 302


def test_a_person_signs_out_another_browser_of_their_own_and_nobody_elses(app):
    here = signed_in(app, Role.SEND_OFFICER)
    there, _ = enter(app, email_of(app), headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/1"})
    assert "Safari on iPhone" in here.get("/account/").text
    stranger = signed_in(app, Role.FINANCE)
    assert stranger.post("/account/sessions/2/end").status_code == 404
    assert there.get("/").status_code == 200
    here.post("/account/sessions/2/end")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_signing_out_everywhere_else_leaves_only_this_browser(app):
    here = signed_in(app, Role.SEND_OFFICER)
    others = [enter(app, email_of(app))[0] for _ in range(2)]
    assert "2 other places" in here.post("/account/sessions/end-others", follow_redirects=True).text
    assert [other.get("/").status_code for other in others] == [302, 302]
    assert here.get("/").status_code == 200
