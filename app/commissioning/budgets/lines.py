"""Budget lines: what may be spent in a financial year and tier, what is committed, what is left.

Committed is what every approved placement costs in the year, live, ended or still to come. Waiting
is what proposals before a decision would add. To date is the part of the committed whose school
days have passed. Actual is what was invoiced and approved. The forecast to the year's end is what
is committed and what waits, with the actual in place of what was agreed for months that were
invoiced (`app.commissioning.invoices.spend`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.terms import calendar
from app.commissioning.budgets import costs
from app.commissioning.budgets.costs import financial_year_of, year_bounds
from app.commissioning.budgets.models import BudgetLine, PlacementCost
from app.commissioning.invoices.spend import actual_and_departure
from app.commissioning.placements.lifecycle import COMMITTED, PlacementState, ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.rules import require
from providers.needs import Tier


@dataclass(frozen=True)
class Line:
    """A budget line with its sums in pence. budget: None where the authority has set none.

    departs: by how much months that were invoiced cost more, or less, than was agreed for them.
    """

    year: int
    tier: Tier
    budget: int | None
    committed: int
    waiting: int
    to_date: int
    actual: int = 0
    departs: int = 0

    @property
    def forecast(self) -> int:
        """What the year is expected to cost."""
        return self.committed + self.waiting + self.departs

    @property
    def left(self) -> int | None:
        """What the budget leaves after all that is committed; negative where it is overspent."""
        return None if self.budget is None else self.budget - self.committed


@dataclass(frozen=True)
class Effect:
    """What one decision does to a line, in pence."""

    year: int
    tier: Tier
    budget: int | None
    committed: int
    adds: int

    @property
    def left_after(self) -> int | None:
        """What the line leaves once it is decided; negative where it overspends."""
        return None if self.budget is None else self.budget - self.committed - self.adds


def lines_of(year: int, on: date | None = None) -> list[Line]:
    """The lines of a financial year, one a tier, as they stand on a date (today)."""
    budgets, committed = budgets_of(year), committed_by_tier(year)
    waiting, passed = waiting_by_tier(year), to_date_by_tier(year, on or today())
    spent = actual_and_departure(year)
    return [
        Line(
            year,
            tier,
            budgets.get(tier),
            committed.get(tier, 0),
            waiting.get(tier, 0),
            passed.get(tier, 0),
            *spent.get(tier, (0, 0)),
        )
        for tier in Tier
    ]


def budgets_of(year: int) -> dict[Tier, int]:
    """What may be spent in a year, by tier."""
    return {row.tier: row.pence for row in rows_of(year)}


def rows_of(year: int) -> Sequence[BudgetLine]:
    """What was set for a year, a row a tier."""
    found = select(BudgetLine).where(BudgetLine.year == year).order_by(BudgetLine.tier)
    return db.session.scalars(found).all()


def committed_by_tier(year: int) -> dict[Tier, int]:
    """What every approved placement costs in a year, with transport, by tier."""
    whole = func.sum(PlacementCost.pence + PlacementCost.transport_pence)
    statement = (
        select(Placement.tier, whole)
        .join(PlacementCost.placement)
        .where(PlacementCost.year == year, Placement.state.in_(COMMITTED))
        .group_by(Placement.tier)
    )
    return {tier: int(pence) for tier, pence in db.session.execute(statement)}


@whole()
def waiting_by_tier(year: int) -> dict[Tier, int]:
    """What proposals that wait for a decision would cost in a year, by tier."""
    inside = (ProposalState.SUBMITTED, ProposalState.QUESTIONED)
    first, last = year_bounds(year)
    statement = (
        select(Placement)
        .join(Placement.proposal)
        .where(
            Placement.state == PlacementState.PROPOSED,
            Proposal.state.in_(inside),
            Placement.starts_on <= last,
            Placement.ends_on >= first,
        )
        .options(selectinload(Placement.agreements))
    )
    return _sum_of_year(db.session.scalars(statement).unique().all(), year)


def to_date_by_tier(year: int, on: date) -> dict[Tier, int]:
    """The part of what is committed whose school days have passed by a date, by tier.

    A year's price holds for each school day alike, so the share of its days is the share of its
    cost; placements with the same days are counted together.
    """
    first, last = year_bounds(year)
    if on >= last:
        return committed_by_tier(year)
    whole = func.sum(PlacementCost.pence + PlacementCost.transport_pence)
    ends = func.coalesce(Placement.ended_on, Placement.ends_on)
    statement = (
        select(Placement.tier, Placement.starts_on, ends, whole)
        .join(PlacementCost.placement)
        .where(
            PlacementCost.year == year,
            Placement.state.in_(COMMITTED),
            Placement.starts_on <= on,
        )
        .group_by(Placement.tier, Placement.starts_on, ends)
    )
    days, found = calendar(), dict.fromkeys(Tier, 0)
    for tier, starts_on, ends_on, pence in db.session.execute(statement):
        begin, end = max(first, starts_on), min(last, as_date(ends_on))
        taught = days.school_days_between(begin, end)
        if taught:
            found[tier] += int(pence) * days.school_days_between(begin, min(end, on)) // taught
    return found


def as_date(value: date | str) -> date:
    """A day that the database may give as text where it was worked out."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _sum_of_year(placements: Sequence[Placement], year: int) -> dict[Tier, int]:
    found: dict[Tier, int] = {}
    for placement in placements:
        for cost in costs.cost_of(placement):
            if cost.year == year:
                found[placement.tier] = found.get(placement.tier, 0) + cost.total
    return found


