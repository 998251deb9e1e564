"""Published postcode files into points: National Statistics lookups, Code-Point Open, plain lists.

Read one row at a time, from a csv or from the zip as published. Nothing is ever placed at 0, 0:
a row without coordinates in the United Kingdom is counted as skipped.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pyproj import Transformer

from providers.intake.files import ARCHIVE_DAMAGE, UnreadableFile, damaged
from providers.models.place import Accuracy

DATA = Path(__file__).parent / "data"
EXAMPLE = DATA / "example"
SECTORS = DATA / "postcode_sectors.csv"

_CODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}")
_BATCH = 5_000
_BRITAIN = (49.0, 61.0, -9.0, 3.0)  # latitudes, longitudes
_MOST_UNPACKED = 6 * 1024**3  # the lookups unpack to some 2 GB

Tell = Callable[[float, int], None]


@dataclass(frozen=True)
class Coordinates:
    """A place on the map: degrees (WGS 84), and how exactly they are known."""

    latitude: float
    longitude: float
    accuracy: Accuracy


@dataclass(frozen=True)
class PostcodePoint:
    """A postcode or a sector of one, as the postcode table holds it.

    code, sector: without a space. terminated_on: first day of the month in which the postcode
    was taken out of use, None while it lives.
    """

    code: str
    latitude: float
    longitude: float
    accuracy: Accuracy = Accuracy.POSTCODE
    terminated_on: date | None = None

    @property
    def sector(self) -> str:
        """The sector: SO238 of SO238UJ."""
        return sector_of(self.code) if self.accuracy is Accuracy.POSTCODE else self.code

    @property
    def coordinates(self) -> Coordinates:
        """Where it is, and how exactly."""
        return Coordinates(self.latitude, self.longitude, self.accuracy)


def postcode_code(postcode: str) -> str:
    """A postcode as the table's key: in capitals without blanks."""
    return "".join(postcode.split()).upper()


def sector_of(postcode: str) -> str:
    """The sector of a full postcode, without a blank: "SO23 8UJ" -> "SO238"."""
    return postcode_code(postcode)[:-2]


class PointLookup:
    """Postcodes and sectors held in memory, for the shipped sectors and for tests."""

    def __init__(self, points: Iterable[PostcodePoint]) -> None:
        """Hold the points; a full postcode is found before its sector."""
        self._points = {point.code: point.coordinates for point in points}

    def __call__(self, postcode: str) -> Coordinates | None:
        """Where a full postcode is: exactly, else by its sector, else None."""
        code = postcode_code(postcode)
        return self._points.get(code) or self._points.get(sector_of(code))


def shipped_sectors() -> Iterator[PostcodePoint]:
    """The sectors that come with the product."""
    with SECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = postcode_code(row["sector"])
            yield PostcodePoint(code, float(row["lat"]), float(row["long"]), Accuracy.SECTOR)


@dataclass(frozen=True)
class _Layout:
    """Where a file keeps what is needed. grid: metres of the National Grid, not degrees."""

    form: str
    postcode: int
    across: int
    up: int
    ended: int | None = None
    grid: bool = False
    heading: bool = True


@dataclass
class PostcodeFile:
    """An opened file of postcodes; iterate over it once for its points.

    form: what kind of file it is, in words. skipped: rows so far without a postcode or without
    coordinates in the United Kingdom.
    """

    source: Path | BinaryIO
    form: str
    members: tuple[str, ...]
    tell: Tell | None = None
    skipped: int = 0
    _rows: int = field(default=0, repr=False)

    def __iter__(self) -> Iterator[PostcodePoint]:
        """The points, in the file's order. Raises UnreadableFile where the file breaks off."""
        try:
            yield from self._points()
        except (*ARCHIVE_DAMAGE, csv.Error) as damage:
            raise UnreadableFile(damaged()) from damage

    def _points(self) -> Iterator[PostcodePoint]:
        if not self.members:
            with _opened(self.source) as stream:
                size = stream.seek(0, io.SEEK_END)
                stream.seek(0)
                yield from self._stream_points(stream, 0, size)
                return
        with _opened(self.source) as outer, zipfile.ZipFile(outer) as archive:
            total = sum(archive.getinfo(name).file_size for name in self.members)
            before = 0
            for name in self.members:
                with archive.open(name) as stream:
                    yield from self._stream_points(stream, before, total)
                before += archive.getinfo(name).file_size

    def _stream_points(self, stream: BinaryIO, before: int, total: int) -> Iterator[PostcodePoint]:
        rows = _rows(stream)
        first = next(rows, [])
        layout = _layout(first)
        if layout is None:
            return
        if not layout.heading:
            rows = _chain(first, rows)
        while batch := list(islice(rows, _BATCH)):
            self._rows += len(batch)
            yield from self._batch_points(batch, layout)
            if self.tell:
                self.tell(min(1.0, (before + stream.tell()) / max(total, 1)), self._rows)

    def _batch_points(self, batch: list[list[str]], layout: _Layout) -> Iterator[PostcodePoint]:
        kept = [found for row in batch if (found := _read(row, layout))]
        if layout.grid and kept:
            eastings, northings = zip(*((across, up) for _c, across, up, _e in kept), strict=True)
            longitudes, latitudes = _from_grid().transform(eastings, northings)
            kept = [
                (code, longitude, latitude, ended)
                for (code, _a, _u, ended), longitude, latitude in zip(
                    kept, longitudes, latitudes, strict=True
                )
            ]
        taken = 0
        for code, longitude, latitude, ended in kept:
            if _in_britain(latitude, longitude):
                taken += 1
                point = (round(latitude, 6), round(longitude, 6))
                yield PostcodePoint(code, *point, terminated_on=ended)
        self.skipped += len(batch) - taken


