"""The audit trail writes itself: who did what to which row, with the values before and after.

A listener on the session records every change to an `Audited` row in the same transaction,
so a change without its record, or a record without its change, cannot be committed.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Connection,
    Integer,
    String,
    Table,
    event,
    inspect,
)
from sqlalchemy.orm import ColumnProperty, Mapped, Session, mapped_column, object_session

from app.kernel.clock import now
from app.kernel.database import Moment, db
from app.kernel.secret import SHADOW, Secret


class AuditError(RuntimeError):
    """A write that would escape or falsify the audit trail; a fault in the program."""


@dataclass(frozen=True)
class Actor:
    """Who is answerable for a change: a signed-in person, or a named command or job.

    user_id: the account's id, None for a command. name: as the trail shows it.
    """

    user_id: int | None
    name: str


@dataclass(frozen=True)
class _Deed:
    actor: Actor
    action: str


_deed: ContextVar[_Deed | None] = ContextVar("audited_deed", default=None)


@contextmanager
def acting(actor: Actor, action: str) -> Iterator[None]:
    """Name who acts, and what they do, for every audited write inside the block."""
    token = _deed.set(_Deed(actor, action))
    try:
        yield
    finally:
        _deed.reset(token)


def name_deed(actor: Actor, action: str) -> None:
    """Name actor and action for the rest of this context (a web request has its own)."""
    _deed.set(_Deed(actor, action))


def forget_deed() -> None:
    """Forget the named actor, at the end of a request."""
    _deed.set(None)


def current_actor() -> Actor | None:
    """Who is acting now, or None where nobody has been named."""
    deed = _deed.get()
    return deed.actor if deed else None


class Audited:
    """Marks a table whose every change is recorded. `unaudited` names columns left out."""

    unaudited: frozenset[str] = frozenset()


class AuditEvent(db.Model):
    """One change of one row: written by the listener, never edited, never deleted.

    changes: {"column": [before, after]}, before None for a new row. salt, content: the digest of
    the changes with a random salt, so that changes can be erased, where the law asks for it,
    without breaking the chain. batch: the mark of the transaction (`app.kernel.seals`).
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    subject_id: Mapped[int | None] = mapped_column(index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    salt: Mapped[str | None] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(String(64))
    batch: Mapped[str] = mapped_column(String(32), index=True)


def content_digest(salt: str, changes: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of an entry's changes with its salt."""
    line = json.dumps(changes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}{line}".encode()).hexdigest()


def protect_rows(table: Table) -> None:
    """Let the database itself refuse to change or delete a row of a table that is made."""
    for statement in guards(table.name):
        event.listen(table, "after_create", DDL(statement[1]).execute_if(dialect=statement[0]))


_KEPT = (
    "id", "at", "actor_id", "actor_name", "action", "kind", "subject", "subject_id", "content",
    "batch",
)  # fmt: skip


def guards(table: str) -> Iterator[tuple[str, str]]:
    """The statements that make a table append-only, each with its dialect.

    The one change let through is the erasure of an entry's content, which empties `changes` and
    `salt` and touches nothing else.
    """
    refusal = f"Rows of {table} are never changed or deleted."
    for verb in ("UPDATE", "DELETE"):
        unless = ""
        if verb == "UPDATE" and table == "audit_event":
            same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _KEPT)
            unless = f"NOT (NEW.changes::text = '{{}}' AND NEW.salt IS NULL AND {same})"
        when = f"WHEN ({unless}) " if unless else ""
        name = f"{table}_no_{verb.lower()}"
        yield (
            "postgresql",
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$;"
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"EXECUTE FUNCTION {name}()",
        )
        on_sqlite = when.replace("IS NOT DISTINCT FROM", "IS").replace("::text", "")
        yield (
            "sqlite",
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {on_sqlite}"
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        )


protect_rows(AuditEvent.__table__)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def _shadow(value: Any) -> Any:
    """That there is a text, for columns whose words the trail may not hold."""
    return None if value is None else SHADOW


def _changes(row: Any, kind: str) -> dict[str, list[Any]]:
    """The columns of a row that a flush has written, each with before and after."""
    state = inspect(row)
    changes: dict[str, list[Any]] = {}
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        if name in row.unaudited:
            continue
        said = _shadow if isinstance(attribute.columns[0].type, Secret) else _plain
        history = state.attrs[name].history
        if kind == "created":
            value = state.dict.get(name)
            if value is not None:
                changes[name] = [None, said(value)]
        elif kind == "deleted":
            changes[name] = [said(state.dict.get(name)), None]
        elif history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if before != after:
                changes[name] = [said(before), said(after)]
    return changes


def _record(session: Session, row: Any, kind: str) -> dict[str, Any] | None:
    changes = _changes(row, kind)
    if kind == "changed" and not changes:
        return None
    deed, salt = _named_deed(), secrets.token_hex(8)
    identity = inspect(row).mapper.primary_key_from_instance(row)
    return {
        "at": now(),
        "actor_id": deed.actor.user_id,
        "actor_name": deed.actor.name,
        "action": deed.action,
        "kind": kind,
        "subject": row.__tablename__,
        "subject_id": identity[0] if isinstance(identity[0], int) else None,
        "changes": changes,
        "salt": salt,
        "content": content_digest(salt, changes),
        "batch": session.info.setdefault("audit_batch", secrets.token_hex(16)),
    }


@event.listens_for(Audited, "attribute_instrument", propagate=True)
def _remember_before(_class, _name, attribute) -> None:
    """Load the old value before a new one is set, so that the trail never lacks its 'before'."""
    if isinstance(attribute.property, ColumnProperty):
        event.listen(attribute, "set", _keep, active_history=True)


def _keep(_row, _value, _before, _initiator) -> None:
    """Listening is what makes the old value be loaded; there is nothing more to do."""


@event.listens_for(Session, "before_flush")
def _protect_trail(session: Session, _context, _instances) -> None:
    touched = [*session.dirty, *session.deleted]
    if any(isinstance(row, AuditEvent) for row in touched):
        raise AuditError("The audit trail cannot be edited.")


@event.listens_for(Session, "after_flush")
def _write_trail(session: Session, _context) -> None:
    """Record what a flush has made and changed; `_record_deletion` sees what it has deleted."""
    written = [
        (row, kind)
        for kind, rows in (("created", session.new), ("changed", session.dirty))
        for row in rows
        if isinstance(row, Audited)
    ]
    if not written:
        return
    _named_deed()
    events = [record for row, kind in written if (record := _record(session, row, kind))]
    if events:
        session.execute(AuditEvent.__table__.insert(), events)


@event.listens_for(Audited, "after_delete", propagate=True)
def _record_deletion(_mapper, connection: Connection, row: Audited) -> None:
    """Record a deletion where it happens: a row out of its list is deleted only in the flush."""
    record = _record(object_session(row), row, "deleted")
    connection.execute(AuditEvent.__table__.insert(), record)


def _named_deed() -> _Deed:
    deed = _deed.get()
    if deed is None:
        raise AuditError("Name who is acting before changing audited records.")
    return deed


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk_writes(context) -> None:
    if not (context.is_update or context.is_delete) or context.bind_mapper is None:
        return
    target = context.bind_mapper.class_
    if issubclass(target, Audited | AuditEvent):
        raise AuditError(f"Bulk changes of {target.__name__} would escape the audit trail.")
