"""What happens to an invoice: submitted, queried, decided, and taken to finance once."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.invoices import differences
from app.commissioning.invoices.drafting import hold
from app.commissioning.invoices.models import (
    INVOICE,
    Invoice,
    InvoiceExport,
    InvoiceState,
)
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.notices import service as notices
from app.notices.topics import Topic


def submit(invoice: Invoice, *, number: str, note: str = "", answer: str = "") -> None:
    """Submit a draft, or submit again after a query. number: the provider's own.

    Raises RuleBroken where the number is taken, nothing stands on it, or a query is unanswered.
    """
    number = number.strip()
    require(number_fault(invoice, number))
    invoice.number = number or None
    invoice.note = note or None
    again = invoice.state is InvoiceState.QUERIED
    if again:
        invoice.answer = answer or None
    INVOICE.fire(invoice, "submit again" if again else "submit")
    actor = audit.current_actor()
    invoice.submitted_by = actor.name if actor else ""
    invoice.submitted_at = now()
    note_differences(invoice)
    db.session.flush()
    notices.tell(
        notices.people_in(Role.FINANCE),
        Topic.INVOICE_SUBMITTED,
        page=f"/invoices/{invoice.id}",
        key=f"invoice:{invoice.id}:submitted:{invoice.version}",
    )


def number_fault(invoice: Invoice, number: str) -> str | None:
    """Why a provider cannot give an invoice this number; None where it can."""
    if not number:
        return "Enter your own number of the invoice."
    taken = db.session.scalar(
        select(Invoice.id).where(
            Invoice.provider_id == invoice.provider_id,
            Invoice.number == number,
            Invoice.id != invoice.id,
        )
    )
    return f"You have used the number {number} before. Enter another." if taken else None


def query(invoice: Invoice, words: str) -> None:
    """Return an invoice to the provider with a query. Raises RuleBroken without one."""
    require(None if words else "Enter what the provider should explain or correct.")
    invoice.query, invoice.answer = words, None
    INVOICE.fire(invoice, "query")
    _tell_provider(invoice, Topic.INVOICE_QUERIED)


def approve(invoice: Invoice, *, by: User, reason: str = "") -> None:
    """Approve an invoice: from then on it cannot change. reason: needed where it has differences.

    The provider's invoices are locked meanwhile, so that no two are approved for the same days
    without each being seen. Raises RuleBroken where it is not waiting, or a reason is missing.
    """
    hold(invoice)
    found = note_differences(invoice)
    for line, each in found.items():
        # days that an approved invoice bears already are taken off the commitment only once
        again = any(one.kind is differences.Kind.ALREADY for one in each)
        line.agreed_pence = 0 if again or line.minutes < 0 else differences.agreed_pence(line)
    require(
        "This invoice has differences. Enter why you approve it all the same."
        if invoice.flags and not reason
        else None
    )
    _decide(invoice, by, reason)
    INVOICE.fire(invoice, "approve")
    _tell_provider(invoice, Topic.INVOICE_DECIDED)


def refuse(invoice: Invoice, *, by: User, reason: str) -> None:
    """Refuse an invoice. Raises RuleBroken without a reason, or where it is not waiting."""
    hold(invoice)
    _decide(invoice, by, reason)
    INVOICE.fire(invoice, "refuse")
    _tell_provider(invoice, Topic.INVOICE_DECIDED)


def withdraw(invoice: Invoice) -> None:
    """Take an invoice back before it is decided. Raises RuleBroken afterwards."""
    hold(invoice)
    INVOICE.fire(invoice, "withdraw")
    db.session.flush()


def note_differences(invoice: Invoice) -> dict:
    """Find the differences now, and keep them on the lines while it is not decided."""
    found = differences.find(invoice)
    if invoice.state in (InvoiceState.SUBMITTED, InvoiceState.QUERIED, InvoiceState.DRAFT):
        for line, each in found.items():
            kept = [[one.kind.value, one.text] for one in each]
            if line.differences != kept:
                line.differences = kept
        flags = sum(len(each) for each in found.values())
        if invoice.flags != flags:
            invoice.flags = flags
    return found


def export(*, by: User) -> InvoiceExport:
    """Take every approved invoice that no batch holds into a new one, and mark it so.

    Raises RuleBroken where there is none.
    """
    waiting = db.session.scalars(
        select(Invoice)
        .where(Invoice.state == InvoiceState.APPROVED, Invoice.invoice_export_id.is_(None))
        .order_by(Invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    require(None if waiting else "No approved invoice waits to be exported.")
    batch = InvoiceExport(made_by=by.name, made_at=now())
    db.session.add(batch)
    db.session.flush()
    for invoice in waiting:
        invoice.export = batch
    db.session.flush()
    return batch


def invoices_in(batch: InvoiceExport) -> Sequence[Invoice]:
    """The invoices of a batch with their lines, in order."""
    found = select(Invoice).where(Invoice.invoice_export_id == batch.id)
    return db.session.scalars(found.options(selectinload(Invoice.lines)).order_by(Invoice.id)).all()


def _decide(invoice: Invoice, by: User, reason: str) -> None:
    invoice.reason = reason or None
    invoice.decided_by_id, invoice.decided_by, invoice.decided_at = by.id, by.name, now()


def _tell_provider(invoice: Invoice, topic: Topic) -> None:
    db.session.flush()
    notices.tell(
        notices.people_of(invoice.provider),
        topic,
        page=f"/invoices/{invoice.id}",
        key=f"invoice:{invoice.id}:{invoice.state}:{invoice.version}",
    )
