"""The audit trail is tamper-evident: each entry is chained to the last by its hash.

Entries are chained in the order in which transactions commit, under a lock that is held only
while a transaction ends. A seal stands for the entries of one transaction: its digest runs on
from the seal before it through each of them. So a changed, added, moved or missing entry breaks
every digest from there on. Cutting off the end is shown by comparing with a digest that was noted
elsewhere: `flask audit verify` prints the newest to be kept.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, event, exists, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.audit import AuditEvent, content_digest, protect_rows
from app.kernel.clock import now
from app.kernel.database import Moment, db

START = "0" * 64
LOCK = 0x0FA1_4BAC
"""The advisory lock of PostgreSQL that one transaction at a time holds while it is sealed."""
CHUNK = 2_000


class AuditSeal(db.Model):
    """The seal of one transaction's entries. number: without gaps, from 1.

    batch: the mark that its entries carry. entries: how many they are. digest: SHA-256 in
    hexadecimal, from the digest of the seal before through every entry by its id.
    """

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    batch: Mapped[str] = mapped_column(String(32), unique=True)
    sealed_at: Mapped[datetime] = mapped_column(Moment)
    entries: Mapped[int]
    first_entry_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"))
    digest: Mapped[str] = mapped_column(String(64))


protect_rows(AuditSeal.__table__)


@dataclass(frozen=True)
class Fault:
    """Where the chain is broken, in words. seal: its number, None where no one seal is meant."""

    seal: int | None
    text: str


@dataclass(frozen=True)
class Finding:
    """What a check of the whole trail found. newest: number and digest of the last good seal."""

    seals: int
    entries: int
    erased: int
    newest: tuple[int, str] | None
    faults: tuple[Fault, ...]


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Chain what this transaction has recorded, as its last act before it commits."""
    if session.in_nested_transaction():
        return
    session.flush()
    batch = session.info.pop("audit_batch", None)
    if batch is None:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    last = session.execute(
        select(AuditSeal.number, AuditSeal.digest).order_by(AuditSeal.number.desc()).limit(1)
    ).first()
    number, digest = last or (0, START)
    count, first = 0, None
    for row in _entries_of(session, batch):
        digest = _chained(digest, row)
        first, count = first or row.id, count + 1
    if count:  # none are left where a savepoint was rolled back
        session.execute(
            AuditSeal.__table__.insert(),
            {
                "number": number + 1,
                "batch": batch,
                "sealed_at": now(),
                "entries": count,
                "first_entry_id": first,
                "digest": digest,
            },
        )


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("audit_batch", None)


_COLUMNS = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.actor_name,
    AuditEvent.action,
    AuditEvent.kind,
    AuditEvent.subject,
    AuditEvent.subject_id,
    AuditEvent.content,
)


def _entries_of(session: Session, batch: str) -> Iterator:
    of_batch = select(*_COLUMNS).where(AuditEvent.batch == batch).order_by(AuditEvent.id)
    return session.execute(of_batch.execution_options(yield_per=CHUNK))


def _chained(digest: str, row) -> str:
    """The digest after one entry."""
    facts = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    line = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{digest}\n{line}".encode()).hexdigest()


def verify(expected: Iterable[tuple[int, str]] = ()) -> Finding:
    """Check the whole trail: every seal, every entry, and every entry's content.

    expected: seals that were noted elsewhere, as (number, digest); one that is missing or
    differs is a fault.
    """
    faults: list[Fault] = []
    digest, number, entries, newest = START, 0, 0, None
    known: dict[int, str] = {}
    for seal in db.session.execute(select(AuditSeal.__table__).order_by(AuditSeal.number)):
        number += 1
        if seal.number != number:
            faults.append(Fault(number, f"Seal {number} is missing."))
            number = seal.number
        count = 0
        for row in _entries_of(db.session, seal.batch):
            digest, count = _chained(digest, row), count + 1
        entries += count
        if count != seal.entries:
            faults.append(
                Fault(number, f"Seal {number} is for {seal.entries} entries; {count} are there.")
            )
        elif digest != seal.digest:
            faults.append(Fault(number, f"The entries of seal {number} were changed."))
        else:
            newest = (number, digest)
        digest = seal.digest  # go on from what stands there, so that one fault is told once
        known[number] = seal.digest
    for wanted, noted in expected:
        if known.get(wanted) != noted:
            faults.append(Fault(wanted, f"Seal {wanted} is not the one that was noted."))
    changed, erased = _contents()
    faults += [Fault(None, f"The content of entry {entry} was changed.") for entry in changed]
    loose = _without_seal()
    if loose:
        faults.append(Fault(None, f"{loose} entries have no seal."))
    return Finding(len(known), entries, erased, newest, tuple(faults))


def _contents() -> tuple[list[int], int]:
    """Entries whose content is not what was recorded, and how many were erased by retention."""
    changed, erased = [], 0
    rows = select(AuditEvent.id, AuditEvent.salt, AuditEvent.content, AuditEvent.changes)
    for entry, salt, content, changes in db.session.execute(
        rows.order_by(AuditEvent.id).execution_options(yield_per=CHUNK)
    ):
        if salt is None and changes == {}:
            erased += 1
        elif salt is None or content_digest(salt, changes) != content:
            changed.append(entry)
    return changed, erased


def _without_seal() -> int:
    sealed = exists().where(AuditSeal.batch == AuditEvent.batch)
    return db.session.scalar(select(func.count()).select_from(AuditEvent).where(~sealed)) or 0
