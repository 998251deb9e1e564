"""A table whose columns have been found by their headings, read row by row.

Title rows above the headings are passed over, columns may stand in any order and under any of
their usual names, and rows keep the numbers they have in the file. Every cell becomes text at
once, so that a row reads the same from any kind of file, and again after it has been kept.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from openpyxl.utils import get_column_letter

from app.kernel.words import listed
from providers.intake.files import LIMITS, Limits, UnreadableFile, recognise
from providers.intake.tables import Cell, Cells, Table, tables_of

TO_CORRECT = "What to correct"  # our own column in a file of refused rows; passed over when read
_HEADER_WITHIN = 50  # rows looked at to find the headings
_PROGRESS_EVERY = 100
_GUARD = re.compile(r"^'(?=[=+\-@])")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")  # control marks and what no font shows

Tell = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Column:
    """A column that is looked for: our field, its usual heading, other headings it may have.

    required: without the column the file cannot be taken.
    """

    field: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Row:
    """One row that is not blank, as text.

    number: as the file counts. texts: every heading of the file to its cell, "" where blank.
    values: field to text, None where blank. headings: field to the file's own heading.
    stray: there are values beyond the last heading, as a stray comma makes.
    """

    number: int
    texts: dict[str, str]
    values: dict[str, str | None]
    headings: Mapping[str, str]
    stray: bool = False


@dataclass
class Sheet(AbstractContextManager):
    """An open table. Close it, or use it in a `with` block.

    headings: as the file has them, each made unique. found: field to heading. unknown: headings
    not asked for. absent: headings of optional columns that the file lacks.
    """

    table: Table
    header_row: int
    headings: tuple[str, ...]
    found: Mapping[str, str]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    limits: Limits
    _close: Callable[[], None] = field(repr=False)

    @property
    def expected(self) -> int | None:
        """How many rows to expect, for a progress bar; None where the file does not say."""
        if self.table.expected is None:
            return None
        return max(0, self.table.expected - self.header_row)

    def rows(self, tell: Tell | None = None) -> Iterator[Row]:
        """The rows below the headings, blank ones left out, one at a time.

        tell(rows done, rows expected or None) is called now and then, and at the end.
        Raises UnreadableFile on damage, and where there are more rows than the limit.
        """
        taken = done = 0
        width = len(self.headings)
        for number, cells in enumerate(self.table.rows(), 1):
            if number <= self.header_row:
                continue
            done = number - self.header_row
            if tell and done % _PROGRESS_EVERY == 0:
                tell(done, self.expected)
            words = [as_text(cell) for cell in cells]
            if not any(words):
                continue
            taken += 1
            if taken > self.limits.rows:
                raise UnreadableFile(
                    f"The file has more than {self.limits.rows:,} records. Split it into "
                    "smaller files."
                )
            kept = words[:width] + [""] * (width - len(words))
            texts = dict(zip(self.headings, kept, strict=True))
            yield _row(number, texts, self.found, stray=any(words[width:]))
        if tell:
            tell(done, done)

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._close()

    def __exit__(self, *_exception: object) -> None:
        """Close the file at the end of the block."""
        self.close()


def stored_row(number: int, texts: dict[str, str], columns: Sequence[Column]) -> Row:
    """A row that was kept as heading to text, ready to be read once more."""
    return _row(number, texts, _find(texts, columns)[0])


def _row(number: int, texts: dict[str, str], found: Mapping[str, str], stray: bool = False) -> Row:
    values = {name: texts[heading] or None for name, heading in found.items()}
    return Row(number, texts, values, found, stray)


def open_sheet(
    source: Path | BinaryIO, columns: Sequence[Column], limits: Limits = LIMITS
) -> Sheet:
    """Open a spreadsheet file and find its columns.

    source: a path, or a seekable stream, which stays open. Raises UnreadableFile, with every
    reason in words, where the file cannot be read or lacks a required column.
    """
    stream = source.open("rb") if isinstance(source, Path) else source
    close = stream.close if isinstance(source, Path) else _leave_open
    try:
        tables = tables_of(stream, recognise(stream, limits), limits)
        return _best(tables, columns, limits, close)
    except BaseException:
        close()
        raise


def _leave_open() -> None:
    """A stream that was handed in belongs to whoever opened it."""


def _best(
    tables: list[Table], columns: Sequence[Column], limits: Limits, close: Callable[[], None]
) -> Sheet:
    """The first table with the most known headings."""
    best: tuple[int, int, Table, Cells] | None = None
    damage: UnreadableFile | None = None
    for table in tables:
        try:
            for number, cells in enumerate(islice(table.rows(), _HEADER_WITHIN), 1):
                score = len(_find(map(as_text, cells), columns)[0])
                if best is None or score > best[0]:
                    best = (score, number, table, cells)
        except UnreadableFile as fault:
            damage = fault  # the wrong separator may break quotes: another table may be whole
    if best is None or best[0] < min(2, len(columns)):
        wanted = listed([column.heading for column in columns if column.required][:4])
        raise damage or UnreadableFile(
            "No row of headings was found. Add a row that names the columns, such as "
            f"{wanted}, above the records."
        )
    _score, number, table, cells = best
    words = [as_text(cell) for cell in cells]
    found, unknown = _checked(words, columns)
    headings = _unique(words)
    absent = tuple(column.heading for column in columns if column.field not in found)
    return Sheet(table, number, headings, found, unknown, absent, limits, close)


def _checked(
    headings: Sequence[str], columns: Sequence[Column]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The columns found and the headings left over, once nothing needed is missing or double."""
    found, twice, unknown = _find(headings, columns)
    lacking = [c.heading for c in columns if c.required and c.field not in found]
    reasons = []
    if lacking:
        noun = "column" if len(lacking) == 1 else "columns"
        reasons.append(f"The file has no {noun} {listed(_quoted(lacking))}. Add the {noun}.")
    if twice:
        reasons.append(
            f"The file has two columns for {listed(_quoted(twice))}. Keep the right one."
        )
    if reasons:
        raise UnreadableFile(*reasons)
    return found, tuple(unknown)


