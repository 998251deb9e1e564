"""The raw tables of a spreadsheet file: rows of cells, read one at a time where the format allows.

xlsx and csv are streamed. ods is held whole by its library, so its true size is counted first.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import BinaryIO

import openpyxl
from defusedxml.ElementTree import iterparse
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from providers.intake.files import FileKind, Limits, UnreadableFile, damaged

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Cells = tuple[Cell, ...]

LAST_ROW = 1_048_576  # the last row that a spreadsheet program has
_ODS_CELLS = 4_000_000  # held in memory at once: some 100 MB
_CHUNK = 65_536  # bytes
_ENCODINGS = ("utf-8-sig", "cp1252")
_DELIMITERS = ",;\t"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"

# what the libraries raise on a file that breaks off or contradicts itself
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CalamineError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Table:
    """One table of a file. rows() starts anew each time; expected is a count or a guess."""

    name: str
    rows: Callable[[], Iterator[Cells]]
    expected: int | None


def tables_of(stream: BinaryIO, kind: FileKind, limits: Limits) -> list[Table]:
    """The visible tables of a recognised file; for csv, one for each possible separator.

    Raises UnreadableFile, here or while rows are read, where the file is damaged.
    """
    readers = {FileKind.XLSX: _xlsx, FileKind.ODS: _ods, FileKind.CSV: _csv}
    try:
        tables = readers[kind](stream, limits)
    except _DAMAGE as fault:
        raise UnreadableFile(damaged()) from fault
    return [Table(t.name, partial(_guarded, t.rows), t.expected) for t in tables]


def _guarded(rows: Callable[[], Iterator[Cells]]) -> Iterator[Cells]:
    """The same rows; whatever the library raises on damage becomes one plain refusal."""
    try:
        yield from rows()
    except UnreadableFile:
        raise
    except csv.Error as fault:
        raise UnreadableFile(
            "The file breaks off inside a quoted cell. Check the quotation marks, "
            "or save it as an Excel workbook (.xlsx)."
        ) from fault
    except _DAMAGE as fault:
        raise UnreadableFile(damaged()) from fault


def _xlsx(stream: BinaryIO, limits: Limits) -> list[Table]:
    workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
    tables = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        expected = sheet.max_row
        sheet.reset_dimensions()  # some programs write a wrong size, which would cut rows off
        tables.append(Table(sheet.title, partial(_xlsx_rows, sheet, limits), expected))
    return tables


def _xlsx_rows(sheet, limits: Limits) -> Iterator[Cells]:
    rows = sheet.iter_rows(values_only=True, max_col=limits.columns)
    for number, cells in enumerate(rows, 1):
        if number > LAST_ROW:
            raise UnreadableFile(damaged())
        yield cells


def _ods(stream: BinaryIO, limits: Limits) -> list[Table]:
    _refuse_swollen_ods(stream, limits)
    stream.seek(0)
    workbook = CalamineWorkbook.from_filelike(stream)
    tables = []
    for number, sheet in enumerate(workbook.sheets_metadata):
        if sheet.visible == SheetVisibleEnum.Visible:
            table = workbook.get_sheet_by_index(number)
            rows = partial(_ods_rows, table, limits)
            tables.append(Table(sheet.name, rows, table.total_height))
    return tables


def _ods_rows(table, limits: Limits) -> Iterator[Cells]:
    for cells in table.iter_rows():
        yield tuple(None if cell == "" else cell for cell in cells[: limits.columns])


def _refuse_swollen_ods(stream: BinaryIO, limits: Limits) -> None:
    """Count the cells that repeat counts stand for, before the library lays them out."""
    with zipfile.ZipFile(stream) as archive, archive.open("content.xml") as content:
        row, last, width, across = 0, 0, 0, 0
        for event, element in iterparse(content, events=("start", "end")):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    row, last, width = 0, 0, 0
                elif element.tag == f"{_TABLE}table-row":
                    across = 0
                continue
            if element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                across += int(element.get(f"{_TABLE}number-columns-repeated", 1))
                if len(element) or any("value" in name for name in element.attrib):
                    last, width = max(last, row + 1), max(width, across)
            elif element.tag == f"{_TABLE}table-row":
                repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                if last == row + 1:  # this row holds something, so its repeats do too
                    last = row + repeated
                row += repeated
                element.clear()
            if last > limits.rows or last * width > _ODS_CELLS:
                raise UnreadableFile(
                    f"The spreadsheet has more than {limits.rows:,} rows or very wide rows. "
                    "Copy the table into a new spreadsheet and send that."
                )


def _csv(stream: BinaryIO, limits: Limits) -> list[Table]:
    """The file as each separator would divide it: only the right one shows the headings."""
    encoding, lines = _encoding(stream)
    return [
        Table("", partial(_csv_rows, stream, encoding, delimiter, limits), lines)
        for delimiter in _DELIMITERS
    ]


def _csv_rows(stream: BinaryIO, encoding: str, delimiter: str, limits: Limits) -> Iterator[Cells]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        for cells in csv.reader(text, delimiter=delimiter):
            yield tuple(cells[: limits.columns])
    finally:
        text.detach()


def _encoding(stream: BinaryIO) -> tuple[str, int]:
    """The encoding that the whole file fits, and its number of lines."""
    stream.seek(0)
    if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = _ENCODINGS
    for encoding in candidates:
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        lines = 0
        try:
            while chunk := stream.read(_CHUNK):
                lines += decoder.decode(chunk).count("\n")
            lines += decoder.decode(b"", final=True).count("\n")
        except UnicodeDecodeError:
            continue
        return encoding, lines + 1
    raise UnreadableFile(
        "The text of the file cannot be read. Save it as CSV UTF-8 or as an Excel workbook (.xlsx)."
    )
