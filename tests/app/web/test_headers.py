"""What every answer tells the browser it may do."""

import re

import pytest

from app.web import tiles
from tests.browser.gallery import create_gallery


@pytest.fixture(scope="module")
def client():
    return create_gallery().test_client()


def test_only_our_own_files_and_the_page_templates_script_may_run(client):
    answer = client.get("/facts")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy).group(1)

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {nonce}


def test_each_request_has_a_nonce_of_its_own(client):
    policies = {client.get("/facts").headers["Content-Security-Policy"] for _ in range(2)}

    assert len(policies) == 2


def test_no_page_has_a_style_written_into_it(client):
    for path in ("/", "/facts", "/form", "/progress", "/confirm"):
        assert not re.search(r"\sstyle=|<style", client.get(path).text)


def test_pages_are_not_kept_by_a_shared_computer(client):
    assert client.get("/facts").headers["Cache-Control"] == "no-store"


def test_files_marked_with_their_content_are_kept(client):
    address = re.search(r'href="([^"]+fairplace.css[^"]+)"', client.get("/facts").text).group(1)

    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get(address.partition("?")[0]).headers["Cache-Control"] == "no-cache"


def test_pages_cannot_be_framed_or_guessed_at(client):
    headers = client.get("/facts").headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_other_site_shares_a_page_and_no_page_asks_for_the_device(client):
    headers = client.get("/facts").headers

    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone", "usb", "payment"):
        assert f"{feature}=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("secure", "days", "said"),
    [(True, 365, "max-age=31536000"), (True, 0, None), (False, 365, None)],
)
def test_https_is_insisted_on_where_cookies_are_secure(sqlite_app, secure, days, said):
    sqlite_app.config.update(SESSION_COOKIE_SECURE=secure, HSTS_DAYS=days)
    for address in ("/sign-in", "/nowhere"):
        headers = sqlite_app.test_client().get(address).headers
        assert headers.get("Strict-Transport-Security") == said


def test_pictures_come_from_nowhere_else_unless_a_tile_server_is_configured(client):
    assert "img-src 'self' data:;" in client.get("/facts").headers["Content-Security-Policy"]


def test_a_tile_server_is_let_in_by_exactly_its_host(sqlite_app):
    sqlite_app.config["MAP_TILES"] = "https://tiles.example.org:8443/{z}/{x}/{y}.png"
    tiles.register(sqlite_app)

    policy = sqlite_app.test_client().get("/join/").headers["Content-Security-Policy"]

    assert "img-src 'self' data: https://tiles.example.org:8443; connect-src 'self'" in policy
