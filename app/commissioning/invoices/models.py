"""An invoice or credit note of a provider for a month, its lines, and the batches for finance.

All sums are whole pence. A line's net is its hours times the price an hour, halves of a penny up;
its VAT is the rate on that net, halves up; an invoice's sums are those of its lines.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    inspect,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.commissioning.placements.models import Placement
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.money import round_half_up
from app.kernel.rules import RuleBroken
from providers.models.provider import Provider
from providers.needs import Labelled


class InvoiceState(Labelled):
    """Where an invoice stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for a decision"
    QUERIED = "queried", "Returned with a query"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class InvoiceKind(Labelled):
    """An invoice asks for money; a credit note gives back some of an approved one's."""

    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


def _has_lines(invoice: "Invoice") -> str | None:
    return None if invoice.lines else "There is nothing on it. Add what was delivered first."


def _has_number(invoice: "Invoice") -> str | None:
    return None if invoice.number else "Enter your own number of the invoice."


def _has_answer(invoice: "Invoice") -> str | None:
    return None if invoice.answer else "Answer the query before you submit it again."


def _has_decision(invoice: "Invoice") -> str | None:
    return None if invoice.decided_by else "A named person must decide."


def _has_reason(invoice: "Invoice") -> str | None:
    return None if invoice.reason else "Enter the reason."


S = InvoiceState

INVOICE = Lifecycle(
    "invoice",
    S.DRAFT,
    move("submit", S.DRAFT, to=S.SUBMITTED, requires=[_has_lines, _has_number]),
    move("query", S.SUBMITTED, to=S.QUERIED),
    move("submit again", S.QUERIED, to=S.SUBMITTED, requires=[_has_lines, _has_answer]),
    move("approve", S.SUBMITTED, to=S.APPROVED, requires=[_has_decision]),
    move("refuse", S.SUBMITTED, to=S.REFUSED, requires=[_has_decision, _has_reason]),
    move("withdraw", S.DRAFT, S.SUBMITTED, S.QUERIED, to=S.WITHDRAWN),
)
EDITABLE = (S.DRAFT, S.QUERIED)
"""States in which the provider may change it."""
CLAIMED = (S.SUBMITTED, S.QUERIED, S.APPROVED)
"""States in which its days count as invoiced."""


class InvoiceExport(Audited, db.Model):
    """A batch of approved invoices that was taken to the finance system, each one once."""

    __tablename__ = "invoice_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def reference(self) -> str:
        """What people call it: "EX-00003"."""
        return f"EX-{self.id:05}"


