"""Refused rows as a workbook: the sender's own columns, and what to correct in a last one.

The workbook can be corrected and sent again as it is. Every cell is text and is marked as text,
so that nothing a sender wrote is ever run as a formula.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from providers.intake.faults import Severity
from providers.intake.sheet import TO_CORRECT, heading_key, tidy

_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MARKED = PatternFill("solid", start_color="FFF2CC")
_LONGEST_CELL = 32_000
_WIDEST, _NARROWEST = 40, 10  # characters

Faults = Sequence[Mapping[str, str]]


def write(
    target: Path | BinaryIO,
    headings: Sequence[str],
    rows: Iterable[tuple[Mapping[str, str], Faults]],
) -> int:
    """Write refused rows and say how many there were.

    headings: the sent file's, in order. rows: heading to text, with the row's faults, each with
    column, message and severity. Rows are taken one at a time and not kept.
    """
    kept = [name for name in headings if heading_key(name) != heading_key(TO_CORRECT)]
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("To correct")
    sheet.freeze_panes = "A2"
    for position, name in enumerate([*kept, TO_CORRECT], 1):
        width = 80 if name == TO_CORRECT else min(_WIDEST, max(_NARROWEST, len(name) + 2))
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_cell(sheet, name, font=_BOLD) for name in [*kept, TO_CORRECT]])
    count = 0
    for texts, faults in rows:
        wrong = {fault["column"] for fault in faults if _refuses(fault)}
        cells = [
            _cell(sheet, texts.get(name, ""), fill=_MARKED if name in wrong else None)
            for name in kept
        ]
        cells.append(_cell(sheet, what_to_correct(faults), alignment=_WRAPPED))
        sheet.append(cells)
        count += 1
    workbook.save(target)
    workbook.close()
    return count


def what_to_correct(faults: Faults) -> str:
    """The faults that keep a row out, in one text: "Ages: Enter …"."""
    return "\n".join(
        f"{fault['column']}: {fault['message']}" if fault["column"] else fault["message"]
        for fault in faults
        if _refuses(fault)
    )


def _refuses(fault: Mapping[str, str]) -> bool:
    return fault["severity"] == Severity.REFUSED


def _cell(sheet, text: str, **style) -> WriteOnlyCell:
    """A cell that spreadsheet programs take as text, whatever it begins with."""
    lines = (tidy(line) for line in text.split("\n"))
    cell = WriteOnlyCell(sheet, "\n".join(lines)[:_LONGEST_CELL])
    cell.data_type = "s"  # never "f": a leading "=" would be taken as a formula
    cell.quotePrefix = True
    for name, value in style.items():
        if value is not None:
            setattr(cell, name, value)
    return cell
