"""The national register of establishments (GIAS, `edubasealldata….csv`), read row by row.

Columns are found by name and come and go between releases; only those named here are ever read,
so that the heads' names stay in the file.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from providers.intake.files import ARCHIVE_DAMAGE, UnreadableFile, damaged
from providers.models.school import SchoolStatus
from providers.needs import NEED_ALIASES, NeedType, Registration

KINDS = {
    14: Registration.PRU,
    42: Registration.AP_ACADEMY,
    43: Registration.AP_ACADEMY,
    38: Registration.AP_FREE_SCHOOL,
    7: Registration.SPECIAL,
    12: Registration.SPECIAL,
    33: Registration.SPECIAL,
    36: Registration.SPECIAL,
    44: Registration.SPECIAL,
    8: Registration.NON_MAINTAINED_SPECIAL,
    10: Registration.INDEPENDENT_SPECIAL,
    11: Registration.INDEPENDENT,
    32: Registration.POST_16,
    49: Registration.ONLINE,
}
"""The register's types of establishment that are kept, by code."""

_STATUS = {
    "open": SchoolStatus.OPEN,
    "open, but proposed to close": SchoolStatus.CLOSING,
    "proposed to open": SchoolStatus.PROPOSED,
    "closed": SchoolStatus.CLOSED,
}
_NEEDED = ("urn", "establishmentname", "typeofestablishment (code)", "establishmentstatus (name)")
_DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_MOST_UNPACKED = 500 * 1024 * 1024
_TELL_EVERY = 2_000

Tell = Callable[[float, int], None]


@dataclass(frozen=True)
class SchoolRecord:
    """A row of the register as `RegisteredSchool` holds it."""

    urn: str
    name: str
    kind: Registration
    status: SchoolStatus
    ukprn: str = ""
    closed_on: date | None = None
    authority: str = ""
    authority_name: str = ""
    low_age: int | None = None
    high_age: int | None = None
    capacity: int | None = None
    pru_places: int | None = None
    street: str = ""
    town: str = ""
    postcode: str = ""
    website: str = ""
    telephone: str = ""
    section_41: bool | None = None
    needs: list[str] = field(default_factory=list)
    inspected_on: date | None = None
    rating: str = ""

    def values(self) -> dict[str, Any]:
        """Its facts by column."""
        return asdict(self)


@dataclass
class Register:
    """A file of the register. Iterating reads it once; the counts are then complete.

    left_out: rows of kinds that are not kept. faulty: rows without a usable number or status.
    """

    source: Path | BinaryIO
    tell: Tell | None = None
    left_out: int = 0
    faulty: int = 0

    def __iter__(self) -> Iterator[SchoolRecord]:
        """The schools of kept kinds. Raises UnreadableFile where it is no such file."""
        try:
            with _opened(self.source) as stream, _table(stream) as table:
                yield from self._records(*table)
        except (*ARCHIVE_DAMAGE, csv.Error) as fault:
            raise UnreadableFile(damaged()) from fault

    def _records(self, stream: BinaryIO, size: int) -> Iterator[SchoolRecord]:
        with closing(_rows(stream)) as rows:
            places = _places(next(rows, []))
            for number, row in enumerate(rows, 1):
                if self.tell and number % _TELL_EVERY == 0:
                    self.tell(min(1.0, stream.tell() / size), number)
                if not any(row):
                    continue
                cells = {
                    name: row[place].strip() for name, place in places.items() if place < len(row)
                }
                record = self._record(cells)
                if record:
                    yield record

    def _record(self, cells: dict[str, str]) -> SchoolRecord | None:
        kind = KINDS.get(_number(cells.get("typeofestablishment (code)")) or 0)
        if kind is None:
            self.left_out += 1
            return None
        urn, name = cells.get("urn", ""), cells.get("establishmentname", "")
        status = _STATUS.get(cells.get("establishmentstatus (name)", "").casefold())
        if status is None or not name or not re.fullmatch(r"[1-9]\d{5}", urn, re.ASCII):
            self.faulty += 1
            return None
        return SchoolRecord(urn=urn, name=name[:200], kind=kind, status=status, **_details(cells))


