"""What a placement costs over its length, by financial year: counted in school days, in pence.

A week's price buys five school days, so a week of holiday costs nothing and a short week its
share. A whole placement's cost is the sum of its financial years, each rounded to the penny, so
that lines always add up to the total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import inspect

from app.children.terms import Calendar, calendar
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.placements.lifecycle import COMMITTED
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.kernel.money import round_half_up

DAYS_A_WEEK = 5


@dataclass(frozen=True)
class Stretch:
    """Days on which one price holds, both included. pence, transport: a week."""

    first: date
    last: date
    pence: int
    transport: int = 0


@dataclass(frozen=True)
class YearCost:
    """What one financial year bears. year: the one in which it begins."""

    year: int
    pence: int
    transport: int

    @property
    def total(self) -> int:
        """Provision and transport together."""
        return self.pence + self.transport


def financial_year_of(day: date) -> int:
    """The year in which the financial year of a day began, on 1 April."""
    return day.year if day >= date(day.year, 4, 1) else day.year - 1


def year_bounds(year: int) -> tuple[date, date]:
    """First and last day of a financial year."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def year_in_figures(year: int) -> str:
    """A financial year as it is written: "2026/27"."""
    return f"{year}/{(year + 1) % 100:02}"


def by_year(stretches: Iterable[Stretch], days: Calendar | None = None) -> list[YearCost]:
    """What each financial year bears of some stretches, the earliest first; none left out."""
    days = days or calendar()
    pence: dict[int, Fraction] = {}
    transport: dict[int, Fraction] = {}
    for stretch in stretches:
        for year in range(financial_year_of(stretch.first), financial_year_of(stretch.last) + 1):
            first, last = year_bounds(year)
            taught = days.school_days_between(max(first, stretch.first), min(last, stretch.last))
            weeks = Fraction(taught, DAYS_A_WEEK)
            pence[year] = pence.get(year, Fraction(0)) + weeks * stretch.pence
            transport[year] = transport.get(year, Fraction(0)) + weeks * stretch.transport
    return [
        YearCost(year, round_half_up(pence[year]), round_half_up(transport[year]))
        for year in sorted(pence)
    ]


def stretches_of(placement: Placement, until: date | None = None) -> list[Stretch]:
    """The days and prices of a placement, as its accepted versions say.

    until: the last day to count, the placement's own without it.
    """
    last = min(until, placement.last_day) if until else placement.last_day
    agreed = [each for each in placement.agreements if each.was_accepted]
    if len(agreed) < 2:
        prices = [(placement.starts_on, placement.pence_a_week)]
    else:
        prices = [(each.effective_on, each.pence_a_week) for each in agreed]
        prices[0] = (placement.starts_on, prices[0][1])
    ends = [following[0] - timedelta(days=1) for following in prices[1:]] + [last]
    return [
        Stretch(first, min(end, last), pence, placement.transport_pence_a_week)
        for (first, pence), end in zip(prices, ends, strict=True)
        if first <= min(end, last)
    ]


def cost_of(placement: Placement, until: date | None = None) -> list[YearCost]:
    """What a placement costs by financial year, up to a day where one is given."""
    return by_year(stretches_of(placement, until))


def total(years: Iterable[YearCost]) -> int:
    """The whole of some years, with transport."""
    return sum(each.total for each in years)


def keep(placement: Placement) -> None:
    """Write down what a placement commits as it stands; nothing where it commits nothing."""
    wanted = cost_of(placement) if placement.state in COMMITTED else []
    kept = {row.year: row for row in placement.costs}
    for cost in wanted:
        row = kept.pop(cost.year, None)
        if row is None:
            row = PlacementCost(year=cost.year)
            placement.costs.append(row)
        row.pence, row.transport_pence = cost.pence, cost.transport
    for row in kept.values():
        placement.costs.remove(row)
        if inspect(row).persistent:
            db.session.delete(row)
    db.session.flush()
