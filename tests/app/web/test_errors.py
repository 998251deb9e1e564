"""The pages for refusals and faults."""

import pytest
from flask import Flask, abort

from app.web import errors
from tests.browser.gallery import create_gallery


@pytest.fixture(scope="module")
def gallery() -> Flask:
    app = create_gallery()

    @app.get("/stop/<int:code>")
    def stop(code: int):
        abort(code)

    @app.get("/folder/")
    def folder():
        return "here"

    return app


@pytest.fixture
def client(gallery):
    return gallery.test_client()


@pytest.mark.parametrize(
    ("code", "heading"),
    [
        (400, "There is a problem with that request"),
        (403, "You do not have access to this page"),
        (404, "Page not found"),
        (405, "That cannot be done from here"),
        (413, "That file is too large"),
        (418, "There is a problem with that request"),
        (429, "Too many attempts"),
        (500, "Sorry, there is a problem with Fairplace"),
        (502, "Sorry, there is a problem with Fairplace"),
        (503, "Fairplace is not available just now"),
    ],
)
def test_each_refusal_has_its_page(client, code, heading):
    answer = client.get(f"/stop/{code}")

    assert answer.status_code == code
    assert f"<title>{heading} – Fairplace</title>" in answer.text
    assert f">{heading}</h1>" in answer.text


def test_a_broken_rule_lists_every_reason(client):
    answer = client.get("/break/rule")

    assert answer.status_code == 409
    assert "<li>The provider is suspended.</li>" in answer.text
    assert "<li>The price is above the cap of £50.00.</li>" in answer.text


def test_a_fault_gives_a_reference_that_the_log_has_too(client, caplog):
    answer = client.get("/break/fault")

    reference = answer.text.partition("<strong>")[2].partition("</strong>")[0]
    assert answer.status_code == 500
    assert f"Reference {reference}" in caplog.text


def test_a_fault_in_the_error_page_itself_still_gives_a_page(gallery, monkeypatch):
    def broken(*_arguments, **_facts):
        raise RuntimeError("the layout needs the database")

    monkeypatch.setattr(errors, "render_template", broken)
    answer = gallery.test_client().get("/break/fault")

    assert answer.status_code == 500
    assert "Nothing you sent just now was saved" in answer.text


def test_a_form_from_an_expired_session_says_what_to_do(client):
    answer = client.post("/form", data={"name": "Oak Farm"})

    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text


def test_a_file_that_is_too_large_names_the_limit(client):
    answer = client.post("/form", data={"name": "x" * (3 * 1024 * 1024)})

    assert answer.status_code == 413
    assert "at most 2 MB" in answer.text


def test_the_wrong_method_is_told_the_right_ones(gallery, monkeypatch):
    monkeypatch.setitem(gallery.config, "WTF_CSRF_ENABLED", False)
    answer = gallery.test_client().post("/facts")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_way_back_is_offered_only_to_our_own_pages(client):
    ours = client.get("/nowhere", headers={"Referer": "http://localhost/facts"})
    others = client.get("/nowhere", headers={"Referer": "https://elsewhere.example/"})

    assert 'href="http://localhost/facts"' in ours.text
    assert "elsewhere" not in others.text


def test_a_redirect_to_the_proper_address_is_not_an_error(gallery):
    assert gallery.test_client().get("/folder").status_code == 308
