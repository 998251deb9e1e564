"""Entries of the audit trail as the trail's own page and its download show them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Enum

from app.access import Permission, may
from app.accounts.models import User
from app.kernel.audit import AuditEvent
from app.kernel.database import Moment, db
from app.kernel.words import in_words
from app.web.formats import datetime_uk, yes_no
from app.web.trail import ACTIONS, FIELDS, SUBJECTS

HEADER = ("When", "Who", "Action", "Kind", "Record", "Number", "What changed", "Entry")
DONE = {"created": "Added", "changed": "Changed", "deleted": "Taken out"}
LONGEST = 200
PERSONAL = frozenset({"child", "child_need", "child_tie", "referral"})
"""Tables whose values only those see who may see children."""


def action_in_words(action: str) -> str:
    """What was done, as the trail says it everywhere."""
    return ACTIONS.get(action, action.replace(":", ": ").replace("-", " ").capitalize())


def subject_in_words(subject: str) -> str:
    """A table's name for one of its rows."""
    name = SUBJECTS.get(subject, (subject.replace("_", " "),))[0]
    return name[:1].upper() + name[1:]


def changes_in_words(event: AuditEvent, reader: User) -> list[str]:
    """What an entry changed, a sentence a field; values about children only for those who may."""
    if event.salt is None:
        return ["The content was erased by retention"]
    shown = event.subject not in PERSONAL or may(reader, Permission.VIEW_CHILD)
    return [
        _change(event, field, before, after) if shown else f"{_field(field)} (value not shown)"
        for field, (before, after) in event.changes.items()
        if field != "id"
    ]


def _change(event: AuditEvent, field: str, before: Any, after: Any) -> str:
    name, was, is_now = _field(field), _value(event, field, before), _value(event, field, after)
    if event.kind == "created":
        return f"{name}: {is_now}"
    return f"{name}: {was}" if event.kind == "deleted" else f"{name} from {was} to {is_now}"


def _field(field: str) -> str:
    plain = field.removesuffix("_id").replace("_", " ")
    return FIELDS.get(field, plain[:1].upper() + plain[1:])


def _value(event: AuditEvent, field: str, value: Any) -> str:
    if value is None:
        return "nothing"
    table = db.metadata.tables.get(event.subject)
    kind = table.c[field].type if table is not None and field in table.c else None
    if say := getattr(kind, "in_words", None):
        return say(value) or "nothing"
    if isinstance(kind, Enum) and kind.enum_class:
        known = {member.value: member for member in kind.enum_class}
        return getattr(known.get(value), "label", str(value))
    if isinstance(kind, Boolean):
        return yes_no(value).lower()
    if isinstance(kind, Moment) and isinstance(value, str):
        return datetime_uk(datetime.fromisoformat(value))
    if isinstance(kind, Date) and isinstance(value, str):
        return in_words(date.fromisoformat(value))
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def rows_to_export(events: Iterable[AuditEvent], reader: User) -> Iterator[tuple]:
    """Entries as rows of a spreadsheet, in HEADER's order."""
    for event in events:
        yield (
            event.at,
            event.actor_name,
            action_in_words(event.action),
            DONE[event.kind],
            subject_in_words(event.subject),
            event.subject_id,
            "; ".join(changes_in_words(event, reader)),
            event.id,
        )
