"""How an invoice departs from agreement and registers: found by the program, judged by finance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.children.terms import Calendar, calendar
from app.commissioning.attendance.timetable import agreed_minutes, monday_of, school_days
from app.commissioning.budgets.costs import DAYS_A_WEEK
from app.commissioning.invoices.drafting import (
    claimed_days,
    delivered_minutes,
    parts_of,
    vat_percent_of,
)
from app.commissioning.invoices.models import SETTLED, Invoice, InvoiceKind, InvoiceLine
from app.kernel.money import pounds, round_half_up
from app.kernel.words import in_words, listed
from providers.needs import Labelled


class Kind(Labelled):
    """In which way a line departs."""

    ABOVE_AGREED = "above_agreed", "Hours above those agreed"
    NOT_RECORDED = "not_recorded", "Sessions not recorded"
    PRICE = "price", "Price unlike the agreement"
    VAT = "vat", "VAT unlike the offer"
    OUTSIDE = "outside", "Outside the placement"
    ALREADY = "already", "Already invoiced"


@dataclass(frozen=True)
class Difference:
    """One departure of a line, and what it is in words."""

    kind: Kind
    text: str


def find(invoice: Invoice) -> dict[InvoiceLine, list[Difference]]:
    """The differences of each line as things stand now; empty lists where there are none.

    A credit note takes back what was approved, and departs from nothing.
    """
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return {line: [] for line in invoice.lines}
    days = calendar()
    recorded = delivered_minutes(invoice.lines)
    ids = [line.placement_id for line in invoice.lines]
    taken = claimed_days(ids, invoice.first_day, invoice.last_day, but=invoice)
    return {
        line: [
            *_hours(line, recorded, days),
            *_price(line),
            *_period(line),
            *_already(line, taken.get(line.placement_id, [])),
        ]
        for line in invoice.lines
    }


def agreed_pence(line: InvoiceLine) -> int:
    """What a line's placement was to cost on its days, in pence: term weeks at a week's price."""
    days, total = calendar(), Fraction(0)
    for part in parts_of(line.placement, line.first_day, line.last_day):
        taught = days.school_days_between(part.first, part.last)
        total += Fraction(taught, DAYS_A_WEEK) * part.pence_a_week
    return round_half_up(total)


def _hours(
    line: InvoiceLine, recorded: Mapping[tuple[int, date, date], int], days: Calendar
) -> list[Difference]:
    agreed = agreed_minutes(line.placement, school_days(days, line.first_day, _whole_week(line)))
    delivered = recorded.get((line.placement_id, line.first_day, line.last_day), 0)
    found = []
    if line.minutes > agreed:
        found.append(
            Difference(
                Kind.ABOVE_AGREED,
                f"{_in_hours(line.minutes)} invoiced, {_in_hours(agreed)} agreed for these days.",
            )
        )
    if line.minutes > delivered:
        found.append(
            Difference(
                Kind.NOT_RECORDED,
                f"{_in_hours(line.minutes)} invoiced, {_in_hours(delivered)} in the registers.",
            )
        )
    return found


def _whole_week(line: InvoiceLine) -> date:
    """The last day whose agreed hours a line may use: those of a week that an invoice of a month
    that still runs breaks off, since a week's hours may all be given on its first days."""
    last = line.last_day
    if last in (line.invoice.last_day, line.placement.last_day):
        return last
    end = monday_of(last) + timedelta(days=6)
    return min(end, line.invoice.last_day, line.placement.last_day)


def _price(line: InvoiceLine) -> list[Difference]:
    parts = parts_of(line.placement, line.first_day, line.last_day)
    agreed = sorted({part.pence_per_hour for part in parts})
    found = []
    if agreed and line.pence_per_hour not in agreed:
        prices = listed(map(pounds, agreed), "or")
        text = f"{pounds(line.pence_per_hour)} an hour invoiced, {prices} agreed, net of VAT."
        found.append(Difference(Kind.PRICE, text))
    due = vat_percent_of(line.placement)
    if line.vat_percent != due:
        text = f"VAT of {line.vat_percent}% invoiced, {due}% by the offer."
        found.append(Difference(Kind.VAT, text))
    return found


def _period(line: InvoiceLine) -> list[Difference]:
    placement = line.placement
    if placement.starts_on <= line.first_day and line.last_day <= placement.last_day:
        return []
    days = f"{in_words(placement.starts_on)} to {in_words(placement.last_day)}"
    return [Difference(Kind.OUTSIDE, f"The placement runs from {days}.")]


def _already(line: InvoiceLine, taken: list[tuple[date, date, str]]) -> list[Difference]:
    others = [
        reference
        for start, end, reference in taken
        if start <= line.last_day and line.first_day <= end
    ]
    if not others:
        return []
    return [Difference(Kind.ALREADY, f"These days stand on {listed(sorted(set(others)))} too.")]


def _in_hours(minutes: int) -> str:
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return f"{hours} hour{'' if hours == '1' else 's'}"


def shown(invoice: Invoice) -> dict[int, list[Difference]]:
    """The differences to show, by line: as they were decided, or as things stand now."""
    if invoice.state in SETTLED:
        return {
            line.id: [Difference(Kind(code), text) for code, text in line.differences]
            for line in invoice.lines
        }
    return {line.id: each for line, each in find(invoice).items()}
