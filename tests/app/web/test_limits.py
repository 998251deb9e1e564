"""How often one visitor may try what anybody can try."""

import pytest

from app.factory import create_app
from app.kernel.database import db
from tests.app.web.test_applications import START
from tests.conftest import settings


@pytest.fixture
def limited(sqlite_app):
    """The application, with at most two tries an hour to open an account."""
    sqlite_app.config["JOIN_LIMIT"] = "2 per hour"
    return sqlite_app


def start(app, address="198.51.100.7", **headers):
    return app.test_client().post(
        "/join/start", data=START, headers=headers, environ_base={"REMOTE_ADDR": address}
    )


def test_too_many_tries_to_open_an_account_are_refused_with_what_to_do(limited):
    tries = [start(limited) for _ in range(3)]

    assert [answer.status_code for answer in tries] == [409, 409, 429]  # no framework is open
    assert "Too many attempts" in tries[-1].text
    assert "You can try again in" in tries[-1].text
    assert int(tries[-1].headers["Retry-After"]) > 0


def test_another_visitor_is_not_held_up(limited):
    for _ in range(3):
        start(limited)

    assert start(limited, "203.0.113.9").status_code == 409


def test_looking_at_the_page_is_not_counted(limited):
    client = limited.test_client()
    assert {client.get("/join/start").status_code for _ in range(4)} == {409}


def test_behind_a_trusted_web_server_the_visitor_counts_and_not_the_server(tmp_path):
    url = f"sqlite:///{tmp_path / 'fairplace.db'}"
    app = create_app(settings(url, tmp_path) | {"TRUSTED_PROXIES": 1, "JOIN_LIMIT": "1 per hour"})
    with app.app_context():
        db.create_all()
    codes = [
        start(app, "127.0.0.1", **{"X-Forwarded-For": visitor}).status_code
        for visitor in ("198.51.100.7", "203.0.113.9", "198.51.100.7")
    ]

    assert codes[0] == codes[1] != 429
    assert codes[2] == 429


def test_without_one_nobody_gets_round_the_limit_by_a_header(limited):
    for visitor in ("198.51.100.1", "198.51.100.2"):
        start(limited, **{"X-Forwarded-For": visitor})

    assert start(limited, **{"X-Forwarded-For": "198.51.100.3"}).status_code == 429