def open_postcodes(source: Path | BinaryIO, tell: Tell | None = None) -> PostcodeFile:
    """Open a file of postcodes, recognised by its content.

    Taken: the National Statistics Postcode Lookup and the ONS Postcode Directory (csv or zip),
    Code-Point Open (csv or zip, metres turned into degrees to within five metres), and any csv
    with columns for postcode, latitude and longitude. tell(share done, rows read) is called now
    and then. Raises UnreadableFile for anything else.
    """
    try:
        with _opened(source) as stream:
            if stream.read(4) == b"PK\x03\x04":
                stream.seek(0)
                form, members = _members(stream)
                return PostcodeFile(source, form, members, tell)
            stream.seek(0)
            layout = _layout(next(_rows(stream), []))
    except (*ARCHIVE_DAMAGE, csv.Error) as damage:
        raise UnreadableFile(damaged()) from damage
    if layout is None:
        raise UnreadableFile(_not_postcodes())
    return PostcodeFile(source, layout.form, (), tell)


def _members(stream: BinaryIO) -> tuple[str, tuple[str, ...]]:
    """The files of an archive to read: one form only, and no second copy of the same rows."""
    with zipfile.ZipFile(stream) as archive:
        files = [part for part in archive.infolist() if part.filename.lower().endswith(".csv")]
        if sum(part.file_size for part in files) > _MOST_UNPACKED:
            raise UnreadableFile("The archive unpacks to more than a postcode file holds.")
        forms: dict[str, list[str]] = {}
        for part in files:
            if part.flag_bits & 1:
                raise UnreadableFile("The archive is locked with a password. Remove it.")
            with archive.open(part) as member:
                layout = _layout(next(_rows(member), []))
            if layout:
                forms.setdefault(layout.form, []).append(part.filename)
    if not forms:
        raise UnreadableFile(_not_postcodes())
    form = min(forms, key=[_LOOKUP, _CODE_POINT, _PLAIN].index)
    names = forms[form]
    # the lookups hold all rows in one file, and again split by area
    whole = [name for name in names if "multi" not in name.lower()]
    return form, tuple(whole or names)


_LOOKUP = "National Statistics postcode lookup"
_CODE_POINT = "Code-Point Open"
_PLAIN = "list of postcodes"


def _layout(first: Sequence[str]) -> _Layout | None:
    """The layout that a first row shows; None where it is no file of postcodes."""
    names = [re.sub(r"[^a-z0-9]", "", cell.casefold()) for cell in first]
    postcode = _position(names, "pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode", "pc")
    if postcode is not None:
        ended = _position(names, "doterm", "terminated")
        form = _LOOKUP if _position(names, "doterm", "dointr") is not None else _PLAIN
        up = _position(names, "lat", "latitude")
        across = _position(names, "long", "lon", "lng", "longitude")
        if up is not None and across is not None:
            return _Layout(form, postcode, across, up, ended)
        across = _position(names, "east1m", "oseast1m", "eastings", "easting")
        up = _position(names, "north1m", "osnrth1m", "northings", "northing")
        if up is not None and across is not None:
            return _Layout(form, postcode, across, up, ended, grid=True)
    if (
        len(first) >= 4
        and _CODE.fullmatch(postcode_code(first[0]))
        and all(re.fullmatch(r"[0-9]{1,7}", cell.strip()) for cell in first[2:4])
    ):
        return _Layout(_CODE_POINT, 0, 2, 3, grid=True, heading=False)
    return None


def _position(names: Sequence[str], *wanted: str) -> int | None:
    for name in wanted:
        if name in names:
            return names.index(name)
    return None


def _read(row: Sequence[str], layout: _Layout) -> tuple[str, float, float, date | None] | None:
    """Code, across, up and end of one row; None where it has no postcode or no coordinates."""
    try:
        code = postcode_code(row[layout.postcode])
        across, up = float(row[layout.across]), float(row[layout.up])
        ended = _month(row[layout.ended]) if layout.ended is not None else None
    except (IndexError, ValueError):
        return None
    if not _CODE.fullmatch(code) or (across == 0 and up == 0):
        return None
    if layout.grid and not (0 <= across < 700_000 and 0 <= up < 1_300_000):
        return None
    return code, across, up, ended


def _month(text: str) -> date | None:
    digits = re.sub(r"\D", "", text)
    return date(int(digits[:4]), int(digits[4:6]), 1) if digits else None


def _in_britain(latitude: float, longitude: float) -> bool:
    """False too for the 99.999999 that the lookups write where there is no grid reference."""
    south, north, west, east = _BRITAIN
    return south <= latitude <= north and west <= longitude <= east


@cache
def _from_grid() -> Transformer:
    """British National Grid to WGS 84; within five metres, without the survey's grid file."""
    return Transformer.from_crs(27700, 4326, always_xy=True)


def _rows(stream: BinaryIO) -> Iterator[list[str]]:
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
    try:
        yield from csv.reader(text)
    finally:
        text.detach()


def _chain(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows


def _opened(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """The source as a stream in a `with` block; one that was handed in stays open."""
    if isinstance(source, Path):
        return source.open("rb")
    source.seek(0)
    return nullcontext(source)


def _not_postcodes() -> str:
    return (
        "No postcodes were found. Choose the National Statistics Postcode Lookup, the ONS Postcode "
        "Directory, Code-Point Open, or a csv file with the columns Postcode, lat and long."
    )
