"""What pages of invoices show: what may be done, the decision as chosen, rows of the list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_login import current_user

from app.access import Permission, may
from app.accounts.models import User
from app.commissioning.invoices import service
from app.commissioning.invoices.models import Invoice, InvoiceKind, InvoiceState
from app.kernel.rules import require
from app.web.forms.invoices import DecideInvoice

LIST_HEADER = (
    "Invoice",
    "Type",
    "Provider",
    "Provider’s number",
    "Period from",
    "Period to",
    "State",
    "Differences",
    "Net (£)",
    "VAT (£)",
    "Gross (£)",
    "Submitted on",
    "Decided by",
    "Decided on",
    "Taken to finance",
)


@dataclass(frozen=True)
class MayDo:
    """What this person may do with an invoice as it stands."""

    change: bool
    submit: bool
    withdraw: bool
    decide: bool
    credit: bool


def what_may_be_done(invoice: Invoice) -> MayDo:
    """The actions to offer on the page of an invoice."""
    writes = may(current_user, Permission.WRITE_INVOICE, invoice)
    submitted = invoice.state is InvoiceState.SUBMITTED
    return MayDo(
        change=writes and invoice.is_editable and invoice.kind is InvoiceKind.INVOICE,
        submit=writes and invoice.is_editable and bool(invoice.lines),
        withdraw=writes and (invoice.is_editable or submitted),
        decide=submitted and may(current_user, Permission.DECIDE_INVOICE, invoice),
        credit=writes
        and invoice.state is InvoiceState.APPROVED
        and invoice.kind is InvoiceKind.INVOICE,
    )


def decide_as_chosen(invoice: Invoice, form: DecideInvoice, person: User) -> str:
    """Carry out what was chosen; returns what to tell. Raises RuleBroken on a page of old."""
    require(
        None
        if form.version.data == str(invoice.version)
        else "This invoice has changed since you opened it. Look at it again, then decide."
    )
    reason = (form.reason.data or "").strip()
    if form.decision.data == "query":
        service.query(invoice, reason)
        return f"{invoice.reference} was returned to the provider with your query."
    if form.decision.data == "refuse":
        service.refuse(invoice, by=person, reason=reason)
        return f"{invoice.reference} was refused. The provider has been told."
    service.approve(invoice, by=person, reason=reason)
    return f"{invoice.reference} was approved. It goes into the next export."


def rows_of_list(invoices: Iterable[Invoice]) -> Iterator[list]:
    """Invoices as rows of LIST_HEADER; money in pounds with pence."""
    for invoice in invoices:
        yield [
            invoice.reference,
            invoice.kind,
            invoice.provider.name,
            invoice.number,
            invoice.first_day,
            invoice.last_day,
            invoice.state,
            invoice.flags,
            invoice.net_pence / 100,
            invoice.vat_pence / 100,
            invoice.gross_pence / 100,
            invoice.submitted_at,
            invoice.decided_by,
            invoice.decided_at,
            invoice.export.reference if invoice.export else None,
        ]
