"""Pages of invoices: the provider makes and submits one, finance decides and takes it away."""

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.invoices.models import Invoice, InvoiceState
from app.kernel.database import db
from tests.app.commissioning.invoices.test_service import (
    a_placement,
    an_invoice,
    approved,
    attended,
)


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to("2026-12-01T09:00:00+00:00")


def a_delivered_month(given) -> tuple[int, str, str]:
    """A provider with a placement attended four times; its id, and the placement's reference."""
    with given():
        placement = a_placement()
        attended(placement, 4)
        return placement.offer.provider_id, placement.reference, placement.child.surname


def test_a_provider_fills_corrects_and_submits_and_finance_approves(app, sign_in, given):
    provider_id, reference, surname = a_delivered_month(given)
    provider = sign_in(Role.PROVIDER, provider_id)
    page = provider.post("/invoices/start", data={"month": "2026-11-01"}, follow_redirects=True)
    assert reference in page.text and "£450.00" in page.text
    changed = {"hours": "12.5", "pence_per_hour": "46"}
    page = provider.post("/invoices/lines/1", data=changed, follow_redirects=True)
    assert "Sessions not recorded" in page.text and "Price unlike the agreement" in page.text
    assert "Enter your own number" in provider.post("/invoices/1/submit", data={}).text
    page = provider.post("/invoices/1/submit", data={"number": "A-1"}, follow_redirects=True)
    assert "Waiting for a decision" in page.text

    finance = sign_in(Role.FINANCE)
    page = finance.get("/invoices/1").text
    assert "£575.00" in page and surname not in page
    with app.app_context():
        version = db.session.get_one(Invoice, 1).version
    answer = finance.post("/invoices/1/decide", data={"decision": "approve", "version": version})
    assert "Enter why you approve it in spite of its differences" in answer.text
    stale = {"decision": "approve", "version": version - 1, "reason": "Agreed by telephone."}
    assert finance.post("/invoices/1/decide", data=stale).status_code == 409
    fresh = stale | {"version": version}
    page = finance.post("/invoices/1/decide", data=fresh, follow_redirects=True)
    assert "was approved. It goes into the next export" in page.text
    assert finance.post("/invoices/1/decide", data=fresh).status_code == 409
    assert provider.post("/invoices/lines/1", data=changed).status_code == 409
    assert "State changed from waiting for a decision to approved" in page.text.replace(
        "Invoice: state", "State"
    )


def test_a_query_is_answered_by_the_provider(app, sign_in, given):
    with given():
        placement = a_placement()
        attended(placement, 4)
        invoice = an_invoice(placement)
        provider_id, version = placement.offer.provider_id, invoice.version
    finance, provider = sign_in(Role.FINANCE), sign_in(Role.PROVIDER, provider_id)
    query = {"decision": "query", "version": version}
    assert (
        "Enter what the provider should explain"
        in finance.post("/invoices/1/decide", data=query).text
    )
    finance.post("/invoices/1/decide", data=query | {"reason": "Was it four mornings?"})
    assert "Query: Was it four mornings?" in provider.get("/invoices/1").text
    answer = {"number": "A-1", "answer": ""}
    assert "Enter your answer to the query" in provider.post("/invoices/1/submit", data=answer).text
    provider.post("/invoices/1/submit", data=answer | {"answer": "Yes, four."})
    assert "Yes, four." in finance.get("/invoices/1").text


def test_a_provider_sees_only_its_own_invoices(app, sign_in, given):
    with given():
        mine, other = a_placement(), a_placement()
        attended(mine, 1)
        attended(other, 1)
        an_invoice(mine, "MINE-1")
        an_invoice(other, "OTHER-1")
        provider_id = mine.offer.provider_id
    browser = sign_in(Role.PROVIDER, provider_id)
    listed = browser.get("/invoices/").text
    assert "MINE-1" in listed and "OTHER-1" not in listed
    assert "OTHER-1" not in browser.get("/invoices/download.csv").text
    assert browser.get("/invoices/2").status_code == 404
    assert browser.post("/invoices/2/withdraw").status_code == 404
    assert browser.post("/invoices/lines/2", data={"hours": "1"}).status_code == 404
    assert browser.get("/invoices/exports").status_code == 403