class Invoice(Audited, db.Model):
    """What a provider asks for one month (both days included), net_pence and vat_pence in all.

    number: the provider's own; None in a draft. credits: the approved invoice that a credit note
    is about. flags: how many differences were found when it was last checked. note: the provider's
    words. answer: to the query. reason: why it was approved in spite of differences, or refused.
    version: counts changes, so that an old page is known.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("provider_id", "number"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("(kind = 'credit_note') = (credits_id IS NOT NULL)", name="credit_of_one"),
        CheckConstraint("(kind = 'credit_note') = (net_pence < 0) OR net_pence = 0", name="sign"),
        CheckConstraint(
            "state NOT IN ('submitted', 'queried', 'approved', 'refused') OR number IS NOT NULL",
            name="submitted_has_number",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL", name="decided_has_day"
        ),
        CheckConstraint(
            "invoice_export_id IS NULL OR state = 'approved'", name="exported_is_approved"
        ),
        Index(None, "state", "submitted_at"),
        Index(None, "provider_id", "first_day"),
    )
    unaudited = frozenset({"version"})

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    kind: Mapped[InvoiceKind] = mapped_column(
        choice(InvoiceKind, "kind"), default=InvoiceKind.INVOICE
    )
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    state = INVOICE.column()
    number: Mapped[str | None] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    net_pence: Mapped[int] = mapped_column(default=0)
    vat_pence: Mapped[int] = mapped_column(default=0)
    flags: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(String(1000))
    submitted_by: Mapped[str | None] = mapped_column(String(200))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    query: Mapped[str | None] = mapped_column(String(1000))
    answer: Mapped[str | None] = mapped_column(String(1000))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(1000))
    invoice_export_id: Mapped[int | None] = mapped_column(
        ForeignKey("invoice_export.id"), index=True
    )

    __mapper_args__ = {"version_id_col": version}

    provider: Mapped[Provider] = relationship()
    credits: Mapped["Invoice | None"] = relationship(remote_side="Invoice.id")
    export: Mapped[InvoiceExport | None] = relationship()
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", cascade="all, delete-orphan", order_by="InvoiceLine.id"
    )

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def reference(self) -> str:
        """What the authority calls it: "IN-00012", or "CN-00013" for a credit note."""
        return f"{'IN' if self.kind is InvoiceKind.INVOICE else 'CN'}-{self.id:05}"

    @property
    def gross_pence(self) -> int:
        """What is to be paid, with VAT."""
        return self.net_pence + self.vat_pence

    @property
    def is_editable(self) -> bool:
        """Whether the provider may change it."""
        return self.state in EDITABLE

    def add_up(self) -> None:
        """Take the sums from the lines."""
        self.net_pence = sum(line.net_pence for line in self.lines)
        self.vat_pence = sum(line.vat_pence for line in self.lines)


class InvoiceLine(Audited, db.Model):
    """What one placement cost on some days at one price.

    minutes: delivered, as invoiced; below nothing on a credit note. pence_per_hour: net of VAT.
    vat_percent: 0 where the offer is exempt. agreed_pence: what the placement was to cost on these
    days, kept at approval for the forecast. differences: how the line departed from the agreement
    and the registers when it was decided, by code.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("pence_per_hour > 0", name="price_positive"),
        CheckConstraint("vat_percent BETWEEN 0 AND 100", name="vat_is_a_share"),
        Index(None, "placement_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    minutes: Mapped[int]
    pence_per_hour: Mapped[int]
    vat_percent: Mapped[int] = mapped_column(default=0)
    net_pence: Mapped[int] = mapped_column(default=0)
    vat_pence: Mapped[int] = mapped_column(default=0)
    agreed_pence: Mapped[int] = mapped_column(default=0)
    differences: Mapped[list[Any]] = mapped_column(JSON, default=list)

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    placement: Mapped[Placement] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.invoice.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        own = aliased(Invoice)
        return db.select(own.provider_id).where(own.id == cls.invoice_id).scalar_subquery()

    @property
    def hours(self) -> Fraction:
        """Hours as invoiced."""
        return Fraction(self.minutes, 60)

    @property
    def gross_pence(self) -> int:
        """With VAT."""
        return self.net_pence + self.vat_pence

    def reckon(self) -> None:
        """Work out net and VAT from minutes, price and rate. A credit is the invoice's mirror."""
        sign = -1 if self.minutes < 0 else 1
        net = round_half_up(Fraction(abs(self.minutes) * self.pence_per_hour, 60))
        self.net_pence = sign * net
        self.vat_pence = sign * round_half_up(Fraction(net * self.vat_percent, 100))


SETTLED = (S.APPROVED, S.REFUSED, S.WITHDRAWN)
SETTLED_IN_WORDS = "An invoice that was decided cannot be changed. Make a credit note instead."
MONEY = ("minutes", "pence_per_hour", "vat_percent", "net_pence", "vat_pence", "placement_id")


@event.listens_for(InvoiceLine, "before_update")
def _protect_lines(_mapper, _connection, line: InvoiceLine) -> None:
    """Whatever the program does, the money of a decided invoice stays as it was decided."""
    touched = any(inspect(line).attrs[name].history.has_changes() for name in MONEY)
    if touched and line.invoice.state in SETTLED:
        raise RuleBroken(SETTLED_IN_WORDS)


@event.listens_for(InvoiceLine, "before_delete")
def _keep_lines(_mapper, _connection, line: InvoiceLine) -> None:
    """A line of a decided invoice stays on it."""
    if line.invoice is not None and line.invoice.state in SETTLED:
        raise RuleBroken(SETTLED_IN_WORDS)
