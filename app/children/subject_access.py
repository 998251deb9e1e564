"""Everything that is held about one child, for a request of access to it (UK GDPR, article 15).

What belongs to the child is found from the foreign keys (`app.kernel.belongings`), so nothing that
is added to the product later is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from app.accounts.looks import looks_at
from app.accounts.trail import TrailCriteria, entries
from app.children.models import Child
from app.kernel.belongings import belongings
from app.kernel.database import db
from providers.models.file import StoredFile


@dataclass(frozen=True)
class Held:
    """The rows of one table about a child. columns: their names; rows: plain values in order."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def everything_about(child: Child) -> list[Held]:
    """All rows that belong to a child, the trail of their changes, and who looked at them."""
    found = [_held(table, ids) for table, ids in belongings("child", child.id).items()]
    return [*sorted(found, key=lambda held: held.table != "child"), _trail(child), _looks(child)]


def documents_about(child: Child) -> Iterator[StoredFile]:
    """The files that rows about a child name."""
    keys: set[int] = set()
    for table, ids in belongings("child", child.id).items():
        columns = db.metadata.tables[table].columns
        first = next(iter(db.metadata.tables[table].primary_key.columns))
        for column in columns:
            if any(key.column.table.name == "stored_file" for key in column.foreign_keys):
                named = select(column).where(first.in_(ids), column.is_not(None))
                keys.update(db.session.scalars(named))
    yield from db.session.scalars(select(StoredFile).where(StoredFile.id.in_(keys)))


def _held(name: str, ids: list[int]) -> Held:
    table = db.metadata.tables[name]
    first = next(iter(table.primary_key.columns))
    rows = db.session.execute(
        select(table).where(first.in_(ids)).order_by(*table.primary_key.columns)
    )
    return Held(
        name,
        tuple(column.name for column in table.columns),
        tuple(tuple(plain(value) for value in row) for row in rows),
    )


def _trail(child: Child) -> Held:
    found = db.session.scalars(entries(TrailCriteria(about=("child", child.id))))
    return Held(
        "audit_trail",
        ("at", "who", "action", "kind", "record", "number", "changes"),
        tuple(
            (plain(e.at), e.actor_name, e.action, e.kind, e.subject, e.subject_id, e.changes)
            for e in found
        ),
    )


def _looks(child: Child) -> Held:
    found = db.session.scalars(looks_at(child.id))
    return Held(
        "who_looked",
        ("at", "who", "role", "page"),
        tuple((plain(look.at), look.user.name, look.user.role.label, look.view) for look in found),
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it and people read it."""
    if isinstance(value, Enum):
        return getattr(value, "label", value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{len(value)} bytes" if isinstance(value, bytes) else value