def test_a_credit_note_is_made_from_an_approved_invoice(app, sign_in, given):
    with given():
        placement = a_placement()
        attended(placement, 4)
        approved(placement)
        provider_id = placement.offer.provider_id
    provider = sign_in(Role.PROVIDER, provider_id)
    page = provider.post("/invoices/1/credit", data={"line_1": "2.5"})
    assert "Enter why the hours are taken back" in page.text
    page = provider.post(
        "/invoices/1/credit",
        data={"line_1": "2.5", "note": "One session was cancelled."},
        follow_redirects=True,
    )
    assert "CN-00002" in page.text and "-£112.50" in page.text


def test_finance_takes_approved_invoices_once(app, sign_in, given):
    with given():
        placement = a_placement()
        attended(placement, 4)
        approved(placement)
    finance = sign_in(Role.FINANCE)
    assert "1 approved invoice waits" in finance.get("/invoices/exports").text
    page = finance.post("/invoices/exports", follow_redirects=True)
    assert "EX-00001 was made" in page.text
    assert finance.post("/invoices/exports").status_code == 409
    file = finance.get("/invoices/exports/1.csv").text
    assert "IN-00001" in file and "450.0" in file
    assert finance.get("/invoices/exports/1.xlsx").status_code == 200
    assert "taken in EX-00001" in finance.get("/invoices/").text


def test_the_list_and_the_home_page_ask_no_more_for_many(app, sign_in, given, count_queries):
    with given():
        placement = a_placement()
        attended(placement, 1)
        an_invoice(placement)
    finance = sign_in(Role.FINANCE)
    counts = []
    for round_of_more in range(2):
        for address in ("/invoices/", "/"):
            with count_queries() as asked:
                assert finance.get(address).status_code == 200
            counts.append(len(asked))
        if not round_of_more:
            with given():
                for number in range(12):
                    other = a_placement()
                    attended(other, 1)
                    an_invoice(other, f"B-{number}")
    assert counts[:2] == counts[2:]


def test_spend_is_shown_by_each_breakdown_with_a_chart_and_a_table(app, sign_in, given):
    with given():
        placement = a_placement()
        attended(placement, 4)
        approved(placement)
        name, service = placement.offer.provider.name, placement.service.name
    finance = sign_in(Role.FINANCE)
    for by, words in (("tier", "Tier 2"), ("service", service), ("provider", name)):
        page = finance.get(f"/spend/?by={by}&year=2026").text
        assert words in page and "£450.00" in page and "<svg" in page
    page = finance.get("/spend/?by=month").text
    assert "November 2026" in page and "March 2027" in page
    assert "450.0" in finance.get("/spend/download.csv?by=month").text
    assert finance.get("/spend/?by=nonsense&year=1").status_code == 200
    assert sign_in(Role.PROVIDER).get("/spend/").status_code == 403


def test_an_invoice_that_was_withdrawn_frees_its_days(app, sign_in, given):
    provider_id, _reference, _surname = a_delivered_month(given)
    provider = sign_in(Role.PROVIDER, provider_id)
    provider.post("/invoices/start", data={"month": "2026-11-01"})
    provider.post("/invoices/1/withdraw")
    provider.post("/invoices/start", data={"month": "2026-11-01"})
    with app.app_context():
        states = list(db.session.scalars(select(Invoice.state).order_by(Invoice.id)))
    assert states == [InvoiceState.WITHDRAWN, InvoiceState.DRAFT]
    assert provider.post("/invoices/start", data={"month": "2026-10-01"}).status_code == 409


def test_a_month_that_is_not_offered_is_refused_by_the_form(app, sign_in, given):
    provider_id, _reference, _surname = a_delivered_month(given)
    provider = sign_in(Role.PROVIDER, provider_id)
    page = provider.post("/invoices/start", data={"month": f"{date(2030, 1, 1)}"})
    assert page.status_code == 200 and "Error" in page.text
