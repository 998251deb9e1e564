"""A form is taken once, however often it is sent: again, or twice at the same moment."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.jobs import forget_forms
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.sent_forms import KEPT, SentForm
from app.visits.concerns.models import Concern
from tests.factories.providers import make_provider

WRITTEN = {"kind": "staffing", "text": "The same tutor has not come for two weeks."}


@pytest.fixture
def form(app, given, sign_in):
    """(browser, address, content) of a form that records a concern, as a page showed it."""
    with given():
        provider_id = make_provider().id
    officer = sign_in(Role.SEND_OFFICER)
    app.config["WTF_CSRF_ENABLED"] = True
    address = f"/concerns/record/{provider_id}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', officer.get(address).text).group(1)
    yield officer, address, {**WRITTEN, "csrf_token": token}
    app.config["WTF_CSRF_ENABLED"] = False


def concerns(app) -> int:
    """How many concerns there are."""
    with app.app_context():
        return db.session.scalar(select(func.count(Concern.id)))


def test_a_form_sent_again_is_led_to_where_the_first_one_led(app, form):
    officer, address, content = form
    first = officer.post(address, data=content)
    again = officer.post(address, data=content, follow_redirects=False)
    assert first.status_code in (302, 303), first.text
    assert again.status_code == 303
    assert again.location == first.location
    assert concerns(app) == 1
    assert "nothing was done twice" in officer.get(again.location).text


def test_two_sent_at_the_same_moment_are_one(app, form):
    officer, address, content = form
    cookie = officer.get_cookie("session").value
    answers, together = [], threading.Barrier(4)

    def press() -> None:
        browser = app.test_client()
        browser.set_cookie("session", cookie)
        together.wait()
        answers.append(browser.post(address, data=content))

    presses = [threading.Thread(target=press) for _ in range(4)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert [answer.status_code for answer in answers if answer.status_code >= 400] == []
    assert len({answer.location for answer in answers}) == 1
    assert concerns(app) == 1


def test_another_content_is_another_form(app, form):
    officer, address, content = form
    officer.post(address, data=content)
    officer.post(address, data={**content, "text": "The building is locked when children arrive."})
    assert concerns(app) == 2


def test_a_form_that_was_refused_may_be_sent_again(app, form):
    officer, address, content = form
    assert officer.post(address, data={**content, "text": ""}).status_code in (200, 400, 422)
    assert officer.post(address, data={**content, "text": ""}).status_code in (200, 400, 422)
    officer.post(address, data=content)
    assert concerns(app) == 1


def test_forms_are_forgotten_after_a_day(app, form):
    officer, address, content = form
    officer.post(address, data=content)
    with app.app_context():
        forget_forms()
        assert db.session.scalar(select(func.count(SentForm.key))) == 1
        db.session.scalar(select(SentForm)).taken_at = now() - KEPT - timedelta(minutes=1)
        db.session.commit()
        forget_forms()
        assert db.session.scalar(select(func.count(SentForm.key))) == 0
