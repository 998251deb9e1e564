"""The waiting list: one row for each child, with what is asked for the child."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from providers.intake import terms
from providers.intake.faults import ReadRow, Repeats, RowReader
from providers.intake.files import LIMITS, Limits
from providers.intake.referral_cells import check_together, child_facts, request_facts
from providers.intake.referral_columns import COLUMNS, ReferralRow, ReferralRules
from providers.intake.sheet import Row, Sheet, Tell, open_sheet, stored_row


def open_file(source: Path | BinaryIO, limits: Limits = LIMITS) -> Sheet:
    """Open a waiting list, from a path or a seekable stream.

    Raises UnreadableFile with every reason where it cannot be taken at all.
    """
    return open_sheet(source, COLUMNS, limits)


def read(
    sheet: Sheet, rules: ReferralRules, tell: Tell | None = None
) -> Iterator[ReadRow[ReferralRow]]:
    """Every row of an open file, read and judged, one at a time.

    tell(rows done, rows expected or None) is called now and then.
    """
    reader = ReferralReader(rules)
    return map(reader.read, sheet.rows(tell))


class ReferralReader:
    """Reads the rows of one file in order, remembering what it needs to find repeats."""

    def __init__(self, rules: ReferralRules) -> None:
        """Begin a file."""
        self._rules = rules
        self._names = terms.service_names(rules.services)
        self._children = Repeats()
        self._upns = Repeats()
        self._persons = Repeats()

    def read_stored(self, number: int, texts: dict[str, str]) -> ReadRow[ReferralRow]:
        """A row that was kept as heading to text, judged once more."""
        return self.read(stored_row(number, texts, COLUMNS))

    def read(self, row: Row) -> ReadRow[ReferralRow]:
        """One row: its record, or None, with every fault found."""
        cells = RowReader(row)
        if cells.leftover:
            cells.refuse("", "This row is not a child. Complete it, or remove it.")
            return cells.done(None)
        facts = child_facts(cells, self._rules)
        facts |= request_facts(cells, self._rules, self._names)
        check_together(cells, self._rules, facts)
        if cells.refused:
            return cells.done(None)
        return self._unrepeated(cells, ReferralRow(**facts))

    def _unrepeated(self, cells: RowReader, record: ReferralRow) -> ReadRow[ReferralRow]:
        """The record, unless an earlier row is the same child."""
        number = cells.row.number
        person = (record.forename.casefold(), record.surname.casefold(), record.born_on)
        if earlier := self._children.before(record.reference, record):
            cells.refuse(*_repeated_child(record.reference, *earlier))
        elif record.upn and (earlier := self._upns.before(record.upn, record)):
            cells.refuse(
                "upn",
                f"Row {earlier[0]} has this UPN under another child reference. Keep the row that "
                "is right, or correct the UPN.",
            )
        elif earlier := self._persons.before(person, record):
            cells.flag(
                "surname",
                f"Row {earlier[0]} has a child of the same name and date of birth. Check that "
                "these are two children.",
            )
        if not cells.refused:
            self._children.keep(record.reference, number, record)
            self._upns.keep(record.upn, number, record)
            self._persons.keep(person, number, record)
        return cells.done(record)


def _repeated_child(reference: str, number: int, same: bool) -> tuple[str, str]:
    if same:
        return "", f"This row repeats row {number}, which is taken. Remove it."
    return (
        "reference",
        f"{reference} is on row {number} already, with other details. Keep the row that is right.",
    )
