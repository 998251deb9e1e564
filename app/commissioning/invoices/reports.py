"""Spend on alternative provision in a financial year, by tier, service, provider or month."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from app.commissioning.budgets.costs import financial_year_of, year_bounds
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.invoices.models import Invoice, InvoiceLine, InvoiceState
from app.commissioning.placements.lifecycle import COMMITTED
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Labelled, Tier


class By(Labelled):
    """What spend is broken down by."""

    TIER = "tier", "Tier"
    SERVICE = "service", "Service"
    PROVIDER = "provider", "Provider"
    MONTH = "month", "Month"


@dataclass(frozen=True)
class Row:
    """One part of a year's spend, in pence net of VAT.

    committed: what its placements cost in the year by agreement, with transport; None by month.
    placements: how many were invoiced. minutes: as invoiced and approved, less credits.
    """

    name: str
    actual: int
    minutes: int
    placements: int
    committed: int | None = None

    @property
    def pence_per_hour(self) -> int | None:
        """The mean price an hour of what was invoiced."""
        return round(self.actual * 60 / self.minutes) if self.minutes > 0 else None


def spend(by: By, year: int) -> list[Row]:
    """The rows of a financial year: months in order, all else by size; at most two queries."""
    if by is By.MONTH:
        return _by_month(year)
    group = {By.TIER: Placement.tier, By.SERVICE: Service.name, By.PROVIDER: Provider.name}[by]
    spent = {key: values for key, *values in db.session.execute(_spent(group, year))}
    promised = dict(db.session.execute(_promised(group, year)).all())
    keys = {*spent, *promised} | (set(Tier) if by is By.TIER else set())
    rows = [
        Row(_name(key), *map(int, spent.get(key, (0, 0, 0))), committed=int(promised.get(key, 0)))
        for key in keys
    ]
    if by is By.TIER:
        return sorted(rows, key=lambda row: row.name)
    return sorted(rows, key=lambda row: (-row.actual, -(row.committed or 0), row.name))


def _by_month(year: int) -> list[Row]:
    spent = db.session.execute(_spent(InvoiceLine.first_day, year))
    months = {(year + (number > 12), (number - 1) % 12 + 1): [0, 0, 0] for number in range(4, 16)}
    for day, *values in spent:
        sums = months[day.year, day.month]
        months[day.year, day.month] = [a + int(b) for a, b in zip(sums, values, strict=True)]
    return [Row(f"{date(*key, 1):%B %Y}", *sums) for key, sums in months.items()]


def _spent(group, year: int) -> Select:
    """What was invoiced and approved: sum, minutes, and how many placements, by a column."""
    first, last = year_bounds(year)
    return (
        _joined(
            select(
                group,
                func.sum(InvoiceLine.net_pence),
                func.sum(InvoiceLine.minutes),
                func.count(InvoiceLine.placement_id.distinct()),
            )
            .select_from(InvoiceLine)
            .join(InvoiceLine.invoice)
            .join(InvoiceLine.placement)
        )
        .where(
            Invoice.state == InvoiceState.APPROVED,
            InvoiceLine.first_day >= first,
            InvoiceLine.first_day <= last,
        )
        .group_by(group)
    )


def _promised(group, year: int) -> Select:
    whole = func.sum(PlacementCost.pence + PlacementCost.transport_pence)
    return (
        _joined(select(group, whole).select_from(PlacementCost).join(PlacementCost.placement))
        .where(PlacementCost.year == year, Placement.state.in_(COMMITTED))
        .group_by(group)
    )


def _joined(statement: Select) -> Select:
    return (
        statement.join(Service, Service.id == Placement.service_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .join(Provider, Provider.id == Offer.provider_id)
    )


def _name(key: Tier | str) -> str:
    return key.label if isinstance(key, Tier) else key


def years() -> list[int]:
    """The financial years with commitments or invoices, and the present one, the latest first."""
    known = set(db.session.scalars(select(PlacementCost.year).distinct()))
    days = db.session.scalars(select(InvoiceLine.first_day).distinct())
    return sorted(known | {financial_year_of(day) for day in days} | {financial_year_of(today())})[
        ::-1
    ]
