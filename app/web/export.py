"""Lists as files to take away: CSV and Excel, made row by row on disk, so memory stays bounded.

The file is whole before its first byte is sent: a fault halfway is an error page, never a short
file that looks complete. A cell that begins like a formula is made harmless, since a spreadsheet
would otherwise run what somebody typed into a name or a note.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import IO, Any

from flask import Response, send_file
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Select

from app.kernel.clock import LONDON, today
from app.kernel.database import db

Value = str | int | float | Decimal | bool | date | datetime | Enum | None
Rows = Iterable[Sequence[Value]]
Columns = Mapping[str, Callable[[Any], Value]]
"""The heading of each column with what it says of one thing, in order."""

# The last four are the wide forms, which some spreadsheets read as the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NARROWEST, WIDEST = 11, 42


def download(kind: str, name: str, header: Sequence[str], rows: Rows) -> Response:
    """A list as a file named `name-2026-11-23.csv` or `.xlsx`, which no cache may keep.

    kind: "csv" or "xlsx". rows: plain values in the header's order, read one at a time; dates
    stay dates and numbers stay numbers, so that they can be sorted and added up.
    Raises ValueError for another kind.
    """
    if kind not in _KINDS:
        raise ValueError(f"A list can be taken as {' or '.join(_KINDS)}, not {kind}.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    _KINDS[kind](file, header, rows)
    return _answer(file, f"{name}-{today():%Y-%m-%d}.{kind}")


def download_list(
    kind: str, name: str, columns: Columns, things: Select | Iterable[Any]
) -> Response:
    """A list of things as a file, a row each; of a query, read a few hundred at a time.

    kind, name: as for `download`.
    """
    if isinstance(things, Select):
        things = db.session.scalars(things.execution_options(yield_per=500))
    rows = ([say(thing) for say in columns.values()] for thing in things)
    return download(kind, name, tuple(columns), rows)


def attachment(content: bytes, filename: str) -> Response:
    """A file that is made already, to be saved under a name and kept by no cache."""
    file = io.BytesIO(content)
    file.seek(0, io.SEEK_END)
    return _answer(file, filename)


def _answer(file: IO[bytes], filename: str) -> Response:
    """A file that has been written to its end, sent from its beginning."""
    size = file.tell()
    file.seek(0)
    mimetype = _MIMETYPES.get(Path(filename).suffix, "application/octet-stream")
    response = send_file(file, mimetype=mimetype, as_attachment=True, download_name=filename)
    response.content_length = size
    response.headers["Cache-Control"] = "no-store"
    return response


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before a dangerous start."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _write_csv(file: IO[bytes], header: Sequence[str], rows: Rows) -> None:
    """The mark that utf-8-sig puts at the start lets Excel read names such as Siân."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    for row in chain([header], rows):
        writer.writerow([_for_csv(value) for value in row])
    text.flush()
    text.detach()


def _for_csv(value: Value) -> Value:
    value = _plain(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value


def _write_xlsx(file: IO[bytes], header: Sequence[str], rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("List")
    sheet.freeze_panes = "A2"
    for number, title in enumerate(header, start=1):
        width = min(max(len(title) + 3, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, title) for title in header])
    for row in rows:
        sheet.append([_for_xlsx(sheet, value) for value in row])
    book.save(file)
    file.seek(0, io.SEEK_END)


def _heading(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, harmless(title))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _for_xlsx(sheet: Any, value: Value) -> Any:
    value = _plain(value)
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "dd/mm/yyyy hh:mm" if isinstance(value, datetime) else "dd/mm/yyyy"
        return cell
    return value


def _plain(value: Value) -> str | int | float | Decimal | date | datetime | None:
    """A value as a cell can hold it: words for yes and no, a label for a code, England's time."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Enum):
        value = getattr(value, "label", value.value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(LONDON).replace(tzinfo=None)
    return harmless(value) if isinstance(value, str) else value


_KINDS: dict[str, Callable[[IO[bytes], Sequence[str], Rows], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}
_MIMETYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
