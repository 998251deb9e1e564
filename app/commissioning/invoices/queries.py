"""Invoices as pages and files ask for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.commissioning.invoices.models import (
    Invoice,
    InvoiceExport,
    InvoiceLine,
    InvoiceState,
)
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from providers.models.provider import Provider

ORDERS = {
    "submitted": Invoice.submitted_at,
    "period": Invoice.first_day,
    "net": Invoice.net_pence,
    "differences": Invoice.flags,
    "provider": Provider.name,
}
WHOLE = (
    selectinload(Invoice.lines).options(
        joinedload(InvoiceLine.placement).options(
            joinedload(Placement.service),
            joinedload(Placement.offer),
            joinedload(Placement.child),
            selectinload(Placement.agreements),
        )
    ),
    joinedload(Invoice.provider),
    joinedload(Invoice.credits),
    joinedload(Invoice.export),
)
"""What the page of one invoice shows."""


@dataclass(frozen=True)
class InvoiceCriteria:
    """Which invoices to list; None leaves a thing open.

    month: its first day. text: a provider's name, or a number or reference of an invoice.
    exported: only those that a batch holds, or that none does.
    """

    state: InvoiceState | None = None
    month: date | None = None
    with_differences: bool = False
    exported: bool | None = None
    text: str = ""


def invoices(criteria: InvoiceCriteria, by: str = "period", descending: bool = True) -> Select:
    """Invoices that meet the criteria, in order, with their providers."""
    column = ORDERS[by]
    return (
        select(Invoice)
        .join(Invoice.provider)
        .where(*_conditions(criteria))
        .options(joinedload(Invoice.provider), joinedload(Invoice.export))
        .order_by(column.desc() if descending else column.asc(), Invoice.id.desc())
    )


def _conditions(criteria: InvoiceCriteria) -> list:
    conditions = []
    if criteria.state is not None:
        conditions.append(Invoice.state == criteria.state)
    if criteria.month is not None:
        conditions.append(Invoice.first_day == criteria.month)
    if criteria.with_differences:
        conditions.append(Invoice.flags > 0)
    if criteria.exported is not None:
        is_in_one = Invoice.invoice_export_id.is_not(None)
        conditions.append(is_in_one if criteria.exported else ~is_in_one)
    for word in criteria.text.split():
        digits = word.upper().removeprefix("IN-").removeprefix("CN-")
        conditions.append(
            or_(
                Provider.name.icontains(word, autoescape=True),
                Invoice.number.icontains(word, autoescape=True),
                Invoice.id == (int(digits) if digits.isdecimal() and len(digits) <= 9 else 0),
            )
        )
    return conditions


def months() -> Sequence[date]:
    """The months for which there are invoices, the latest first."""
    found = select(Invoice.first_day).distinct().order_by(Invoice.first_day.desc())
    return db.session.scalars(found.limit(36)).all()


def counts() -> dict[InvoiceState, tuple[int, int, int]]:
    """For each state how many invoices, their net in pence, and how many have differences."""
    found = select(
        Invoice.state,
        func.count(),
        func.coalesce(func.sum(Invoice.net_pence), 0),
        func.count().filter(Invoice.flags > 0),
    ).group_by(Invoice.state)
    return {state: (many, int(net), odd) for state, many, net, odd in db.session.execute(found)}


def count_to_export() -> int:
    """How many approved invoices no batch holds yet."""
    found = select(func.count()).where(
        Invoice.state == InvoiceState.APPROVED, Invoice.invoice_export_id.is_(None)
    )
    return db.session.scalar(found) or 0


def waiting(limit: int) -> Sequence[Invoice]:
    """The invoices that wait for finance, the longest first."""
    found = (
        select(Invoice)
        .where(Invoice.state == InvoiceState.SUBMITTED)
        .options(joinedload(Invoice.provider))
        .order_by(Invoice.submitted_at, Invoice.id)
    )
    return db.session.scalars(found.limit(limit)).all()


def exports() -> Select:
    """The batches that were taken to finance, the latest first."""
    return select(InvoiceExport).order_by(InvoiceExport.id.desc())


def sums_of(batches: Sequence[InvoiceExport]) -> dict[int, tuple[int, int, int]]:
    """For each batch how many invoices it holds, their net and their VAT in pence."""
    found = (
        select(
            Invoice.invoice_export_id,
            func.count(),
            func.sum(Invoice.net_pence),
            func.sum(Invoice.vat_pence),
        )
        .where(Invoice.invoice_export_id.in_([batch.id for batch in batches]))
        .group_by(Invoice.invoice_export_id)
    )
    return {number: tuple(map(int, sums)) for number, *sums in db.session.execute(found)}


FINANCE_COLUMNS = (
    "Batch",
    "Document",
    "Type",
    "Supplier reference",
    "Supplier name",
    "Supplier document number",
    "Credits document",
    "Tax point",
    "Period from",
    "Period to",
    "Placement",
    "Service",
    "Tier",
    "Hours",
    "Price an hour net (£)",
    "Net (£)",
    "VAT rate (%)",
    "VAT (£)",
    "Gross (£)",
    "Approved by",
    "Approved on",
)
"""The columns of the file for the finance system, one line of an invoice a row."""


def finance_rows(batch: InvoiceExport) -> Iterator[list]:
    """A batch as rows of FINANCE_COLUMNS; money in pounds with pence. It names no child."""
    found = (
        select(InvoiceLine)
        .join(InvoiceLine.invoice)
        .where(Invoice.invoice_export_id == batch.id)
        .options(
            joinedload(InvoiceLine.invoice).options(
                joinedload(Invoice.provider), joinedload(Invoice.credits)
            ),
            joinedload(InvoiceLine.placement).joinedload(Placement.service),
        )
        .order_by(Invoice.id, InvoiceLine.id)
    )
    for line in db.session.scalars(found):
        invoice, placement = line.invoice, line.placement
        yield [
            batch.reference,
            invoice.reference,
            invoice.kind,
            invoice.provider.reference,
            invoice.provider.name,
            invoice.number,
            invoice.credits.reference if invoice.credits else None,
            invoice.submitted_at.date(),
            line.first_day,
            line.last_day,
            placement.reference,
            placement.service.name,
            placement.tier.value,
            round(line.minutes / 60, 2),
            line.pence_per_hour / 100,
            line.net_pence / 100,
            line.vat_percent,
            line.vat_pence / 100,
            line.gross_pence / 100,
            invoice.decided_by,
            invoice.decided_at.date(),
        ]
