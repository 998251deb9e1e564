"""What is asked of the audit trail: narrowed by person, record, period and action."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from app.accounts.models import User
from app.kernel.audit import AuditEvent
from app.kernel.belongings import belongings
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.reach import CHILD, chains, current


@dataclass(frozen=True)
class TrailCriteria:
    """Which entries to list; None leaves a thing open.

    about: the table and id of a row: entries about it and all that belongs to it. first, last:
    days in England, both included.
    """

    user_id: int | None = None
    about: tuple[str, int] | None = None
    nothing: bool = False
    subject: str | None = None
    action: str | None = None
    first: date | None = None
    last: date | None = None


def entries(criteria: TrailCriteria) -> Select:
    """Entries of the trail, the latest first, without those about children hidden from the reader.

    That a record is restricted, and who opened it, stays: these entries say nothing of the child.
    """
    wanted = (*_conditions(criteria), *(~about for about in _about_hidden()))
    return select(AuditEvent).where(*wanted).order_by(AuditEvent.id.desc())


def _about_hidden() -> Iterator[ColumnElement[bool]]:
    """For each child hidden from the reader, the entries about all that belongs to it, also about
    parts of its referrals that are gone."""
    for child_id in sorted(current().hidden):
        owned = belongings(CHILD, child_id)
        for table, ids in owned.items():
            if table in chains():
                yield and_(AuditEvent.subject == table, AuditEvent.subject_id.in_(ids))
        referrals = owned.get("referral", [])
        for kind, place in (("created", 1), ("deleted", 0)):
            named = AuditEvent.changes["referral_id", place].as_integer()
            yield and_(
                AuditEvent.kind == kind,
                AuditEvent.subject.in_(chains()),
                named.is_not(None),
                func.coalesce(named, 0).in_(referrals),
            )


def actions_known() -> list[str]:
    """Every action that the trail names."""
    return list(db.session.scalars(select(AuditEvent.action).distinct().order_by("action")))


def people_known() -> list[tuple[int, str]]:
    """Everyone with an account, by name."""
    found = db.session.execute(select(User.id, User.name).order_by(User.name, User.id))
    return [(number, name) for number, name in found]


def _conditions(criteria: TrailCriteria) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [false()] if criteria.nothing else []
    for column, value in (
        (AuditEvent.actor_id, criteria.user_id),
        (AuditEvent.subject, criteria.subject),
        (AuditEvent.action, criteria.action),
    ):
        if value is not None:
            wanted.append(column == value)
    if criteria.first:
        wanted.append(AuditEvent.at >= datetime.combine(criteria.first, time.min, LONDON))
    if criteria.last:
        wanted.append(AuditEvent.at <= datetime.combine(criteria.last, time.max, LONDON))
    if criteria.about:
        owned = belongings(*criteria.about)
        wanted.append(
            or_(
                *(
                    and_(AuditEvent.subject == table, AuditEvent.subject_id.in_(ids))
                    for table, ids in owned.items()
                )
            )
        )
    return wanted