def _find(
    headings: Iterable[str], columns: Sequence[Column]
) -> tuple[dict[str, str], list[str], list[str]]:
    """Field to heading; headings of a field that already has one; headings of no field."""
    names = {
        heading_key(name): column
        for column in columns
        for name in (column.heading, *column.aliases)
    }
    found: dict[str, str] = {}
    twice, unknown = [], []
    for heading in headings:
        column = names.get(heading_key(heading))
        if column is None:
            if heading and heading_key(heading) != heading_key(TO_CORRECT):
                unknown.append(heading)
        elif column.field in found:
            twice.append(column.heading)
        else:
            found[column.field] = heading
    return found, twice, unknown


def _unique(headings: list[str]) -> tuple[str, ...]:
    """Headings that can serve as keys: a blank one gets its column's letter, a repeat a number."""
    while headings and not headings[-1]:
        headings.pop()
    taken: dict[str, int] = {}
    unique = []
    for position, heading in enumerate(headings, 1):
        heading = heading or f"Column {get_column_letter(position)}"
        taken[heading] = taken.get(heading, 0) + 1
        unique.append(heading if taken[heading] == 1 else f"{heading} ({taken[heading]})")
    return tuple(unique)


def heading_key(heading: str) -> str:
    """A heading without its case, spacing and punctuation: "Base Post-code " -> "basepostcode"."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold().replace("&", "and"))


def as_text(cell: Cell) -> str:
    """A cell as text that reads back as the same value; "" where blank.

    Dates become 23/11/2026, whole numbers lose a trailing ".0", and text comes in one Unicode
    form with plain single spaces and no invisible characters.
    """
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case int():
            return str(cell)
        case float():
            return f"{cell:.10g}" if math.isfinite(cell) else ""
        case date():
            day = f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
            return (
                f"{day} {cell:%H:%M}"
                if isinstance(cell, datetime) and cell.time() != time()
                else day
            )
        case time():
            return f"{cell.hour}:{cell.minute:02}"
        case timedelta():
            minutes = int(cell.total_seconds()) // 60
            return f"{minutes // 60}:{minutes % 60:02}"
    return tidy(str(cell))


def tidy(text: str) -> str:
    """Text in one Unicode form, with plain single spaces and no invisible characters.

    The apostrophe that exports put before a formula's first character is taken off again.
    """
    if not (text.isascii() and text.isprintable()):  # most cells are plain: spare them the walk
        text = unicodedata.normalize("NFC", text)
        text = "".join(
            mark for mark in text if mark.isspace() or unicodedata.category(mark) not in _INVISIBLE
        )
    return _GUARD.sub("", " ".join(text.split()))


def _quoted(words: Sequence[str]) -> list[str]:
    return [f"“{word}”" for word in words]
