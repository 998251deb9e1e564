"""Every fault of a row, collected: what is wrong, in which cell, and what to do about it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from providers.intake.sheet import Row
from providers.intake.values import BadValue

Value = TypeVar("Value")
Record = TypeVar("Record")

_BLANK = frozenset({"-", "–", "—", "n/a", "N/A", "na", "NA"})
_LEFTOVER = 2  # a row with no more filled cells than this is a note, not a record


class Severity(StrEnum):
    """Whether a fault keeps the row out, or is only to be looked at."""

    REFUSED = "refused"
    FLAGGED = "flagged"


@dataclass(frozen=True)
class Fault:
    """One fault. row: as the file counts. column: the file's own heading, "" for the whole row."""

    row: int
    column: str
    value: str
    message: str
    severity: Severity

    def as_dict(self) -> dict[str, str]:
        """Column, value, message and severity, as the preview keeps them."""
        kept = asdict(self)
        del kept["row"]
        return kept


@dataclass(frozen=True)
class ReadRow(Generic[Record]):
    """What became of a row: its record, None where it is refused, and its faults."""

    row: Row
    record: Record | None
    faults: tuple[Fault, ...]

    @property
    def refused(self) -> bool:
        """Whether the row is kept out."""
        return self.record is None

    @property
    def flagged(self) -> bool:
        """Whether the row is taken with something to look at."""
        return self.record is not None and bool(self.faults)


class RowReader:
    """Takes the values of one row and keeps every fault met on the way."""

    def __init__(self, row: Row) -> None:
        """Begin with a row; cells beyond the last heading are a fault at once."""
        self.row = row
        self.faults: list[Fault] = []
        if row.stray:
            self.refuse("", "There are values beyond the last heading. Look for a stray comma.")

    @property
    def refused(self) -> bool:
        """Whether any fault so far keeps the row out."""
        return any(fault.severity is Severity.REFUSED for fault in self.faults)

    def refused_in(self, field: str) -> bool:
        """Whether a cell has a fault that keeps the row out."""
        heading = self.row.headings.get(field)
        return any(f.column == heading and f.severity is Severity.REFUSED for f in self.faults)

    @property
    def leftover(self) -> bool:
        """Whether so little is filled in that the row is a note or a total, not a record."""
        filled = sum(bool(text) for text in self.row.texts.values())
        return filled <= min(_LEFTOVER, len(self.row.headings) - 2)

    def text(self, field: str) -> str | None:
        """The text of a cell, None where it is blank, a dash or "n/a"."""
        text = self.row.values.get(field)
        return None if text in _BLANK else text

    def need(self, field: str, parse: Callable[[str], Value], ask: str) -> Value | None:
        """A value that must be there; `ask` says what to enter. None, with a fault, otherwise."""
        if self.text(field) is None:
            self.refuse(field, ask)
            return None
        return self.take(field, parse)

    def take(self, field: str, parse: Callable[[str], Value]) -> Value | None:
        """A value that may be blank; None, with a fault, where it cannot be understood."""
        text = self.text(field)
        if text is None:
            return None
        try:
            return parse(text)
        except BadValue as bad:
            self.refuse(field, str(bad))
            return None

    def refuse(self, field: str, message: str) -> None:
        """Keep the row out for a cell, or with field "" for the row as a whole."""
        self._add(field, message, Severity.REFUSED)

    def flag(self, field: str, message: str) -> None:
        """Take the row, with something to look at."""
        self._add(field, message, Severity.FLAGGED)

    def done(self, record: Record | None) -> ReadRow[Record]:
        """The row as read: the record is dropped where anything was refused."""
        return ReadRow(self.row, None if self.refused else record, tuple(self.faults))

    def _add(self, field: str, message: str, severity: Severity) -> None:
        heading = self.row.headings.get(field, "")
        value = self.row.texts.get(heading, "")
        self.faults.append(Fault(self.row.number, heading, value, message, severity))


class Repeats:
    """Finds what a file says twice. Keeps a row number and a hash for each key, nothing more."""

    def __init__(self) -> None:
        """Begin a file."""
        self._seen: dict[object, tuple[int, int]] = {}

    def before(self, key: object, record: object) -> tuple[int, bool] | None:
        """The row that has this key already, and whether it says exactly the same."""
        if key not in self._seen:
            return None
        number, print_of = self._seen[key]
        return number, print_of == hash(record)

    def keep(self, key: object, number: int, record: object) -> None:
        """Remember the first row on which a key stands."""
        self._seen.setdefault(key, (number, hash(record)))
