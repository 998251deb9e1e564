"""Spend as a chart and as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from app.commissioning.budgets.costs import year_in_figures
from app.commissioning.invoices.reports import By, Row
from app.web import bars
from app.web.formats import money

DRAWN = 20
"""More rows than this are in the table alone."""
HEADER = (
    "Actual net (£)",
    "Committed (£)",
    "Hours invoiced",
    "Placements invoiced",
    "Mean price an hour (£)",
)


def chart_of(rows: Sequence[Row], by: By, year: int) -> Markup | None:
    """The chart of the largest rows; None where there is nothing to draw."""
    shown = [row for row in rows[:DRAWN] if row.actual or row.committed or by is By.MONTH]
    if not any(row.actual or row.committed for row in shown):
        return None
    drawn = [
        bars.Bar(row.name, row.actual, money(row.actual, whole=True), row.committed)
        for row in shown
    ]
    title = f"Spend in {year_in_figures(year)} by {by.label.lower()}; the table has the figures"
    return bars.draw(drawn, title=title, legend=None if by is By.MONTH else ("Actual", "Committed"))


def rows_to_export(rows: Iterable[Row]) -> Iterator[list]:
    """Rows for a spreadsheet; money in pounds with pence."""
    for row in rows:
        mean = row.pence_per_hour
        yield [
            row.name,
            row.actual / 100,
            None if row.committed is None else row.committed / 100,
            round(row.minutes / 60, 2),
            row.placements,
            None if mean is None else mean / 100,
        ]
