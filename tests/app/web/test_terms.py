"""Pages of the term dates: who changes them, and what is refused."""

from datetime import date

import pytest
import time_machine

from app.accounts.roles import Role
from app.children import terms
from app.children.term_defaults import TERMS
from app.web.forms.terms import TermDates

HERE = "2026-11-23"


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    with time_machine.travel(HERE, tick=False):
        yield app_on_sqlite


def entries(**days):
    values = TermDates.entries(TERMS[2026]) | days
    return {n: [str(d.day), str(d.month), str(d.year)] for n, d in values.items()}


def test_the_lead_saves_the_terms_of_a_year(app, sign_in):
    lead = sign_in(Role.AP_LEAD)
    assert "Suggested, not checked" in lead.get("/term-dates/").text
    sent = entries(autumn_ends_on=date(2026, 12, 16))
    answer = lead.post("/term-dates/2026", data=sent, follow_redirects=True)
    assert "The term dates of 2026/27 were saved" in answer.text
    assert "16 December 2026" in answer.text
    with app.app_context():
        assert not terms.is_school_day(date(2026, 12, 17))


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"autumn_ends_on": date(2026, 9, 3)}, "Last day must be after the last day of half-term"),
        ({"spring_starts_on": date(2026, 12, 1)}, "must begin after the autumn term has ended"),
    ],
)
def test_days_out_of_order_are_said_and_what_was_typed_stays(sign_in, days, message):
    answer = sign_in(Role.AP_LEAD).post("/term-dates/2026", data=entries(**days))
    assert answer.status_code == 200
    assert message in answer.text
    assert f'value="{next(iter(days.values())).day}"' in answer.text


def test_an_inset_day_is_added_and_removed(app, sign_in):
    lead = sign_in(Role.AP_LEAD)
    sent = {"day": ["27", "11", "2026"], "kind": "inset"}
    answer = lead.post("/term-dates/2026/closed-days", data=sent, follow_redirects=True)
    assert "27 November 2026 was added" in answer.text
    again = lead.post("/term-dates/2026/closed-days", data=sent)
    assert "27 November 2026 is recorded already" in again.text
    with app.app_context():
        number = next(d.id for d in terms.closed_days(2026) if d.day == date(2026, 11, 27))
    removed = lead.post(f"/term-dates/closed-days/{number}/remove", follow_redirects=True)
    assert "is a school day again" in removed.text


def test_officers_read_the_dates_and_do_not_change_them(sign_in):
    officer = sign_in(Role.SEND_OFFICER)
    assert "Change the terms" not in officer.get("/term-dates/").text
    assert officer.get("/term-dates/2026").status_code == 403


def test_a_year_far_away_is_not_there(sign_in):
    assert sign_in(Role.AP_LEAD).get("/term-dates/1066").status_code == 404
