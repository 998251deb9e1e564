"""Term dates to begin with: the shape of a southern English county's, until the authority's own
are saved. Bank holidays are England's (Banking and Financial Dealings Act 1971)."""

from dataclasses import dataclass
from datetime import date

from providers.needs import Labelled


class TermName(Labelled):
    """The three terms of a school year."""

    AUTUMN = "autumn", "Autumn term"
    SPRING = "spring", "Spring term"
    SUMMER = "summer", "Summer term"


class ClosedKind(Labelled):
    """Why schools are closed to pupils on a single day of a term."""

    INSET = "inset", "Inset day"
    BANK_HOLIDAY = "bank_holiday", "Bank holiday"
    OTHER = "other", "Closed for another reason"


@dataclass(frozen=True)
class Term:
    """A term from its first to its last day, both included, and its half-term break.

    Raises ValueError where the days are not in order.
    """

    name: TermName
    starts_on: date
    ends_on: date
    break_starts_on: date
    break_ends_on: date

    def __post_init__(self) -> None:
        days = (self.starts_on, self.break_starts_on, self.break_ends_on, self.ends_on)
        if not days[0] < days[1] <= days[2] < days[3]:
            raise ValueError(f"The days of the {self.name.label.lower()} are not in order.")


def _term(name: TermName, starts: date, rest: tuple[date, date], ends: date) -> Term:
    return Term(name, starts, ends, *rest)


TERMS: dict[int, tuple[Term, ...]] = {
    2025: (
        _term(
            TermName.AUTUMN,
            date(2025, 9, 1),
            (date(2025, 10, 27), date(2025, 10, 31)),
            date(2025, 12, 19),
        ),
        _term(
            TermName.SPRING,
            date(2026, 1, 5),
            (date(2026, 2, 16), date(2026, 2, 20)),
            date(2026, 3, 27),
        ),
        _term(
            TermName.SUMMER,
            date(2026, 4, 13),
            (date(2026, 5, 25), date(2026, 5, 29)),
            date(2026, 7, 22),
        ),
    ),
    2026: (
        _term(
            TermName.AUTUMN,
            date(2026, 9, 1),
            (date(2026, 10, 26), date(2026, 10, 30)),
            date(2026, 12, 18),
        ),
        _term(
            TermName.SPRING,
            date(2027, 1, 4),
            (date(2027, 2, 15), date(2027, 2, 19)),
            date(2027, 3, 25),
        ),
        _term(
            TermName.SUMMER,
            date(2027, 4, 12),
            (date(2027, 5, 31), date(2027, 6, 4)),
            date(2027, 7, 22),
        ),
    ),
    2027: (
        _term(
            TermName.AUTUMN,
            date(2027, 9, 1),
            (date(2027, 10, 25), date(2027, 10, 29)),
            date(2027, 12, 17),
        ),
        _term(
            TermName.SPRING,
            date(2028, 1, 4),
            (date(2028, 2, 14), date(2028, 2, 18)),
            date(2028, 3, 31),
        ),
        _term(
            TermName.SUMMER,
            date(2028, 4, 18),
            (date(2028, 5, 29), date(2028, 6, 2)),
            date(2028, 7, 21),
        ),
    ),
}
"""By the year in which the school year begins."""

_BANK, _INSET = ClosedKind.BANK_HOLIDAY, ClosedKind.INSET
CLOSED: dict[int, dict[date, ClosedKind]] = {
    2025: {date(2025, 9, 1): _INSET, date(2026, 1, 5): _INSET, date(2026, 5, 4): _BANK},
    2026: {date(2026, 9, 1): _INSET, date(2027, 1, 4): _INSET, date(2027, 5, 3): _BANK},
    2027: {date(2027, 9, 1): _INSET, date(2028, 1, 4): _INSET, date(2028, 5, 1): _BANK},
}
"""Single days inside a term on which schools are closed to pupils; other bank holidays fall into
holidays. Schools set their own inset days: these are the authority's reckoning."""
