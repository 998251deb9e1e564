"""What an administrator asks: who may sign in, and what was done lately."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import AuditEvent
from app.kernel.database import db


def accounts_by_role() -> list[tuple[Role, int, int]]:
    """For each role, how many accounts can sign in and how many are closed."""
    counted = select(User.role, User.active, func.count()).group_by(User.role, User.active)
    found = {(role, active): count for role, active, count in db.session.execute(counted)}
    return [(role, found.get((role, True), 0), found.get((role, False), 0)) for role in Role]


def latest_events(limit: int) -> list[AuditEvent]:
    """The latest changes of any record, the newest first."""
    return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)))
