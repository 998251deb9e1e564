"""What was spent, and what a financial year will come to: for the budget page and the reports.

Everything is pence net of VAT, which the authority recovers (Value Added Tax Act 1994, section 33).

- Actual: the lines of approved invoices, less credit notes, in the year of their days.
- Forecast to the end of the year: what placements commit in it, provision by school days and
  transport by estimate, and for months that were invoiced the actual in place of what was agreed
  for them. A month without an approved invoice counts as agreed.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.commissioning.budgets.costs import year_bounds
from app.commissioning.budgets.models import BudgetLine, PlacementCost
from app.commissioning.invoices.models import Invoice, InvoiceLine, InvoiceState
from app.commissioning.placements.lifecycle import COMMITTED
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from providers.needs import Tier


@dataclass(frozen=True)
class Figures:
    """Committed, actual and forecast of one tier in one financial year, in pence."""

    committed: int = 0
    actual: int = 0
    forecast: int = 0


def figures(year: int) -> dict[Tier, Figures]:
    """The figures of each tier in a financial year (the one in which it begins): two questions."""
    committed = {
        tier: provision + transport
        for tier, provision, transport in db.session.execute(
            select(
                Placement.tier,
                func.sum(PlacementCost.pence),
                func.sum(PlacementCost.transport_pence),
            )
            .join(PlacementCost.placement)
            .where(PlacementCost.year == year, Placement.state.in_(COMMITTED))
            .group_by(Placement.tier)
        )
    }
    spent = {tier: (net, agreed) for tier, net, agreed in db.session.execute(_spent(year))}
    return {tier: _figures(int(committed.get(tier, 0)), *spent.get(tier, (0, 0))) for tier in Tier}


def _figures(committed: int, net: int, agreed: int) -> Figures:
    return Figures(committed, int(net), committed + int(net) - int(agreed))


def _spent(year: int):
    """Tier, what was invoiced and approved, and what had been agreed for the same days."""
    first, last = year_bounds(year)
    return (
        select(Placement.tier, func.sum(InvoiceLine.net_pence), func.sum(InvoiceLine.agreed_pence))
        .join(InvoiceLine.placement)
        .join(InvoiceLine.invoice)
        .where(
            Invoice.state == InvoiceState.APPROVED,
            InvoiceLine.first_day >= first,
            InvoiceLine.first_day <= last,
        )
        .group_by(Placement.tier)
    )


def actual_and_departure(year: int) -> dict[Tier, tuple[int, int]]:
    """For each tier what was invoiced and approved in a year, and how far it departs from what was
    agreed for the same days."""
    rows = db.session.execute(_spent(year))
    return {tier: (int(net), int(net) - int(agreed)) for tier, net, agreed in rows}


def budgets_of(year: int) -> dict[Tier, int]:
    """What may be spent in a financial year, by tier, where the authority has set it."""
    found = select(BudgetLine.tier, BudgetLine.pence).where(BudgetLine.year == year)
    return {tier: int(pence) for tier, pence in db.session.execute(found)}


def actual(year: int) -> dict[Tier, int]:
    """What was invoiced and approved in a financial year, by tier."""
    return {tier: each.actual for tier, each in figures(year).items()}


def forecast(year: int) -> dict[Tier, int]:
    """What a financial year will come to, by tier."""
    return {tier: each.forecast for tier, each in figures(year).items()}


def actual_of(placement: Placement, until: date | None = None) -> int:
    """What was invoiced and approved for one placement, to a day where one is given."""
    spent = (
        select(func.coalesce(func.sum(InvoiceLine.net_pence), 0))
        .join(InvoiceLine.invoice)
        .where(InvoiceLine.placement_id == placement.id, Invoice.state == InvoiceState.APPROVED)
    )
    if until is not None:
        spent = spent.where(InvoiceLine.first_day <= until)
    return int(db.session.scalar(spent))
