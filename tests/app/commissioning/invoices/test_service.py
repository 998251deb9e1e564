"""Invoices: filled from what was delivered, held against the agreement, decided once, credited."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.budgets import costs
from app.commissioning.invoices import differences, drafting, queries, service, spend
from app.commissioning.invoices.models import Invoice, InvoiceLine, InvoiceState
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices.models import Notice
from app.notices.topics import Topic
from providers.needs import Tier, VatBasis
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer

MONDAY = date(2026, 11, 2)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to("2026-12-01T09:00:00+00:00")


def a_placement(vat: VatBasis = VatBasis.EXEMPT, **values) -> Placement:
    """Ten hours a week at £45 since October, until February."""
    offer = values.pop("offer", None) or make_offer(vat_basis=vat)
    defaults = {
        "starts_on": date(2026, 10, 5),
        "ends_on": date(2027, 2, 12),
        "hours": 10,
        "pence_per_hour": 4500,
    }
    placement = make_placement(offer=offer, **defaults | values)
    costs.keep(placement)
    return placement


def attended(placement: Placement, sessions: int, minutes: int = 150) -> None:
    """The child was there on so many mornings, from the first Monday of November on."""
    day, left = MONDAY, sessions
    while left:
        if day.weekday() < 5:
            make_mark(placement, day=day, minutes=minutes)
            left -= 1
        day += timedelta(days=1)


def an_invoice(placement: Placement, number: str = "A-1") -> Invoice:
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    service.submit(invoice, number=number)
    return invoice


def approved(placement: Placement, number: str = "A-1") -> Invoice:
    invoice = an_invoice(placement, number)
    service.approve(invoice, by=make_user(Role.FINANCE), reason="Checked")
    return invoice


def kinds(invoice: Invoice) -> list[str]:
    return [each.kind.value for line in differences.find(invoice).values() for each in line]


def test_an_invoice_is_filled_with_the_hours_at_which_children_were_present(context):
    placement = a_placement()
    attended(placement, 4)
    make_mark(placement, "I", day=date(2026, 11, 9))
    make_mark(a_placement(), day=MONDAY)  # of another provider
    invoice = drafting.draft(placement.offer.provider, date(2026, 11, 17))
    (line,) = invoice.lines
    assert (invoice.first_day, invoice.last_day) == (FIRST, LAST)
    assert (line.placement, line.minutes, line.pence_per_hour) == (placement, 600, 4500)
    assert (invoice.net_pence, invoice.vat_pence, invoice.gross_pence) == (45_000, 0, 45_000)
    assert kinds(invoice) == []


@pytest.mark.parametrize(
    ("minutes", "price", "percent", "net", "vat"),
    [
        (60, 4500, 0, 4500, 0),
        (60, 4500, 20, 4500, 900),
        (90, 3333, 20, 5000, 1000),  # 4999.5 goes up
        (50, 4501, 20, 3751, 750),  # 3750.83; VAT of 750.2
        (1, 100, 20, 2, 0),
        (-90, 3333, 20, -5000, -1000),  # a credit is the mirror of its invoice
    ],
)
def test_net_and_vat_are_rounded_to_the_penny_halves_up(minutes, price, percent, net, vat):
    line = InvoiceLine(minutes=minutes, pence_per_hour=price, vat_percent=percent)
    line.reckon()
    assert (line.net_pence, line.vat_pence) == (net, vat)


@pytest.mark.parametrize(
    ("basis", "vat"), [(VatBasis.EXEMPT, 0), (VatBasis.INCLUSIVE, 2250), (VatBasis.EXCLUSIVE, 2250)]
)
def test_vat_follows_the_basis_of_the_offer(sqlite_app_context, basis, vat):
    placement = a_placement(basis)
    attended(placement, 1)
    assert drafting.draft(placement.offer.provider, MONDAY).vat_pence == vat


def test_sums_are_those_of_the_lines(sqlite_app_context):
    placement = a_placement(VatBasis.EXCLUSIVE)
    attended(placement, 3, minutes=100)
    other = a_placement(offer=placement.offer, pence_per_hour=3333)
    attended(other, 2, minutes=70)
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    assert len(invoice.lines) == 2
    assert invoice.net_pence == sum(line.net_pence for line in invoice.lines)
    assert invoice.gross_pence == sum(line.gross_pence for line in invoice.lines)


def test_what_stands_on_an_invoice_is_not_filled_in_again(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    an_invoice(placement)
    with pytest.raises(RuleBroken, match="Nothing is left to invoice for November 2026"):
        drafting.draft(placement.offer.provider, MONDAY)


def test_a_draft_is_taken_up_again_with_the_registers_as_they_are(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    first = drafting.draft(placement.offer.provider, MONDAY)
    make_mark(placement, day=date(2026, 11, 20), minutes=60)
    again = drafting.draft(placement.offer.provider, MONDAY)
    assert again is first
    assert [line.minutes for line in again.lines] == [360]


def test_a_month_to_come_is_refused(sqlite_app_context):
    with pytest.raises(RuleBroken, match="has not begun"):
        drafting.draft(a_placement().offer.provider, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("hours", "price", "expected"),
    [
        (Fraction(5), 4500, []),
        (Fraction(6), 4500, ["not_recorded"]),
        (Fraction(5), 4600, ["price"]),
        (Fraction(200), 4500, ["above_agreed", "not_recorded"]),
    ],
)
def test_departures_from_registers_and_agreement_are_flagged(
    sqlite_app_context, hours, price, expected
):
    placement = a_placement()
    attended(placement, 2)
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    drafting.change_line(invoice.lines[0], hours=hours, pence_per_hour=price)
    assert kinds(invoice) == expected


def test_days_outside_the_placement_and_vat_unlike_the_offer_are_flagged(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    placement.ends_on = date(2026, 11, 20)
    invoice.lines[0].vat_percent = 20
    assert kinds(invoice) == ["vat", "outside"]


def test_days_that_another_invoice_names_are_flagged_on_both(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    first = an_invoice(placement)
    service.query(first, "Which child is this?")
    second = an_invoice_of_the_same(first, "A-2")
    assert kinds(second) == ["already"]
    assert kinds(first) == ["already"]


def an_invoice_of_the_same(first: Invoice, number: str) -> Invoice:
    """A second invoice for the same days, as two people of a provider may make at once."""
    second = Invoice(provider=first.provider, first_day=FIRST, last_day=LAST)
    line = first.lines[0]
    second.lines = [
        InvoiceLine(
            placement=line.placement,
            first_day=line.first_day,
            last_day=line.last_day,
            minutes=line.minutes,
            pence_per_hour=line.pence_per_hour,
            vat_percent=line.vat_percent,
        )
    ]
    second.lines[0].reckon()
    second.add_up()
    db.session.add(second)
    db.session.flush()
    service.submit(second, number=number)
    return second


def test_an_invoice_with_differences_needs_a_reason_to_be_approved(sqlite_app_context):
    placement, finance = a_placement(), make_user(Role.FINANCE)
    attended(placement, 2)
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    drafting.change_line(invoice.lines[0], hours=Fraction(6), pence_per_hour=4500)
    service.submit(invoice, number="A-1")
    with pytest.raises(RuleBroken, match="Enter why you approve it"):
        service.approve(invoice, by=finance)
    db.session.rollback()


def test_a_query_goes_back_and_forth_before_the_decision(context):
    placement = a_placement()
    make_user(Role.FINANCE)
    make_user(Role.PROVIDER, provider=placement.offer.provider)
    attended(placement, 2)
    invoice = an_invoice(placement)
    service.query(invoice, "Was the child there on the 3rd?")
    with pytest.raises(RuleBroken, match="Answer the query"):
        service.submit(invoice, number="A-1")
    service.submit(invoice, number="A-1", answer="Yes, all morning.")
    service.refuse(invoice, by=make_user(Role.FINANCE), reason="Ask for another month.")
    assert invoice.state is InvoiceState.REFUSED
    topics = [row.topic for row in db.session.scalars(select(Notice).order_by(Notice.id))]
    assert topics.count(Topic.INVOICE_SUBMITTED) == 2
    assert Topic.INVOICE_QUERIED in topics and Topic.INVOICE_DECIDED in topics


def test_a_number_is_used_once_by_a_provider(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    an_invoice(placement, "A-1")
    other = a_placement(offer=placement.offer)
    attended(other, 1)
    invoice = drafting.draft(placement.offer.provider, MONDAY)
    with pytest.raises(RuleBroken, match="You have used the number A-1 before"):
        service.submit(invoice, number="A-1")


def test_what_is_approved_cannot_change(sqlite_app_context):
    placement = a_placement()
    attended(placement, 2)
    invoice = approved(placement)
    (line,) = invoice.lines
    with pytest.raises(RuleBroken, match="cannot be changed"):
        drafting.change_line(line, hours=Fraction(1), pence_per_hour=4500)
    with pytest.raises(RuleBroken, match="cannot withdraw"):
        service.withdraw(invoice)
    line.minutes = 1  # past every service
    with pytest.raises(RuleBroken, match="Make a credit note"):
        db.session.flush()
    db.session.rollback()


def test_a_credit_note_takes_back_no_more_than_was_invoiced(context):
    placement = a_placement(VatBasis.EXCLUSIVE)
    attended(placement, 4)
    invoice = approved(placement)
    number = invoice.lines[0].id
    note = drafting.credit(invoice, {number: Fraction(4)}, "Two sessions were cancelled.")
    assert (note.net_pence, note.vat_pence) == (-18_000, -3_600)
    assert drafting.left_to_credit(invoice) == {number: 360}
    with pytest.raises(RuleBroken, match="more hours than were invoiced"):
        drafting.credit(invoice, {number: Fraction(7)}, "Again.")
    service.submit(note, number="C-1")
    service.approve(note, by=make_user(Role.FINANCE))
    assert spend.actual(2026)[Tier.TWO] == 45_000 - 18_000


def test_an_approved_invoice_is_taken_to_finance_once(context):
    placement, finance = a_placement(VatBasis.EXCLUSIVE), make_user(Role.FINANCE)
    attended(placement, 2)
    invoice = approved(placement)
    batch = service.export(by=finance)
    (row,) = queries.finance_rows(batch)
    values = dict(zip(queries.FINANCE_COLUMNS, row, strict=True))
    assert values["Document"] == invoice.reference
    assert values["Placement"] == placement.reference
    assert (values["Net (£)"], values["VAT (£)"], values["Gross (£)"]) == (225.0, 45.0, 270.0)
    assert placement.child.surname not in str(row)
    with pytest.raises(RuleBroken, match="No approved invoice waits"):
        service.export(by=finance)


def test_forecast_takes_the_actual_in_place_of_what_was_agreed_for_invoiced_months(context):
    placement = a_placement(transport_pence_a_week=5_000)
    attended(placement, 4)  # 10 hours delivered of some 42 agreed
    before = spend.figures(2026)[Tier.TWO]
    assert before.actual == 0
    assert before.forecast == before.committed == costs.total(costs.cost_of(placement))
    invoice = approved(placement)
    agreed = invoice.lines[0].agreed_pence
    assert agreed == 45_000 * 21 // 5  # 21 school days in November
    after = spend.figures(2026)[Tier.TWO]
    assert after.actual == 45_000
    assert after.committed == before.committed
    assert after.forecast == before.committed - agreed + 45_000
    assert spend.figures(2025)[Tier.TWO] == spend.Figures()
    assert spend.actual_of(placement) == 45_000


def test_lists_are_narrowed_by_state_month_differences_and_words(context):
    placement = a_placement()
    attended(placement, 2)
    invoice = an_invoice(placement)

    def found(**criteria) -> list[Invoice]:
        return list(db.session.scalars(queries.invoices(queries.InvoiceCriteria(**criteria))))

    assert found() == found(state=InvoiceState.SUBMITTED) == found(month=FIRST) == [invoice]
    assert found(text=invoice.reference) == found(text="A-1") == [invoice]
    assert found(state=InvoiceState.APPROVED) == found(with_differences=True) == []
    assert found(text="nobody") == found(exported=True) == []
    assert queries.counts()[InvoiceState.SUBMITTED] == (1, invoice.net_pence, 0)
