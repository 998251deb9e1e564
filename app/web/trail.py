"""The audit trail in plain words: who did what, when, and what it changed.

Fields and codes are put into the words that forms and pages use for them; what only the program
needs, such as coordinates, is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Date, Enum, select

from app.accounts.queries import Deed
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.kernel.audit import AuditEvent
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.words import in_words
from app.web.formats import distance, plural, yes_no
from app.web.trail_words import ACTIONS, SUBJECTS
from providers.directory_queries import services
from providers.models.provider import Provider

TOGETHER = timedelta(minutes=2)
"""Changes by one person in one action this close together are one entry."""

FIELDS = {
    "reference": "Reference",
    "upn": "Unique pupil number (UPN)",
    "forename": "Forename",
    "surname": "Surname",
    "born_on": "Date of birth",
    "sex": "Sex",
    "sen_provision": "SEN provision",
    "looked_after": "Looked after",
    "postcode": "Home postcode",
    "state": "State",
    "reason": "Reason for the placement",
    "legal_basis": "Legal basis",
    "tier": "Tier",
    "out_of_education_since": "Out of education since",
    "start_from": "Start from",
    "preferred_delivery": "Preferred delivery",
    "max_travel_km": "Travel limit",
    "transport": "Transport",
    "must_meet_all": "Every need must be met",
    "largest_group": "Largest group",
    "notes": "Notes",
    "risks": "Risks",
    "child_view": "What the child says",
    "parents_view": "What the parents or carers say",
    "withdrawn_because": "Why it was withdrawn",
    "need_type": "Need",
    "hours": "Hours a week",
    "rank": "Order of preference",
    "most_children": "Most children at one time",
    "taught_apart": "Needs not taught together",
}
_MODELS = {m.__tablename__: m for m in (Child, ChildNeed, Component, ProviderWish, Referral)}
_NOT_SET = "nothing"


@dataclass(frozen=True)
class Entry:
    """What one person did at one time. changes: sentences, in the order they were made."""

    at: datetime
    who: str
    action: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What the ids in the trail stand for, by id; an id that is not here is no longer known."""

    services: Mapping[int, str]
    providers: Mapping[str, str]
    components: Mapping[int, str]


def names_for(child: Child, events: Iterable[AuditEvent]) -> Names:
    """What the ids in the events about a child stand for."""
    wished = {
        _either(event, "provider_reference") for event in events if event.subject == "provider_wish"
    }
    named = select(Provider.reference, Provider.name).where(Provider.reference.in_(wished))
    parts = [part for referral in child.referrals for part in referral.components]
    return Names(
        services={service.id: service.name for service in services()},
        providers={row.reference: row.name for row in db.session.execute(named)},
        components={part.id: part.service.name for part in parts},
    )


def in_entries(
    events: Iterable[AuditEvent], words: Callable[[AuditEvent], list[str]]
) -> list[Entry]:
    """Events, the latest first, gathered into entries; those that change nothing seen are left out.

    words: the sentences of one event.
    """
    entries: list[Entry] = []
    for group in _groups(events):
        changes = dict.fromkeys(change for event in reversed(group) for change in words(event))
        if changes:
            first = group[0]
            entries.append(Entry(first.at, first.actor_name, _action(first.action), tuple(changes)))
    return entries


def by_day(deeds: Iterable[Deed]) -> list[Entry]:
    """Counted deeds, the latest first, as one entry a day for each person and action."""
    entries: dict[tuple[date, str, str], list[Deed]] = {}
    for deed in deeds:
        day = deed.last.astimezone(LONDON).date()
        entries.setdefault((day, deed.who, deed.action), []).append(deed)
    return [
        Entry(
            max(deed.last for deed in group),
            who,
            _action(action),
            tuple(_count(deed) for deed in reversed(group)),
        )
        for (_day, who, action), group in entries.items()
    ]


def _count(deed: Deed) -> str:
    one, many = SUBJECTS.get(deed.subject, ("record", "records"))
    return f"{plural(deed.records, one, many)} {_DONE[deed.kind]}"


_DONE = {"created": "added", "changed": "changed", "deleted": "taken out"}


def child_changes(event: AuditEvent, names: Names) -> list[str]:
    """What an event changed of a child's record, in sentences without a full stop."""
    if event.subject in ("child", "referral") and event.kind == "created":
        return ["Child added" if event.subject == "child" else "Referral added"]
    if event.subject == "provider_wish":
        return _wish(event, names)
    if event.subject == "component":
        return _component(event, names)
    if event.subject == "child_need" and event.kind != "changed":
        need = _value("child_need", "need_type", _either(event, "need_type"))
        return [f"Need {_DONE[event.kind]}: {need}"]
    return [
        f"{FIELDS[field]} changed from {_value(event.subject, field, before)} "
        f"to {_value(event.subject, field, after)}"
        for field, (before, after) in event.changes.items()
        if field in FIELDS
    ]


def _component(event: AuditEvent, names: Names) -> list[str]:
    if event.kind == "changed":
        name = names.components.get(event.subject_id or 0, "a service")
        before, after = event.changes.get("hours", (None, None))
        return [] if after is None else [f"Hours of {name} changed from {before} to {after}"]
    name = names.services.get(_either(event, "service_id"), "a service")
    asked = "Asked for" if event.kind == "created" else "No longer asked for"
    return [f"{asked}: {name}, {plural(_either(event, 'hours'), 'hour')} a week"]


def _wish(event: AuditEvent, names: Names) -> list[str]:
    if event.kind == "changed":
        return ["Order of preferred providers changed"]
    reference = _either(event, "provider_reference")
    name = names.providers.get(reference, reference)
    wish = "Provider not to be used" if _either(event, "rank") == 0 else "Preferred provider"
    return [f"{wish} {_DONE[event.kind]}: {name}"]


def _either(event: AuditEvent, field: str) -> Any:
    """A value as it was made, or as it was when it went."""
    before, after = event.changes.get(field, (None, None))
    return before if after is None else after


def _value(subject: str, field: str, value: Any) -> str:
    """A stored value in the words of a page."""
    if value is None:
        return _NOT_SET
    kind = _MODELS[subject].__table__.c[field].type
    if isinstance(kind, Enum) and kind.enum_class:
        member = kind.enum_class(value)
        return getattr(member, "label", str(member.value))
    if isinstance(kind, Boolean):
        return yes_no(value).lower()
    if isinstance(kind, Date):
        return in_words(date.fromisoformat(value))
    return distance(value) if field == "max_travel_km" else str(value)


def _action(action: str) -> str:
    return ACTIONS.get(action, action.replace(":", ": ").replace("-", " "))


def _groups(events: Iterable[AuditEvent]) -> list[list[AuditEvent]]:
    groups: list[list[AuditEvent]] = []
    for event in events:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and (last.actor_name, last.action) == (event.actor_name, event.action)
            and last.at - event.at <= TOGETHER
        ):
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups
