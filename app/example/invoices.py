"""Invoices of the example's providers: approved or waiting, one with a difference."""

from fractions import Fraction

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.budgets.costs import financial_year_of
from app.commissioning.budgets.models import BudgetLine
from app.commissioning.invoices import drafting, service
from app.commissioning.invoices.models import Invoice
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Tier

BUDGETS = {Tier.ONE: 15_000_000, Tier.TWO: 90_000_000, Tier.THREE: 130_000_000}
"""Pence a year."""


def load() -> None:
    """Budgets of this year, and an invoice of each provider with delivered hours for this month.

    The first has more hours than its registers, the next is approved, others wait. Nothing where
    there are invoices already, or nobody in finance.
    """
    finance = db.session.scalar(select(User).where(User.role == Role.FINANCE))
    if finance is None or db.session.scalar(select(Invoice.id).limit(1)):
        return
    _budgets()
    for number, provider in enumerate(_providers()):
        try:
            invoice = drafting.draft(provider, today())
        except RuleBroken:  # nothing was delivered there
            continue
        if number == 0:
            line = invoice.lines[0]
            more = line.hours + Fraction(2)
            drafting.change_line(line, hours=more, pence_per_hour=line.pence_per_hour)
        service.submit(invoice, number=f"{provider.reference}-{today():%y%m}")
        if number == 1:
            service.approve(invoice, by=finance, reason="Checked against the registers.")
    db.session.flush()


def _providers() -> list[Provider]:
    placed = select(Offer.provider_id).join(Placement, Placement.offer_id == Offer.id)
    found = select(Provider).where(Provider.id.in_(placed)).order_by(Provider.id)
    return list(db.session.scalars(found))


def _budgets() -> None:
    year = financial_year_of(today())
    known = set(db.session.scalars(select(BudgetLine.tier).where(BudgetLine.year == year)))
    for tier, pence in BUDGETS.items():
        if tier not in known:
            db.session.add(BudgetLine(year=year, tier=tier, pence=pence))
