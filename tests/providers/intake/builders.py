"""Small spreadsheets for the tests of the intake, and the rules their rows are held to."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from providers.intake import supplier_tool, waiting_list
from providers.intake.faults import ReadRow, Severity
from providers.intake.postcodes import Coordinates
from providers.intake.referral_columns import ReferralRules
from providers.intake.supplier_columns import SupplierRules
from providers.models.place import Accuracy
from providers.needs import SERVICES
from providers.pricing import Cap

TODAY = date(2026, 11, 23)
CAPS = [Cap(service.code, service.cap, date(2026, 4, 1)) for service in SERVICES if service.cap]
WINCHESTER = Coordinates(51.0632, -1.3161, Accuracy.SECTOR)

OFFER = {
    "Supplier ref": "SUP0001",
    "Supplier name": "Oak Futures Ltd",
    "Status": "Approved",
    "Registered with DfE?": "No",
    "URN": "",
    "Lot": "B",
    "Service": "Mentoring",
    "Needs supported": "SEMH; ASC",
    "Ages": "7-16",
    "Delivery": "At base",
    "Base postcode": "SO23 8UJ",
    "Travel radius (miles)": "",
    "Days": "Mon-Fri",
    "Hours per week available": "60",
    "Places": "12",
    "Group size": "1:1",
    "Rate per hour": "£39.75",
    "VAT": "exempt",
    "Min hours": "2",
    "Capacity confirmed on": "20/11/2026",
    "Insurance expires": "02/05/2027",
    "DBS register confirmed": "12/10/2026",
    "Last visit": "14/02/2026",
    "Visit judgement": "Green",
    "Notes": "",
}

CHILD = {
    "Child ref": "C5000001",
    "UPN": "B801200005001",
    "Forename": "Siân",
    "Surname": "O'Neil",
    "Date of birth": "09/10/2012",
    "Sex": "F",
    "Home postcode": "so238uj",
    "SEN provision": "EHCP",
    "Looked after": "N",
    "Primary need": "ASC",
    "Other needs": "SpLD",
    "Support required": "Tutoring (QTS)",
    "Hours per week": "15",
    "Out of education since": "27/10/2026",
    "Reason": "Setting named on EHC plan",
    "Preferred delivery": "",
    "Max travel (miles)": "10",
    "Transport": "none",
    "Parental preference": "",
    "Not with": "",
    "Start from": "12/12/2026",
    "Notes": "",
}


def locate(postcode: str) -> Coordinates | None:
    """Every postcode is in Winchester, except those in ZZ."""
    return None if postcode.startswith("ZZ") else WINCHESTER


def supplier_rules(**changes) -> SupplierRules:
    """Today, the example caps, and one place for all postcodes."""
    return SupplierRules(**{"today": TODAY, "caps": CAPS, "locate": locate} | changes)


def referral_rules(**changes) -> ReferralRules:
    """Today, one place for all postcodes, and a directory of two."""
    defaults = {"today": TODAY, "locate": locate, "providers": {"SUP0001", "SUP0002"}}
    return ReferralRules(**defaults | changes)


def read_offers(*rows: dict[str, str], **changes) -> list[ReadRow]:
    """The rows of a supplier tool, each a change of `OFFER`."""
    reader = supplier_tool.SupplierReader(supplier_rules(**changes))
    return [reader.read_stored(n, OFFER | row) for n, row in enumerate(rows, 2)]


def read_children(*rows: dict[str, str], **changes) -> list[ReadRow]:
    """The rows of a waiting list, each a change of `CHILD`."""
    reader = waiting_list.ReferralReader(referral_rules(**changes))
    return [reader.read_stored(n, CHILD | row) for n, row in enumerate(rows, 2)]


def refusals(read: ReadRow) -> list[tuple[str, str]]:
    """Column and message of every fault that keeps a row out."""
    return [(f.column, f.message) for f in read.faults if f.severity is Severity.REFUSED]


def flags(read: ReadRow) -> list[tuple[str, str]]:
    """Column and message of every fault that is only to be looked at."""
    return [(f.column, f.message) for f in read.faults if f.severity is Severity.FLAGGED]


def csv_file(rows: Iterable[Sequence], delimiter: str = ",", encoding: str = "utf-8") -> io.BytesIO:
    """A CSV file of rows."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_file(rows: Iterable[Sequence], before: int = 0) -> io.BytesIO:
    """An Excel workbook of rows; `before` other sheets stand in front."""
    workbook = openpyxl.Workbook(write_only=True)
    for number in range(before):
        workbook.create_sheet(f"Other {number}").append(["Something", "else"])
    sheet = workbook.create_sheet("List")
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    stream.seek(0)
    return stream


def ods_file(rows: Iterable[Sequence], **last_row) -> io.BytesIO:
    """An OpenDocument spreadsheet of rows; `last_row` are attributes of the last."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="List")
    document.spreadsheet.addElement(table)
    rows = list(rows)
    for number, row in enumerate(rows):
        line = TableRow(**(last_row if number == len(rows) - 1 else {}))
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    stream = io.BytesIO()
    document.write(stream)
    stream.seek(0)
    return stream


def _ods_cell(value) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, datetime | date):
        return TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, int | float):
        return TableCell(valuetype="float", value=str(value))
    cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def archive(**members: bytes | str) -> io.BytesIO:
    """A zip of members; "__" in a name stands for "/", a single "_" before an ending for "."."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            path = name.replace("__", "/")
            head, _, ending = path.rpartition("_")
            packed.writestr(f"{head}.{ending}" if head else path, content)
    stream.seek(0)
    return stream