def _details(cells: dict[str, str]) -> dict[str, Any]:
    """What a row says besides; a column that is absent says nothing."""

    def text(name: str, most: int) -> str:
        return cells.get(name, "")[:most]

    return {
        "ukprn": text("ukprn", 8),
        "closed_on": _day(cells.get("closedate")),
        "authority": text("la (code)", 3),
        "authority_name": text("la (name)", 100),
        "low_age": _number(cells.get("statutorylowage")),
        "high_age": _number(cells.get("statutoryhighage")),
        "capacity": _number(cells.get("schoolcapacity")),
        "pru_places": _number(cells.get("placespru")),
        "street": text("street", 200),
        "town": text("town", 100),
        "postcode": text("postcode", 8),
        "website": text("schoolwebsite", 200),
        "telephone": text("telephonenum", 40),
        "section_41": _approved(cells.get("section41approved (name)")),
        "needs": _needs(cells),
        "inspected_on": _day(cells.get("ofstedlastinsp")),
        "rating": text("ofstedrating (name)", 60),
    }


_OTHER = (
    "ukprn", "closedate", "la (code)", "la (name)", "statutorylowage", "statutoryhighage",
    "schoolcapacity", "placespru", "street", "town", "postcode", "schoolwebsite", "telephonenum",
    "section41approved (name)", "ofstedlastinsp", "ofstedrating (name)",
)  # fmt: skip
_SEN = tuple(f"sen{number} (name)" for number in range(1, 14))


def _places(headings: list[str]) -> dict[str, int]:
    """Where the columns that are read stand. Raises UnreadableFile where a needed one is absent."""
    found = {heading.strip().casefold(): place for place, heading in enumerate(headings)}
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise UnreadableFile(
            "This is not the register of establishments: it lacks the columns "
            f"{', '.join(missing)}. Choose the file edubasealldata….csv from Get Information "
            "About Schools, or the zip that holds it."
        )
    return {name: found[name] for name in (*_NEEDED, *_OTHER, *_SEN) if name in found}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 8 else None


def _day(text: str | None) -> date | None:
    for form in _DATES if text else ():
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None


def _approved(text: str | None) -> bool | None:
    return {"approved": True, "not approved": False}.get((text or "").casefold())


def _needs(cells: dict[str, str]) -> list[str]:
    """The codes of the SEN types: "SEMH - Social, Emotional and Mental Health" is SEMH."""
    codes = [cells[name].partition(" - ")[0].strip().upper() for name in _SEN if cells.get(name)]
    known = [NEED_ALIASES.get(code, code) for code in codes]
    return list(dict.fromkeys(str(code) for code in known if code in set(NeedType)))


def _rows(stream: BinaryIO) -> Iterator[list[str]]:
    """Rows of cp1252 text, as the register is published, or of UTF-8 that says so."""
    marked = stream.read(3) == b"\xef\xbb\xbf"
    stream.seek(0)
    encoding = "utf-8-sig" if marked else "cp1252"
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        yield from csv.reader(text)
    finally:
        text.detach()


def _opened(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, Path):
        return source.open("rb")
    source.seek(0)
    return nullcontext(source)


class _table:
    """The csv of a file, which may be zipped, with its size in bytes; closed afterwards."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> tuple[BinaryIO, int]:
        head = self._stream.read(4)
        size = self._stream.seek(0, io.SEEK_END)
        self._stream.seek(0)
        if not head:
            raise UnreadableFile("The file is empty. Choose the file edubasealldata….csv.")
        if not head.startswith(b"PK\x03\x04"):
            return self._stream, size
        self._archive = zipfile.ZipFile(self._stream)
        parts = [p for p in self._archive.infolist() if p.filename.lower().endswith(".csv")]
        named = [p for p in parts if "edubasealldata" in p.filename.lower()] or parts
        if len(named) != 1 or named[0].file_size > _MOST_UNPACKED or named[0].flag_bits & 1:
            raise UnreadableFile(
                "The archive does not hold exactly one readable csv file of the register. "
                "Unpack it and send edubasealldata….csv by itself, zipped or not."
            )
        return self._archive.open(named[0]), named[0].file_size

    def __exit__(self, *_fault: object) -> None:
        if self._archive:
            self._archive.close()
