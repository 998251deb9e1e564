"""Signing in by the council's own OpenID provider, run on loopback with keys of its own."""

import base64
import json
import shutil
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from app.accounts.models import CouncilIdentity, User
from app.accounts.roles import Role
from app.config import InsecureSettings, settings_from
from app.factory import create_app
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from tests.app.test_config import sound_settings
from tests.app.web.openid_provider import CLIENT, SECRET, Person, run, settings_of
from tests.app.web.visitors import signed_in
from tests.conftest import settings
from tests.factories.accounts import PASSWORD

BACK = "http://127.0.0.1:8000/sign-in/council/back"


def person(sub="7f3a", groups=("send-team",), **more) -> Person:
    claims = {"name": "Ada Officer", "email": "ada@council.example", "email_verified": True}
    return Person(sub, claims | {"groups": list(groups)} | more)


@pytest.fixture(scope="module")
def provider():
    """The council's provider, served once; each test sets who comes."""
    with run(BACK) as council:
        yield council


@pytest.fixture
def council(provider):
    provider.person, provider.faults = person(), lambda claims: claims
    provider.signing_key, provider.algorithm, provider.in_token = None, "RS256", True
    return provider


@pytest.fixture
def app(sqlite_template, council, tmp_path):
    """The application of a council that has a provider."""
    shutil.copyfile(sqlite_template, tmp_path / "council.db")
    app = create_app(
        settings(f"sqlite:///{tmp_path / 'council.db'}", tmp_path)
        | {"COUNCIL": settings_of(council)}
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def come(app, browser=None, start="/sign-in/council", change=lambda way: way):
    """Go to the provider and come back, as a browser does; returns the browser and the answer."""
    browser = browser or app.test_client()
    sent_off = browser.get(start)
    assert sent_off.status_code == 302, sent_off.text
    way = requests.get(sent_off.location, allow_redirects=False, timeout=10).headers["Location"]
    assert way.startswith(BACK), way
    parts = urlsplit(change(way))
    return browser, browser.get(f"{parts.path}?{parts.query}")


def is_in(browser) -> bool:
    return browser.get("/account/").status_code == 200


def users(app) -> list[User]:
    with app.app_context():
        return list(db.session.scalars(select(User).order_by(User.id)))


def test_a_first_sign_in_makes_the_account_with_the_role_of_the_group(app, council):
    browser, answer = come(app)
    assert answer.location == "/"
    assert is_in(browser)
    [user] = users(app)
    assert (user.name, user.email, user.role) == (
        "Ada Officer", "ada@council.example", Role.SEND_OFFICER,
    )  # fmt: skip
    with app.app_context():
        created = select(AuditEvent).where(AuditEvent.subject == "council_identity")
        assert db.session.scalars(created).one().action == "account:council"


def test_the_browser_is_sent_off_with_pkce_state_and_nonce(app):
    asked = parse_qs(urlsplit(app.test_client().get("/sign-in/council").location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [BACK]
    assert {"code_challenge", "state", "nonce"} <= set(asked)


def test_the_way_goes_on_to_the_page_that_was_asked_for_and_to_no_other_site(app):
    assert come(app, start="/sign-in/council?next=/children/")[1].location == "/children/"
    assert app.test_client().get("/sign-in/council?next=//evil.example/").location == (
        "/sign-in/council"
    )


def test_the_role_follows_the_groups_at_each_sign_in(app, council):
    come(app)
    council.person = person(groups=["anything", "send-team", "fairplace-leads"], name="Ada Lead")
    come(app)
    [user] = users(app)
    assert (user.role, user.name) == (Role.AP_LEAD, "Ada Lead")


@pytest.mark.parametrize("groups", [[], ["gardening"]])
def test_nobody_without_a_group_of_ours_gets_an_account(app, council, groups):
    council.person = person(groups=groups)
    browser, answer = come(app)
    assert "in no group that may use Fairplace" in browser.get(answer.location).text
    assert not is_in(browser)
    assert users(app) == []


def test_whoever_has_left_is_shut_out_everywhere_and_let_in_again_on_return(app, council):
    open_browser, _ = come(app)
    council.person = person(groups=[])
    come(app)
    assert not is_in(open_browser)
    assert [user.active for user in users(app)] == [False]
    council.person = person()
    browser, _ = come(app)
    assert is_in(browser)
    assert len(users(app)) == 1


def test_an_account_that_an_administrator_closed_stays_closed(app, council):
    come(app)
    with app.app_context():
        db.session.execute(db.text("UPDATE user_account SET active = :no"), {"no": False})
        db.session.commit()
    browser, answer = come(app)
    assert "account was closed" in browser.get(answer.location).text
    assert not is_in(browser)


def test_groups_that_only_the_provider_tells_on_asking_are_asked_for(app, council):
    council.in_token = False
    assert is_in(come(app)[0])


def test_a_password_never_opens_such_an_account_and_no_link_is_sent(app, council, tmp_path):
    come(app)
    visitor = app.test_client()
    for word in (PASSWORD, ""):
        visitor.post("/sign-in", data={"email": "ada@council.example", "password": word})
        assert not is_in(visitor)
    asked = visitor.post("/forgotten-password", data={"email": "ada@council.example"})
    assert "Look at your email" in asked.text
    assert list((tmp_path / "mail").glob("*.eml")) == []


def test_such_an_account_gets_no_other_way_in_of_its_own(app, council):
    browser, _ = come(app)
    page = browser.get("/account/").text
    assert "no password of its own" in page
    for address in ("/account/password", "/account/two-step", "/account/recovery-codes"):
        assert browser.get(address).status_code == 403
        assert address not in page


def test_no_second_step_of_ours_is_asked_for_after_the_councils(app, council):
    app.config["TWO_STEP_ROLES"] = {"send_officer"}
    assert is_in(come(app)[0])


def shift(**changed):
    return lambda claims: {name: v for name, v in (claims | changed).items() if v is not None}


FAULTS = {
    "a nonce of another sign-in": shift(nonce="of another sign-in"),
    "no nonce": shift(nonce=None),
    "for another application": shift(aud="payroll"),
    "for others as well, and another asked": shift(aud=[CLIENT, "payroll"], azp="payroll"),
    "from another provider": shift(iss="https://evil.example"),
    "expired": shift(exp=int(time.time()) - 600),
    "without an end": shift(exp=None),
    "about nobody": shift(sub=None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_that_does_not_prove_it_opens_nothing(app, council, fault):
    council.faults = FAULTS[fault]
    refused(app)


def refused(app, **how):
    browser, answer = come(app, **how)
    assert "did not work" in browser.get(answer.location).text
    assert not is_in(browser)
    assert users(app) == []


def test_a_token_signed_with_another_key_opens_nothing(app, council):
    council.signing_key = RSAKey.generate_key(2048, {"kid": "1"})
    refused(app)


def test_a_token_signed_with_the_shared_secret_opens_nothing(app, council):
    council.algorithm = "HS256"
    council.signing_key = OctKey.import_key(SECRET, {"kid": "1"})
    refused(app)


def test_a_token_without_a_signature_opens_nothing(app, council, monkeypatch):
    def bare(_header, claims, _key, algorithms):
        parts = ({"alg": "none", "typ": "JWT"}, claims)
        coded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
        return b".".join([*coded, b""]).decode()

    monkeypatch.setattr("tests.app.web.openid_provider.jwt.encode", bare)
    refused(app)


def test_an_answer_that_was_not_asked_for_opens_nothing(app):
    other = app.test_client()  # its owner is sent the attacker's answer
    other.get("/sign-in/council")
    sent_off = app.test_client().get("/sign-in/council")
    way = requests.get(sent_off.location, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(way)
    other.get(f"{parts.path}?{parts.query}")
    assert not is_in(other)
    assert users(app) == []


def test_a_code_works_once_and_in_the_browser_that_asked(app):
    seen = []
    browser, _ = come(app, change=lambda way: seen.append(way) or way)
    parts = urlsplit(seen[0])
    browser.post("/sign-out")
    browser.get(f"{parts.path}?{parts.query}")
    assert not is_in(browser)


def test_a_refusal_of_the_provider_is_told_in_words(app):
    refused(app, change=lambda way: f"{BACK}?error=access_denied&state=x")


def test_a_provider_that_is_away_is_told_in_words(app):
    app.extensions["council"]._server_metadata_url = "http://127.0.0.1:9/none"
    browser = app.test_client()
    answer = browser.get("/sign-in/council")
    assert "did not work" in browser.get(answer.location).text


def local(app, role=Role.SEND_OFFICER):
    return signed_in(app, role, email="ada@council.example")


def test_an_account_is_taken_over_where_the_provider_vouches_for_the_address(app, council):
    old = local(app)
    browser, _ = come(app)
    assert is_in(browser)
    assert not is_in(old)
    [user] = users(app)
    assert user.password != PASSWORD


@pytest.mark.parametrize(("role", "vouched"), [(Role.SEND_OFFICER, False), (Role.PROVIDER, True)])
def test_an_account_is_not_taken_over_otherwise(app, council, role, vouched):
    own = local(app, role)
    council.person = person(email_verified=vouched)
    browser, answer = come(app)
    assert "exists already" in browser.get(answer.location).text
    assert not is_in(browser)
    assert is_in(own)


def test_the_owner_connects_an_account_that_is_not_vouched_for(app, council):
    council.person = person(email_verified=False)
    own = local(app)
    assert "/account/council" in own.get("/account/").text
    come(app, own, start="/account/council")
    assert "no password of its own" in own.get("/account/").text
    assert is_in(come(app)[0])
    assert len(users(app)) == 1


def test_nobody_connects_an_account_of_another_address(app, council):
    council.person = person(email="mallory@council.example")
    own = local(app)
    _, answer = come(app, own, start="/account/council")
    assert "another email address" in own.get(answer.location).text
    with app.app_context():
        assert db.session.scalars(select(CouncilIdentity)).all() == []


def test_an_address_that_another_account_has_is_not_taken_over_later(app, council):
    come(app)
    signed_in(app, Role.FINANCE, email="boss@council.example")
    council.person = person(email="boss@council.example")
    come(app)
    assert [user.email for user in users(app)] == ["ada@council.example", "boss@council.example"]


def later(app):
    """A browser that came by the council, whose proof has grown old."""
    browser, _ = come(app)
    with browser.session_transaction() as kept:
        kept["fs_paa"] = time.time() - 3600
    return browser


def asked(claims):
    return claims | {"auth_time": int(time.time())}


def test_before_ending_sessions_the_council_asks_anew_who_one_is(app, council):
    browser, (other, _) = later(app), come(app)
    answer = browser.post("/account/sessions/end-others")
    page = browser.get(answer.location).text
    assert "/account/council/confirm" in page
    assert 'name="password"' not in page
    assert is_in(other)
    sent_off = browser.get("/account/council/confirm").location
    query = parse_qs(urlsplit(sent_off).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    council.faults = asked
    _, back = come(app, browser, start="/account/council/confirm?next=/account/")
    assert back.location == "/account/"
    browser.post("/account/sessions/end-others")
    assert not is_in(other)


@pytest.mark.parametrize(
    "faults",
    [
        lambda claims: claims,
        lambda claims: claims | {"auth_time": int(time.time()) - 900},
        lambda claims: claims | {"auth_time": "just now"},
        lambda claims: asked(claims) | {"sub": "somebody else"},
    ],
    ids=["does not tell", "answered from memory", "tells nonsense", "another person"],
)
def test_an_answer_that_does_not_prove_the_owner_anew_opens_nothing(app, council, faults):
    browser, (other, _) = later(app), come(app)
    council.faults = faults
    _, back = come(app, browser, start="/account/council/confirm")
    assert "did not work" in browser.get(back.location).text
    assert browser.post("/account/sessions/end-others").location.startswith("/account/confirm")
    assert is_in(other)


def test_reconciling_closes_whoever_is_not_in_the_file(app, council, tmp_path):
    browser, _ = come(app)
    council.person = person("8c", name="Ben Leaver", email="ben@council.example")
    leaver, _ = come(app)
    password = signed_in(app, Role.ADMINISTRATOR)
    file = tmp_path / "there.csv"
    file.write_text("email\nADA@council.example\n")
    run_command = app.test_cli_runner().invoke
    dry = run_command(args=["accounts", "reconcile", str(file)])
    assert "ben@council.example" in dry.output
    assert "1 account to close" in dry.output
    assert is_in(leaver)
    many = run_command(args=["accounts", "reconcile", str(file), "--close", "--at-most", "0"])
    assert many.exit_code == 1
    assert is_in(leaver)
    assert run_command(args=["accounts", "reconcile", str(file), "--close"]).exit_code == 0
    assert (is_in(browser), is_in(leaver), is_in(password)) == (True, False, True)
    file.write_text("")
    assert "names nobody" in run_command(args=["accounts", "reconcile", str(file)]).output


def test_without_a_provider_there_is_no_such_way(sqlite_app):
    browser = sqlite_app.test_client()
    assert "council account" not in browser.get("/sign-in").text
    assert browser.get("/sign-in/council").status_code == 404
    assert browser.get("/sign-in/council/back").status_code == 404


GIVEN = {
    "FAIRPLACE_OIDC_URL": "https://login.council.example/.well-known/openid-configuration",
    "FAIRPLACE_OIDC_CLIENT_ID": "fairplace",
    "FAIRPLACE_OIDC_CLIENT_SECRET": "a secret",
    "FAIRPLACE_OIDC_ROLES": '{"fairplace-leads": "ap_lead", "send-team": "send_officer"}',
}


def test_the_provider_is_set_by_the_environment(tmp_path):
    assert settings_from(GIVEN, tmp_path)["COUNCIL"]["roles"] == {
        "fairplace-leads": Role.AP_LEAD,
        "send-team": Role.SEND_OFFICER,
    }
    assert settings_from({}, tmp_path)["COUNCIL"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"FAIRPLACE_OIDC_CLIENT_SECRET": ""},
        {"FAIRPLACE_OIDC_ROLES": '{"suppliers": "provider"}'},
        {"FAIRPLACE_OIDC_ROLES": '{"staff": "king"}'},
        {"FAIRPLACE_OIDC_ROLES": "{}"},
        {"FAIRPLACE_OIDC_URL": "http://login.council.example/", "FAIRPLACE_ENV": "production"},
    ],
)
def test_a_setting_that_would_let_the_wrong_people_in_stops_the_start(tmp_path, wrong):
    own = sound_settings()
    with pytest.raises((InsecureSettings, ValueError)):
        settings_from(own | GIVEN | wrong, tmp_path)
