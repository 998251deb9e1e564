"""A request is kept whole or undone whole."""

from flask import abort

from app.access import public
from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.models.provider import Provider
from tests.conftest import TESTER
from tests.factories.providers import make_provider


def add_view(app, name, ending):
    @public
    def view():
        with audit.acting(TESTER, "test"):
            make_provider(reference=name)
        return ending()

    app.add_url_rule(f"/test/{name}", name, view)


def providers(app):
    with app.app_context():
        return db.session.scalars(db.select(Provider.reference)).all()


def refuse():
    raise RuleBroken("The framework is closed.", "The form is not complete.")


def fail():
    raise ZeroDivisionError("a fault in the program")


def test_what_a_good_request_wrote_is_kept(sqlite_app):
    add_view(sqlite_app, "good", lambda: "done")
    assert sqlite_app.test_client().get("/test/good").status_code == 200
    assert providers(sqlite_app) == ["good"]


def test_a_broken_rule_is_a_page_with_every_reason_and_nothing_saved(sqlite_app):
    add_view(sqlite_app, "refused", refuse)
    answer = sqlite_app.test_client().get("/test/refused")
    assert answer.status_code == 409
    assert "The framework is closed." in answer.text
    assert "The form is not complete." in answer.text
    assert providers(sqlite_app) == []


def test_an_error_answer_keeps_nothing(sqlite_app):
    add_view(sqlite_app, "missing", lambda: abort(404))
    assert sqlite_app.test_client().get("/test/missing").status_code == 404
    assert providers(sqlite_app) == []


def test_a_fault_in_the_program_keeps_nothing_and_shows_no_traceback(sqlite_app):
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    add_view(sqlite_app, "fault", fail)
    answer = sqlite_app.test_client().get("/test/fault")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert providers(sqlite_app) == []
