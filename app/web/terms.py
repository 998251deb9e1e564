"""Term dates as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.children.terms import Calendar, year_in_figures

Row = tuple[str, str, date, date]


def days_to_export(calendar: Calendar, years: Iterable[int]) -> Iterator[Row]:
    """School year, what it is, first and last day: terms, half-term breaks and closed days."""
    for year in years:
        name = year_in_figures(year)
        for term in calendar.terms_of(year):
            yield name, term.name.label, term.starts_on, term.ends_on
            yield name, f"{term.name.label}: half-term", term.break_starts_on, term.break_ends_on
        for day, kind in sorted(calendar.closed_of(year).items()):
            yield name, kind.label, day, day
