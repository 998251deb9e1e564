"""What an administrator asks: who may sign in, and what was done lately."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import AuditEvent
from app.kernel.database import Moment, db


def accounts_by_role() -> list[tuple[Role, int, int]]:
    """For each role, how many accounts can sign in and how many are closed."""
    counted = select(User.role, User.active, func.count()).group_by(User.role, User.active)
    found = {(role, active): count for role, active, count in db.session.execute(counted)}
    return [(role, found.get((role, True), 0), found.get((role, False), 0)) for role in Role]


def colleagues(*roles: Role) -> list[User]:
    """Everyone in these roles who can sign in, by name."""
    mine = select(User).where(User.role.in_(roles), User.active)
    return list(db.session.scalars(mine.order_by(User.name, User.id)))


@dataclass(frozen=True)
class Deed:
    """What one person did in one way on one day to records of one kind.

    last: when it was last done. subject: the table. kind: created, changed or deleted.
    """

    last: datetime
    who: str
    action: str
    subject: str
    kind: str
    records: int


def deeds_since(moment: datetime) -> list[Deed]:
    """What was done since a moment, counted by day, person, action and kind of record.

    Nothing of the records themselves is read. A record changed twice in a day counts once.
    """
    last = func.max(AuditEvent.at, type_=Moment)
    parts = (AuditEvent.actor_name, AuditEvent.action, AuditEvent.subject, AuditEvent.kind)
    counted = (
        select(last, *parts, func.count(), func.count(distinct(AuditEvent.subject_id)))
        .where(AuditEvent.at >= moment)
        .group_by(func.date(AuditEvent.at), *parts)
        .order_by(func.max(AuditEvent.id).desc())
    )
    return [
        Deed(at, who, action, subject, kind, records if kind == "changed" and records else events)
        for at, who, action, subject, kind, events, records in db.session.execute(counted)
    ]
