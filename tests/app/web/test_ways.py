"""Where signing in leads on to: pages of ours, however another site is written."""

import pytest
from flask import url_for

from app.accounts.roles import Role
from app.web.ways import own_page
from tests.app.web.visitors import signed_in
from tests.factories.accounts import PASSWORD, make_user

ELSEWHERE = [
    "https://evil.example/",
    "http:evil.example",
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    "/\n/evil.example",
    "/%2Fevil.example/",
    "%2F%2Fevil.example/",
    "/%5Cevil.example/",
    "/%255Cevil.example/",
    "/%252Fevil.example/",
    "/%09/evil.example/",
    "/%0d%0aLocation:%20https://evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "//user@evil.example/",
    "/\x00/evil.example",
    "http://[evil",
]
OURS = ["/", "/children/", "/children/?q=a%20b&page=2", "/search?from=SO23 8&at=10:30#list"]


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine."""
    return app_on_sqlite


@pytest.mark.parametrize("target", ELSEWHERE)
def test_another_site_is_known_however_it_is_written(target):
    assert own_page(target) == ""


@pytest.mark.parametrize("target", OURS)
def test_a_page_of_ours_stays_as_it_is(target):
    assert own_page(target) == target


@pytest.fixture
def email(given):
    with given():
        make_user(Role.SEND_OFFICER, email="ada@hants.example")
    return "ada@hants.example"


def test_signing_in_never_leads_to_another_site(app, email):
    for target in ELSEWHERE:
        browser, sent = app.test_client(), {"email": email, "password": PASSWORD}
        in_address = browser.post("/sign-in", query_string={"next": target}, data=sent)
        in_form = app.test_client().post("/sign-in", data=sent | {"next": target})
        assert [in_address.status_code, in_form.status_code] == [400, 400], target
        assert browser.get("/account/").status_code == 302


def test_signing_in_leads_on_to_the_page_that_was_asked_for(app, email):
    asked = app.test_client().get("/children/?page=1")
    assert "next=" in asked.location
    sent = {"email": email, "password": PASSWORD}
    assert app.test_client().post(asked.location, data=sent).location == "/children/?page=1"


@pytest.mark.parametrize("page", ["/sign-in", "/sign-in/code", "/sign-in/passkey", "/children/"])
def test_a_page_forgets_a_way_on_to_another_site(app, page):
    for target in ELSEWHERE[:6]:
        answer = app.test_client().get(page, query_string={"next": target, "kept": "1"})
        assert answer.status_code == 302
        assert answer.location.startswith("/")
        assert "evil" not in answer.location


def test_whoever_is_signed_in_already_is_not_led_away_either(app):
    browser = signed_in(app, Role.SEND_OFFICER)
    for target in ELSEWHERE:
        answer = browser.get("/sign-in", query_string={"next": target})
        assert "evil" not in (answer.location or "")
    with app.test_request_context():
        assert url_for("security.login") == "/sign-in"
