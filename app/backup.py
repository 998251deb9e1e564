"""Backup and restore of everything, in one archive that either database engine can be filled from.

The archive is a zip: `manifest.json`, a file of JSON lines for each table, and the stored files.
All tables are read in one transaction that sees one moment. A restore goes into an empty system
only, in one transaction, and is compared with the archive before it is kept.
"""

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    Table,
    TableClause,
    Text,
    func,
    null,
    select,
    text,
)
from sqlalchemy import column as lightly_column
from sqlalchemy import table as lightly

from app.kernel.clock import now
from app.kernel.database import Moment, db
from app.kernel.progress import Progress, Report, silent
from app.kernel.rules import RuleBroken, require
from app.kernel.secret import Secret
from providers.models.file import StoredFile
from providers.storage import MissingFile, Storage

FORMAT = 1
ROWS = 1_000
FILES = "files/"


@dataclass(frozen=True)
class Contents:
    """What an archive holds. tables: rows by table. files: how many. missing: keys of files that
    rows name and the storage lacked. revision: of the database."""

    made_at: str
    revision: str
    tables: dict[str, int]
    files: int
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())


def back_up(path: Path, storage: Storage, tell: Report = silent) -> Contents:
    """Write everything into an archive, which appears under its name only once it is whole.

    Raises RuleBroken where the file exists already.
    """
    require(f"{path} exists already. Choose another name." if path.exists() else None)
    part = path.with_name(path.name + ".part")
    part.touch(mode=0o600)
    with _one_moment() as connection, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = db.metadata.sorted_tables
        sums: dict[str, dict[str, Any]] = {}
        for place, table in enumerate(tables):
            tell(Progress(0.8 * place / len(tables), f"Writing {table.name}"))
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as target:
                sums[table.name] = _write(connection, table, target)
        tell(Progress(0.8, "Writing documents"))
        kept, missing = _write_files(connection, archive, storage)
        manifest = {
            "format": FORMAT,
            "made_at": now().isoformat(),
            "revision": _revision(connection),
            "tables": sums,
            "files": kept,
            "missing": missing,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    part.rename(path)
    tell(Progress(1.0, "Written"))
    return _contents(manifest)


def restore(path: Path, storage: Storage, tell: Report = silent) -> Contents:
    """Fill an empty system from an archive, and compare row by row before it is kept.

    Raises RuleBroken where the archive can't be read, belongs to another version of the database,
    or the system holds rows already; nothing is changed then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _restore(archive, storage, tell)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as fault:
        raise RuleBroken(f"{path.name} is not a whole backup: {fault}.") from fault


def _restore(archive: zipfile.ZipFile, storage: Storage, tell: Report) -> Contents:
    manifest = json.loads(archive.read("manifest.json"))
    tables = db.metadata.sorted_tables
    with db.engine.begin() as connection:
        _refuse_unfit(connection, manifest, tables)
        for place, table in enumerate(tables):
            tell(Progress(0.8 * place / len(tables), f"Reading {table.name}"))
            with archive.open(f"tables/{table.name}.jsonl") as lines:
                _fill(connection, table, lines)
            digest = hashlib.sha256()
            count = sum(1 for _ in map(digest.update, _lines(connection, table)))
            held = {"rows": count, "sha256": digest.hexdigest()}
            require(
                None
                if held == manifest["tables"][table.name]
                else f"{table.name} does not read back as it was backed up. Nothing was restored."
            )
        if connection.dialect.name == "postgresql":
            _continue_numbering(connection, tables)
        tell(Progress(0.8, "Putting documents back"))
        for name in archive.namelist():
            if name.startswith(FILES):
                with archive.open(name) as content:
                    storage.put(name.removeprefix(FILES), content)
    tell(Progress(1.0, "Restored"))
    return _contents(manifest)


def _refuse_unfit(connection: Connection, manifest: dict, tables: list[Table]) -> None:
    held = [t.name for t in tables if connection.scalar(select(func.count()).select_from(t))]
    here = _revision(connection)
    require(
        None
        if manifest["format"] == FORMAT and manifest["revision"] == here
        else f"The backup is of revision {manifest['revision']}, this database of {here}. Install "
        f"that version, run `flask db upgrade {manifest['revision']}`, restore, then upgrade.",
        f"The system is not empty: {', '.join(held[:5])} hold rows. Restore into a new database."
        if held
        else None,
    )


def _one_moment() -> Connection:
    """A connection whose every read sees the same moment."""
    if db.engine.dialect.name == "postgresql":
        return db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    connection = db.engine.connect()
    connection.exec_driver_sql("BEGIN")
    return connection


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or "none"


def _write(connection: Connection, table: Table, target: Any) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    for line in _lines(connection, table):
        target.write(line)
        digest.update(line)
        count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A table's rows, in the order of their keys, each as a line of JSON."""
    stored = _as_stored(table)
    rows = select(stored).order_by(*(stored.c[key.name] for key in table.primary_key.columns))
    for row in connection.execute(rows.execution_options(yield_per=ROWS)):
        yield json.dumps([_plain(v) for v in row], ensure_ascii=False).encode() + b"\n"


def _as_stored(table: Table) -> TableClause:
    """A table whose encrypted columns are read and written as the database holds them, so that an
    archive tells no more without the keys than the database does."""
    columns = (
        lightly_column(c.name, Text() if isinstance(c.type, Secret) else c.type)
        for c in table.columns
    )
    return lightly(table.name, *columns)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _fill(connection: Connection, table: Table, lines: Any) -> None:
    columns, batch = list(table.columns), []
    for line in lines:
        values = json.loads(line)
        batch.append({c.name: _typed(c, v) for c, v in zip(columns, values, strict=True)})
        if len(batch) == ROWS:
            _insert(connection, table, batch)
            batch = []
    _insert(connection, table, batch)


def _insert(connection: Connection, table: Table, batch: list[dict[str, Any]]) -> None:
    """Insert rows; a value of SQL's own, such as NULL beside JSON, can't stand in a long list."""
    stored = _as_stored(table)
    plain = [row for row in batch if not any(v is _NULL for v in row.values())]
    if plain:
        connection.execute(stored.insert(), plain)
    for row in batch:
        if any(value is _NULL for value in row.values()):
            connection.execute(stored.insert().values(row))


_NULL = null()


def _typed(column: Column, value: Any) -> Any:
    if value is None:
        return _NULL if isinstance(column.type, JSON) and column.nullable else None
    if isinstance(column.type, JSON):
        return value
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    plain = column.type.impl_instance if isinstance(column.type, Moment) else column.type
    kind = plain.python_type
    return kind.fromisoformat(value) if kind in (date, datetime) else value


def _continue_numbering(connection: Connection, tables: list[Table]) -> None:
    """Let PostgreSQL's sequences go on after the highest number that was restored."""
    for table in tables:
        for column in table.primary_key.columns:
            name = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": column.name},
            )
            highest = select(func.max(column)).scalar_subquery()
            if name and connection.scalar(select(highest)) is not None:
                connection.execute(select(func.setval(name, highest)))


def _write_files(
    connection: Connection, archive: zipfile.ZipFile, storage: Storage
) -> tuple[int, list[str]]:
    kept, missing = 0, []
    for key in connection.scalars(select(StoredFile.__table__.c.key)):
        try:
            with storage.open(key) as content, archive.open(FILES + key, "w") as target:
                shutil.copyfileobj(content, target)
            kept += 1
        except MissingFile:
            missing.append(key)
    return kept, missing


def _contents(manifest: dict[str, Any]) -> Contents:
    return Contents(
        manifest["made_at"],
        manifest["revision"],
        {name: held["rows"] for name, held in manifest["tables"].items()},
        manifest["files"],
        tuple(manifest["missing"]),
    )
