"""The history of any row in plain words, from the audit trail: who did what, when, what changed.

Names of fields and their values come from the model itself, so that a new noun has a history
without words of its own; `FIELDS` says the few that would read badly. Ids, free text that is kept
apart from the trail and what only the program needs are left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement, Date, Enum, or_, select
from sqlalchemy.types import TypeEngine

from app.kernel.audit import AuditEvent
from app.kernel.database import Moment, db
from app.kernel.money import pounds
from app.kernel.secret import Secret, SecretJson
from app.kernel.words import in_words
from app.web.formats import datetime_uk, number, yes_no
from app.web.trail import SUBJECTS, Entry, in_entries
from providers.needs import sessions_in_words

MOST = 500
"""So many changes are read, the latest; more than any one object has had."""
LEFT_OUT = frozenset(
    {"version", "candidates", "reasons", "differences", "text", "content", "token", "snapshot"}
)
FIELDS = {
    "starts_on": "First day",
    "ends_on": "Planned last day",
    "ended_on": "Last day",
    "hours": "Hours a week",
    "minutes": "Time",
    "pence": "Sum",
    "pence_per_hour": "Price an hour, net of VAT",
    "pence_a_week": "Cost a week, net of VAT",
    "transport_pence_a_week": "Transport a week, estimated",
    "net_pence": "Net",
    "vat_pence": "VAT",
    "agreed_pence": "Agreed for these days",
    "flags": "Differences found",
    "number": "Number",
    "why": "Why",
    "legal_basis": "Legal basis",
}
DONE = {"created": "added", "deleted": "taken out"}


Say = Callable[[AuditEvent], list[str]]
Names = Mapping[tuple[str, int], str]
"""What single rows are called in a history, by table and id."""


@dataclass(frozen=True)
class Gone:
    """Parts that were taken out of a thing: rows of `part` whose column `of` named its id."""

    part: Any
    of: str
    id: int

    @property
    def clause(self) -> ColumnElement[bool]:
        """The trail's entries that tell of it."""
        return (
            (AuditEvent.subject == self.part.__tablename__)
            & (AuditEvent.kind == "deleted")
            & (AuditEvent.changes[self.of, 0].as_integer() == self.id)
        )


def history_of(*rows: Any, names: Names | None = None, say: Say | None = None) -> list[Entry]:
    """What was done to some rows, the latest first, as entries with sentences.

    rows: objects, or lists of them, of any audited tables: a thing and its parts, and `Gone` for
    parts that are no longer there. names: what to call the parts that are one of several. say:
    the sentences of an event, `words` without it.
    """
    wanted: dict[str, set[int]] = {}
    gone = [row.clause for row in _flat(rows) if isinstance(row, Gone)]
    for row in _flat(rows):
        if isinstance(row, Gone):
            continue
        wanted.setdefault(row.__tablename__, set()).add(row.id)
    if not wanted:
        return []
    about = [
        (AuditEvent.subject == subject) & AuditEvent.subject_id.in_(ids)
        for subject, ids in wanted.items()
    ]
    found = select(AuditEvent).where(or_(*about, *gone))
    found = found.order_by(AuditEvent.id.desc()).limit(MOST)
    say = say or (lambda event: words(event, names or {}))
    return in_entries(db.session.scalars(found).all(), say)


def history_of_all(*models: Any, names: Names | None = None) -> list[Entry]:
    """What was done to the rows of whole tables, those that are gone too, the latest first.

    For settings, whose rows have no page each.
    """
    tables = [model.__tablename__ for model in models]
    found = select(AuditEvent).where(AuditEvent.subject.in_(tables))
    found = found.order_by(AuditEvent.id.desc()).limit(MOST)
    return in_entries(db.session.scalars(found).all(), lambda event: words(event, names or {}))


def _flat(rows: Iterable[Any]) -> Iterable[Any]:
    for row in rows:
        if isinstance(row, list | tuple):
            yield from _flat(row)
        elif row is not None:
            yield row


def words(event: AuditEvent, names: Names | None = None) -> list[str]:
    """What an event changed, in sentences without a full stop."""
    one, _many = SUBJECTS.get(event.subject, (event.subject.replace("_", " "), ""))
    noun = one[:1].upper() + one[1:]
    if name := (names or {}).get((event.subject, event.subject_id or 0)):
        noun = f"{noun} ({name})"
    if event.kind != "changed":
        return [f"{noun} {DONE[event.kind]}"]
    columns = _columns(event.subject)
    return [
        _change(f"{noun}: {_label(field).lower()}", field, columns[field], pair)
        for field, pair in event.changes.items()
        if field in columns and _is_shown(field, columns[field])
    ]


def _change(what: str, field: str, kind: TypeEngine, pair: Sequence[Any]) -> str:
    if isinstance(kind, Secret):  # the trail holds no text about a child
        return f"{what} changed"
    before, after = (_value(field, kind, each) for each in pair)
    if before == NOTHING:
        return f"{what} set to {after}"
    return f"{what} changed from {before} to {after}"


NOTHING = "nothing"


def _is_shown(field: str, kind: TypeEngine) -> bool:
    hidden = field in LEFT_OUT or field == "id" or field.endswith("_id")
    return not hidden and not isinstance(kind, JSON | SecretJson)


def _label(field: str) -> str:
    known = FIELDS.get(field)
    if known:
        return known
    plain = field.removesuffix("_pence").removesuffix("_on").removesuffix("_at")
    return plain.replace("_", " ").capitalize()


def _value(field: str, kind: TypeEngine, value: Any) -> str:
    """A stored value as a page would show it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(kind, Enum) and kind.enum_class:
        member = kind.enum_class(value)
        return str(getattr(member, "label", member.value)).lower()
    if isinstance(kind, Boolean):
        return yes_no(value).lower()
    if isinstance(kind, Moment):
        return datetime_uk(datetime.fromisoformat(value))
    if isinstance(kind, Date):
        return in_words(date.fromisoformat(value))
    return _measure(field, value)


def _measure(field: str, value: Any) -> str:
    if "pence" in field:
        return pounds(int(value))
    if field == "sessions" and isinstance(value, int):
        return sessions_in_words(value) or NOTHING
    if field == "minutes":
        return f"{number(value / 60, 2)} hours"
    if isinstance(value, str) and len(value) > 20:
        return f"“{value}”"
    return str(value)


@cache
def _columns(table: str) -> dict[str, TypeEngine]:
    """The columns of a table and their types; empty for a table that is gone."""
    found = db.metadata.tables.get(table)
    return {} if found is None else {column.name: column.type for column in found.columns}
