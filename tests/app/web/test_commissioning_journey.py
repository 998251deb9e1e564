"""A placement's whole way with four people at their pages, the money agreeing at each step.

Officer, provider, commissioner and finance: proposal, approval, agreement, plan, start, attendance
of a fortnight, an invoice approved, a review, back in school. The budget page and the history are
read after each step.
"""

import csv
import io

import pytest

from app.accounts.roles import Role
from app.commissioning.invoices.models import Invoice
from app.kernel.database import db
from tests.app.web.test_placement_journey import PLAN, TERMS, county, day, posted

FORTNIGHT = [f"2026-11-{number}" for number in (23, 24, 25, 26, 27, 30)] + [
    f"2026-12-0{number}" for number in (1, 2, 3, 4)
]


@pytest.fixture
def app(app_on_sqlite):
    """The journey is walked on one engine; the rules behind it are tested on both."""
    return app_on_sqlite


def budget(client) -> dict[str, str]:
    """The line of tier 2 on the budget page, in pounds, from its download."""
    file = client.get("/budgets/download.csv?year=2026").text.lstrip("\ufeff")
    return next(
        row for row in csv.DictReader(io.StringIO(file)) if row["Tier"].startswith("Tier 2")
    )


def pounds(line: dict[str, str], name: str) -> float:
    return float(line[f"{name} (£)"])


def test_from_proposal_to_an_approved_invoice_the_money_and_the_history_agree(
    app, given, sign_in, time_machine
):
    time_machine.move_to("2026-11-23T09:00:00+00:00", tick=False)
    offer, referral, component, provider_id = county(given)
    officer, commissioner = sign_in(Role.SEND_OFFICER), sign_in(Role.COMMISSIONER)
    provider, finance = sign_in(Role.PROVIDER, provider_id), sign_in(Role.FINANCE)
    assert pounds(budget(finance), "Committed") == 0

    # the officer proposes: the money waits
    address = f"/placement-proposals/make/{referral}?offer={offer}"
    posted(officer, address, *TERMS, (f"offer_{component}", offer))
    posted(officer, "/placement-proposals/1/submit", why="It is near and can start at once.")
    line = budget(finance)
    waiting = pounds(line, "Waiting for a decision")
    assert waiting > 0 and pounds(line, "Committed") == 0
    assert pounds(line, "Forecast") == waiting

    # the commissioner approves: what waited is committed
    posted(commissioner, "/placement-proposals/1/decide", decision="approve")
    line = budget(finance)
    assert pounds(line, "Committed") == waiting and pounds(line, "Waiting for a decision") == 0
    assert "Proposal approved" in officer.get("/placements/1").text

    # the provider accepts, the plan is written, the placement starts
    posted(provider, "/agreements/1/accept")
    plan = dict.fromkeys(PLAN, "Written.")
    review = day("review_1", "17 12 2026")
    posted(officer, "/plans/1/write", *review, **plan, longest_weeks="12")
    assert "is live" in posted(officer, "/placements/1/start").text
    assert pounds(budget(finance), "Committed") == waiting

    # a fortnight's attendance, a day at a time
    time_machine.move_to("2026-12-07T09:00:00+00:00", tick=False)
    provider, finance = sign_in(Role.PROVIDER, provider_id), sign_in(Role.FINANCE)
    for text in FORTNIGHT:
        marks = {"p1_am_seen": "0", "p1_am_hours": "2", "p1_am_note": "", "p1_am_code": "K"}
        shown = provider.post(f"/attendance/register?day={text}", data=marks, follow_redirects=True)
        assert "1 session was saved" in shown.text, text

    # the provider invoices November: six sessions of two hours
    shown = posted(provider, "/invoices/start", month="2026-11-01")
    assert "PL-00001" in shown.text
    posted(provider, "/invoices/1/submit", number="OAK-1")
    with app.app_context():
        invoice = db.session.get_one(Invoice, 1)
        net, version, flags = invoice.net_pence, invoice.version, invoice.flags
        (only,) = invoice.lines
        assert only.minutes == 6 * 120
        assert flags == 0
    assert "IN-00001" in finance.get("/").text
    assert pounds(budget(finance), "Actual") == 0

    # finance approves: actual is the invoice, the forecast follows
    posted(finance, "/invoices/1/decide", decision="approve", version=str(version))
    with app.app_context():
        agreed = db.session.get_one(Invoice, 1).lines[0].agreed_pence
    line = budget(finance)
    assert pounds(line, "Actual") == net / 100
    assert pounds(line, "Committed") == waiting
    assert pounds(line, "Forecast") == pytest.approx(waiting + (net - agreed) / 100)
    history = provider.get("/invoices/1").text
    assert "from waiting for a decision to approved" in history
    assert "EX-00001 was made" in posted(finance, "/invoices/exports").text
    assert "OAK-1" in finance.get("/invoices/exports/1.csv").text
    assert f"{net / 100}" in finance.get("/spend/download.csv?by=month&year=2026").text

    # the child is back in school: what was not delivered is no longer committed
    officer = sign_in(Role.SEND_OFFICER)
    told = {"held_on": ["7", "12", "2026"], "objective_1": "on_track", "note_1": "Every day"}
    told |= dict.fromkeys(("present", "child_voice", "parents_voice", "summary"), "Going well.")
    review = officer.post(
        "/progress/placements/1/review",
        data=told | {"next_step": "continue"},
        follow_redirects=True,
    )
    assert "The review was recorded" in review.text
    ending = {"last_day": ["4", "12", "2026"], "destination": "reintegrated", "where": "Oak School"}
    ended = officer.post(
        "/progress/placements/1/end",
        data=ending | {"reason": "The aims were met.", "objective_1": "met"},
        follow_redirects=True,
    )
    assert "Back in a mainstream school: Oak School" in ended.text
    after = budget(finance)
    assert 0 < pounds(after, "Committed") < waiting
    assert pounds(after, "Actual") == net / 100
    assert pounds(after, "Forecast") == pytest.approx(
        pounds(after, "Committed") + (net - agreed) / 100
    )
