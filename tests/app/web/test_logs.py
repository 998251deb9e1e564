"""The log: a line for each request that can be found again, and nothing about anybody in it."""

import json
import logging

import pytest
from flask import abort
from flask_migrate import stamp

from app.access import public
from app.accounts.roles import Role
from app.web import logs
from tests.app.web.visitors import signed_in

MARKER = "Zebedee-Marker"


@pytest.fixture
def lines(caplog):
    """The lines of requests, each as its facts."""
    caplog.set_level(logging.INFO, logger="fairplace.requests")
    return lambda: [r for r in caplog.records if r.name == "fairplace.requests"]


def test_a_request_is_one_line_with_its_view_and_its_account(sqlite_app, lines):
    client = signed_in(sqlite_app, Role.SEND_OFFICER)
    answer = client.get("/")
    last = lines()[-1]
    assert (last.view, last.status, last.method) == ("home.start", 200, "GET")
    assert last.account == 1
    assert len(answer.headers["X-Request-ID"]) >= 8


def test_neither_address_nor_query_nor_form_is_logged(sqlite_app, caplog):
    caplog.set_level(logging.DEBUG, logger="fairplace.requests")
    client = signed_in(sqlite_app, Role.SEND_OFFICER)
    client.get(f"/children/?text={MARKER}")
    client.post(f"/{MARKER}", data={"name": MARKER})
    client.get(f"/capacity/answer/{MARKER}")
    written = [json.dumps(r.__dict__, default=str) for r in caplog.records if r.name != "werkzeug"]
    assert not any(MARKER in line for line in written)


def test_a_reference_from_the_proxy_is_kept_and_a_strange_one_is_not(sqlite_app):
    client = sqlite_app.test_client()
    kept = client.get("/help", headers={"X-Request-ID": "edge-12345678"})
    assert kept.headers["X-Request-ID"] == "edge-12345678"
    strange = client.get("/help", headers={"X-Request-ID": "<script> x"})
    assert strange.headers["X-Request-ID"] != "<script> x"


def test_the_error_page_shows_the_reference_of_the_log(sqlite_app, caplog):
    @public
    def breaks():
        abort(500)

    sqlite_app.add_url_rule("/breaks", view_func=breaks)
    answer = sqlite_app.test_client().get("/breaks", headers={"X-Request-ID": "edge-12345678"})
    assert answer.status_code == 500
    assert "edge-12345678" in answer.text
    assert "edge-12345678" in caplog.text


def test_a_full_disk_asks_to_try_again_and_shows_no_cause(sqlite_app):
    @public
    def writes():
        raise OSError(28, "No space left on device", "/secret/place")

    sqlite_app.add_url_rule("/writes", view_func=writes)
    answer = sqlite_app.test_client().get("/writes")
    assert answer.status_code == 503
    assert "Nothing you sent just now was saved" in answer.text
    assert "secret" not in answer.text


def test_a_fault_that_leaves_for_a_tracker_holds_nobodys_data():
    fault = {
        "request": {"url": f"/children/?text={MARKER}"},
        "user": {"id": 1},
        "logentry": {"message": MARKER},
        "exception": {"values": [{"type": "ValueError", "value": MARKER, "stacktrace": {}}]},
    }
    assert MARKER not in json.dumps(logs.without_data(fault, {}))


def test_ready_names_what_is_wanting(sqlite_app):
    found = sqlite_app.test_client().get("/ready")
    assert found.json == {"database": False, "files": True, "queue": True}  # no revision yet
    assert found.status_code == 503


def test_ready_once_the_database_is_at_the_newest_revision(sqlite_app):
    with sqlite_app.app_context():
        stamp()
    found = sqlite_app.test_client().get("/ready")
    assert found.status_code == 200, found.json
