"""Where things are: the postcode table, filled from files, asked by everything with an address."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service
from sqlalchemy import Select, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel.database import db
from app.kernel.progress import Progress, Report, silent
from app.kernel.rules import RuleBroken
from providers.intake.files import UnreadableFile
from providers.intake.postcodes import (
    Coordinates,
    PostcodePoint,
    open_postcodes,
    postcode_code,
    sector_of,
    shipped_sectors,
)
from providers.models.place import Accuracy, Located, Postcode

BATCH = 5_000
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Loaded:
    """What became of a file of postcodes: rows taken, rows left out, addresses moved."""

    taken: int
    left_out: int
    moved: int


def load_sectors() -> int:
    """Bring the shipped sectors into the postcode table; returns how many there are."""
    return _store(shipped_sectors())


def load_postcodes(file: Path, report: Report = silent) -> Loaded:
    """Bring a published file of postcodes in, and give every known address its exact place.

    Raises RuleBroken where the file is no file of postcodes; nothing is changed then.
    """

    def tell(share: float, rows: int) -> None:
        report(Progress(share * 0.95, f"{rows:,} postcodes read"))

    try:
        points = open_postcodes(file, tell)
        taken = _store(points)
    except UnreadableFile as fault:
        raise RuleBroken(str(fault)) from fault
    moved = relocate_all()
    report(Progress(1.0, "Finished"))
    return Loaded(taken, points.skipped, moved)


def relocate_all() -> int:
    """Look every address up again; returns how many now have other coordinates."""
    locate = Locator()
    moved = 0
    for mapper in db.Model.registry.mappers:
        if not issubclass(mapper.class_, Located):
            continue
        for row in db.session.scalars(select(mapper.class_).execution_options(yield_per=500)):
            moved += put_on_map(row, locate(row.postcode))
        db.session.flush()
    return moved


def put_on_map(row: Located, found: Coordinates | None) -> bool:
    """Give a row its coordinates, or none; returns whether that changed anything."""
    before = (row.latitude, row.longitude, row.accuracy)
    after = (found.latitude, found.longitude, found.accuracy) if found else (None, None, None)
    if before == after:
        return False
    row.latitude, row.longitude, row.accuracy = after
    return True


class Locator:
    """Looks postcodes up, remembering what it has found.

    A postcode is known by itself, or, where no exact postcodes are loaded for its sector, by
    the sector's median. An online geocoder is asked last, and only where one is switched on.
    """

    def __init__(self) -> None:
        self._found = cache(_find)

    def __call__(self, postcode: str) -> Coordinates | None:
        """Where a postcode is; None where it is not known, never a guess."""
        return self._found(postcode_code(postcode))


def _find(code: str) -> Coordinates | None:
    sector = sector_of(code)
    rows = {
        row.code: row
        for row in db.session.scalars(select(Postcode).where(Postcode.code.in_((code, sector))))
    }
    exact, middle = rows.get(code), rows.get(sector)
    if exact is not None:
        return Coordinates(exact.latitude, exact.longitude, Accuracy.POSTCODE)
    if middle is not None and not _has_exact(sector):
        return Coordinates(middle.latitude, middle.longitude, Accuracy.SECTOR)
    return _online.ask(code)


@dataclass(frozen=True)
class Whereabouts:
    """Where a postcode is, None where it is not known, and the middle of its sector."""

    place: Coordinates | None
    sector: Coordinates | None


def whereabouts(postcode: str) -> Whereabouts:
    """A postcode's place, as `Locator` finds it, and its sector's, in one query."""
    code = postcode_code(postcode)
    sector = sector_of(code)
    rows = {row.code: row for row in db.session.scalars(_near(code, sector))}
    exact, middle = rows.get(code), rows.get(sector)
    centre = middle and Coordinates(middle.latitude, middle.longitude, Accuracy.SECTOR)
    if exact is not None:
        place = Coordinates(exact.latitude, exact.longitude, Accuracy.POSTCODE)
        return Whereabouts(place, centre)
    if any(row.accuracy is Accuracy.POSTCODE for row in rows.values()):
        return Whereabouts(_online.ask(code), centre)
    return Whereabouts(centre or _online.ask(code), centre)


def _near(code: str, sector: str) -> Select:
    """A postcode, its sector, and one exact postcode of that sector where any is loaded."""
    another = (
        select(Postcode.code)
        .where(Postcode.sector == sector, Postcode.accuracy == Accuracy.POSTCODE)
        .limit(1)
        .scalar_subquery()
    )
    return select(Postcode).where(or_(Postcode.code.in_((code, sector)), Postcode.code == another))


def _has_exact(sector: str) -> bool:
    """Whether exact postcodes are loaded for a sector, so that a gap there means unknown."""
    exact = select(Postcode.code).where(
        Postcode.sector == sector, Postcode.accuracy == Accuracy.POSTCODE
    )
    return db.session.scalar(exact.limit(1)) is not None


class OnlineGeocoder:
    """An online geocoder of geopy's, off unless the authority switches one on.

    It is sent full postcodes of homes, so a data protection assessment comes first.
    """

    def __init__(self) -> None:
        self._geocode: Callable | None = None

    def switch_on(self, service: str, **options: str) -> None:
        """Use a service by geopy's name for it, such as "nominatim", with its own options."""
        self._geocode = get_geocoder_for_service(service)(**options).geocode

    def switch_off(self) -> None:
        """Ask nobody."""
        self._geocode = None

    def ask(self, code: str) -> Coordinates | None:
        """Where the service puts a postcode; None where it does not know or does not answer."""
        if self._geocode is None:
            return None
        try:
            found = self._geocode(f"{code[:-3]} {code[-3:]}, United Kingdom", exactly_one=True)
        except GeopyError:
            return None
        if found is None or not (49 <= found.latitude <= 61 and -9 <= found.longitude <= 3):
            return None
        return Coordinates(found.latitude, found.longitude, Accuracy.POSTCODE)


_online = OnlineGeocoder()


def online_geocoder() -> OnlineGeocoder:
    """The geocoder that look-ups fall back on."""
    return _online


def sector_centres(postcodes: Collection[str]) -> dict[str, Postcode]:
    """For each postcode, the middle of its sector: what a map may show of a home."""
    sectors = {sector_of(code) for code in postcodes}
    rows: dict[str, Postcode] = {}
    for batch in _batches(sectors, 500):
        statement = select(Postcode).where(Postcode.code.in_(batch))
        rows.update({row.code: row for row in db.session.scalars(statement)})
    return {code: rows[sector_of(code)] for code in postcodes if sector_of(code) in rows}


def _store(points: Iterable[PostcodePoint]) -> int:
    """Insert points or replace those known already, a batch at a time."""
    insert = _INSERTS[db.session.get_bind().dialect.name]
    statement = insert(Postcode)
    statement = statement.on_conflict_do_update(
        index_elements=[Postcode.code],
        set_={
            name: statement.excluded[name]
            for name in ("sector", "accuracy", "latitude", "longitude", "terminated_on")
        },
    )
    stored = 0
    for batch in _batches(points, BATCH):
        rows = {point.code: _values(point) for point in batch}
        db.session.connection().execute(statement, list(rows.values()))
        stored += len(rows)
    return stored


def _values(point: PostcodePoint) -> dict:
    return {
        "code": point.code,
        "sector": point.sector,
        "accuracy": point.accuracy,
        "latitude": point.latitude,
        "longitude": point.longitude,
        "terminated_on": point.terminated_on,
    }


def _batches(items: Iterable, size: int):
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
