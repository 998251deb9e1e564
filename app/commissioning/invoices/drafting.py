"""Making an invoice from what was delivered, and a credit note from an approved invoice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.commissioning.attendance.queries import delivered_hours
from app.commissioning.invoices.models import (
    CLAIMED,
    INVOICE,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
)
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.money import round_half_up
from app.kernel.reach import whole
from app.kernel.rules import RuleBroken, require
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import VatBasis
from providers.pricing import SETTINGS

ONE_DAY = timedelta(days=1)
INVOICED = (PlacementState.LIVE, PlacementState.ENDED)
"""Only what has started can be invoiced."""


@dataclass(frozen=True)
class Part:
    """Days of a placement on which one version of its agreement holds, both included.

    pence_per_hour, pence_a_week: net of VAT.
    """

    placement: Placement
    first: date
    last: date
    pence_per_hour: int
    pence_a_week: int


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def vat_percent_of(placement: Placement) -> int:
    """The rate of VAT on a placement: none where its offer is exempt, the standard rate else.

    Prices are held net of VAT, so it makes no odds whether the quote included it.
    """
    return 0 if placement.offer.vat_basis is VatBasis.EXEMPT else int(SETTINGS.vat_percent)


def parts_of(placement: Placement, first: date, last: date) -> list[Part]:
    """The parts of a placement between two days, by the versions that the provider accepted."""
    first, last = max(first, placement.starts_on), min(last, placement.last_day)
    agreed = [each for each in placement.agreements if each.was_accepted]
    prices = [(each.effective_on, each.pence_per_hour, each.pence_a_week) for each in agreed]
    if len(prices) < 2:  # one version holds from the start, whenever it was accepted
        prices = [(placement.starts_on, placement.pence_per_hour, placement.pence_a_week)]
    prices[0] = (placement.starts_on, *prices[0][1:])
    ends = [following[0] - timedelta(days=1) for following in prices[1:]] + [last]
    parts = [
        Part(placement, max(start, first), min(end, last), per_hour, a_week)
        for (start, per_hour, a_week), end in zip(prices, ends, strict=True)
    ]
    return [part for part in parts if part.first <= part.last]


@whole()
def placements_to_invoice(provider_id: int, first: date, last: date) -> Sequence[Placement]:
    """The placements of a provider that have started and run on any of some days."""
    ended = func.coalesce(Placement.ended_on, Placement.ends_on)
    found = (
        select(Placement)
        .join(Placement.offer)
        .where(
            Offer.provider_id == provider_id,
            Placement.state.in_(INVOICED),
            Placement.starts_on <= last,
            ended >= first,
        )
        .options(
            joinedload(Placement.offer),
            joinedload(Placement.service),
            joinedload(Placement.child),
            selectinload(Placement.agreements),
        )
        .order_by(Placement.id)
    )
    return db.session.scalars(found).all()


def delivered_minutes(parts: Iterable[Part | InvoiceLine]) -> dict[tuple[int, date, date], int]:
    """What the registers say was delivered, in minutes, by placement and days."""
    spans: dict[tuple[date, date], set[int]] = {}
    for part in parts:
        days = _days_of(part)
        spans.setdefault(days, set()).add(_placement_of(part))
    return {
        (number, *days): round_half_up(hours * 60)
        for days, ids in spans.items()
        for number, hours in delivered_hours(sorted(ids), *days).items()
    }


def _days_of(part: Part | InvoiceLine) -> tuple[date, date]:
    return (part.first, part.last) if isinstance(part, Part) else (part.first_day, part.last_day)


def _placement_of(part: Part | InvoiceLine) -> int:
    return part.placement.id if isinstance(part, Part) else part.placement_id


def draft(provider: Provider, day: date) -> Invoice:
    """The draft of an invoice for the month of a day, with what is not invoiced yet.

    A draft of that month is taken up again, and made anew from the registers.
    Raises RuleBroken for a month to come, and where nothing is left to invoice.
    """
    first, last = month_of(day)
    require(
        "This month has not begun. Choose a month in which something was delivered."
        if first > today()
        else None
    )
    lines = lines_for(provider.id, first, last)
    if not lines:
        raise RuleBroken(
            f"Nothing is left to invoice for {first:%B %Y}: no session with a present child is "
            "recorded that you have not invoiced. Record attendance first."
        )
    found = db.session.scalar(
        select(Invoice).where(
            Invoice.provider_id == provider.id,
            Invoice.first_day == first,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.DRAFT,
        )
    )
    invoice = found or Invoice(
        provider=provider,
        kind=InvoiceKind.INVOICE,
        state=INVOICE.initial,
        first_day=first,
        last_day=last,
    )
    db.session.add(invoice)
    invoice.lines = lines
    invoice.add_up()
    db.session.flush()
    return invoice


def lines_for(provider_id: int, first: date, last: date) -> list[InvoiceLine]:
    """A line for each part of a placement with delivered hours that no invoice names yet.

    Of a month that still runs, the days to today, so that the rest can be invoiced later.
    """
    last = min(last, today())
    placements = placements_to_invoice(provider_id, first, last)
    taken = claimed_days([placement.id for placement in placements], first, last)
    parts = [
        left
        for placement in placements
        for part in parts_of(placement, first, last)
        for left in _left_of(part, taken.get(placement.id, ()))
    ]
    minutes = delivered_minutes(parts)
    return [
        _line(part, delivered)
        for part in parts
        if (delivered := minutes.get((part.placement.id, part.first, part.last), 0))
    ]


def claimed_days(
    placement_ids: Sequence[int], first: date, last: date, but: Invoice | None = None
) -> Mapping[int, list[tuple[date, date, str]]]:
    """The days of placements that other invoices name, with the reference of each.

    Drafts and invoices refused or withdrawn claim nothing, nor do credit notes.
    """
    found = (
        select(InvoiceLine.placement_id, InvoiceLine.first_day, InvoiceLine.last_day, Invoice)
        .join(InvoiceLine.invoice)
        .where(
            InvoiceLine.placement_id.in_(placement_ids),
            InvoiceLine.first_day <= last,
            InvoiceLine.last_day >= first,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state.in_(CLAIMED),
        )
    )
    if but is not None and but.id is not None:
        found = found.where(Invoice.id != but.id)
    days: dict[int, list[tuple[date, date, str]]] = {}
    for number, start, end, invoice in db.session.execute(found):
        days.setdefault(number, []).append((start, end, invoice.reference))
    return days


def _left_of(part: Part, taken: Iterable[tuple[date, date, str]]) -> list[Part]:
    """The days of a part that no invoice names, as parts of their own."""
    left, first = [], part.first
    for start, end, _reference in sorted(taken):
        if start > part.last:
            break
        if start > first:
            left.append(replace(part, first=first, last=start - ONE_DAY))
        first = max(first, end + ONE_DAY)
    return [*left, replace(part, first=first)] if first <= part.last else left


def _line(part: Part, minutes: int) -> InvoiceLine:
    line = InvoiceLine(
        placement=part.placement,
        first_day=part.first,
        last_day=part.last,
        minutes=minutes,
        pence_per_hour=part.pence_per_hour,
        vat_percent=vat_percent_of(part.placement),
        agreed_pence=0,
        differences=[],
    )
    line.reckon()
    return line


def change_line(line: InvoiceLine, *, hours: Fraction, pence_per_hour: int) -> None:
    """Correct a line of a draft, or of an invoice that was returned with a query.

    Raises RuleBroken once it is submitted or decided.
    """
    require(_locked_reason(line.invoice))
    line.minutes = round_half_up(hours * 60)
    line.pence_per_hour = pence_per_hour
    line.reckon()
    line.invoice.add_up()
    db.session.flush()


def remove_line(line: InvoiceLine) -> None:
    """Take a line off. Raises RuleBroken once the invoice is submitted or decided."""
    invoice = line.invoice
    require(_locked_reason(invoice))
    invoice.lines.remove(line)
    invoice.add_up()
    db.session.flush()


def _locked_reason(invoice: Invoice) -> str | None:
    if invoice.is_editable:
        return None
    return f"{invoice.reference} is {invoice.state.label.lower()}, so it cannot be changed."


def hold(invoice: Invoice) -> None:
    """Lock the invoices of a provider by its row, and read this one as it stands now."""
    row = select(Provider.id).where(Provider.id == invoice.provider_id)
    db.session.execute(row.with_for_update(key_share=True))
    db.session.refresh(invoice)


def left_to_credit(invoice: Invoice) -> dict[int, int]:
    """The minutes of each placement and line that no credit note has taken back, by line."""
    credited = (
        select(InvoiceLine.placement_id, InvoiceLine.first_day, func.sum(InvoiceLine.minutes))
        .join(InvoiceLine.invoice)
        .where(Invoice.credits_id == invoice.id, Invoice.state.in_((*CLAIMED, InvoiceState.DRAFT)))
        .group_by(InvoiceLine.placement_id, InvoiceLine.first_day)
    )
    back = {(number, day): minutes for number, day, minutes in db.session.execute(credited)}
    return {
        line.id: line.minutes + back.get((line.placement_id, line.first_day), 0)
        for line in invoice.lines
    }


def credit(invoice: Invoice, hours: Mapping[int, Fraction], note: str) -> Invoice:
    """The draft of a credit note on an approved invoice. hours: to take back, by line.

    Raises RuleBroken where the invoice is not approved, or for more than is left of a line.
    """
    hold(invoice)
    left = left_to_credit(invoice)
    wanted = {number: round_half_up(each * 60) for number, each in hours.items() if each > 0}
    require(
        "Only an approved invoice can be credited."
        if invoice.state is not InvoiceState.APPROVED or invoice.kind is not InvoiceKind.INVOICE
        else None,
        None if wanted else "Enter how many hours to take back.",
        "You cannot take back more hours than were invoiced and not credited yet."
        if any(minutes > left.get(number, 0) for number, minutes in wanted.items())
        else None,
        None if note else "Enter why the hours are taken back.",
    )
    credit_note = Invoice(
        provider=invoice.provider,
        kind=InvoiceKind.CREDIT_NOTE,
        credits=invoice,
        state=INVOICE.initial,
        first_day=invoice.first_day,
        last_day=invoice.last_day,
        note=note,
    )
    db.session.add(credit_note)
    for line in invoice.lines:
        if line.id in wanted:
            credit_note.lines.append(_mirror(line, wanted[line.id]))
    credit_note.add_up()
    db.session.flush()
    return credit_note


def _mirror(line: InvoiceLine, minutes: int) -> InvoiceLine:
    mirror = InvoiceLine(
        placement=line.placement,
        first_day=line.first_day,
        last_day=line.last_day,
        minutes=-minutes,
        pence_per_hour=line.pence_per_hour,
        vat_percent=line.vat_percent,
        agreed_pence=0,
        differences=[],
    )
    mirror.reckon()
    return mirror