def effect_of(proposal: Proposal) -> list[Effect]:
    """What approving a proposal would do to each line that it touches, the earliest first."""
    adds: dict[tuple[int, Tier], int] = {}
    for placement in proposal.placements:
        for cost in costs.cost_of(placement):
            key = (cost.year, placement.tier)
            adds[key] = adds.get(key, 0) + cost.total
    return [_effect(year, tier, pence) for (year, tier), pence in sorted(adds.items())]


def _effect(year: int, tier: Tier, adds: int) -> Effect:
    budget, committed = budgets_of(year), committed_by_tier(year)
    return Effect(year, tier, budget.get(tier), committed.get(tier, 0), adds)


def set_budget(year: int, sums: Mapping[Tier, int | None]) -> None:
    """Set what may be spent in a year, in pence by tier; None takes a line away."""
    require(None if 2000 <= year <= 2200 else "Choose a financial year.")
    rows = {
        row.tier: row
        for row in db.session.scalars(select(BudgetLine).where(BudgetLine.year == year))
    }
    for tier, pence in sums.items():
        row = rows.get(tier)
        if pence is None:
            if row is not None:
                db.session.delete(row)
        elif row is None:
            db.session.add(BudgetLine(year=year, tier=tier, pence=pence))
        else:
            row.pence = pence
    db.session.flush()


def years_known(on: date | None = None) -> list[int]:
    """The financial years that have budgets or placements, and the present one and the next."""
    present = financial_year_of(on or today())
    known = set(db.session.scalars(select(BudgetLine.year).distinct()))
    known |= set(db.session.scalars(select(PlacementCost.year).distinct()))
    return sorted(known | {present, present + 1})


def placements_of_line(year: int, tier: Tier):
    """The costs that make up a line, the dearest first."""
    return (
        select(PlacementCost)
        .join(PlacementCost.placement)
        .where(PlacementCost.year == year, Placement.tier == tier, Placement.state.in_(COMMITTED))
        .options(
            joinedload(PlacementCost.placement).options(
                joinedload(Placement.child), joinedload(Placement.service)
            )
        )
        .order_by((PlacementCost.pence + PlacementCost.transport_pence).desc(), PlacementCost.id)
    )
