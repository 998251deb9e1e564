"""How much each person may approve without a panel."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.budgets.models import ApprovalLimit
from app.kernel.database import db

DEFAULTS = {Role.COMMISSIONER: 2_000_000, Role.AP_LEAD: 5_000_000}
"""Pence, where the authority has set nothing; other roles may approve nothing."""


def limit_of(user: User) -> int:
    """The most that a person may approve, in pence: their own limit, else that of the role."""
    rows = db.session.scalars(
        select(ApprovalLimit).where(
            or_(ApprovalLimit.user_id == user.id, ApprovalLimit.role == user.role)
        )
    ).all()
    own = [row.pence for row in rows if row.user_id is not None]
    role = [row.pence for row in rows if row.user_id is None]
    return (own or role or [DEFAULTS.get(user.role, 0)])[0]


def limits_of_roles() -> dict[Role, int]:
    """The limit of each role that may approve."""
    rows = db.session.scalars(select(ApprovalLimit).where(ApprovalLimit.role.is_not(None)))
    return DEFAULTS | {row.role: row.pence for row in rows}


def own_limits() -> Sequence[ApprovalLimit]:
    """The limits that single people have of their own."""
    statement = select(ApprovalLimit).where(ApprovalLimit.user_id.is_not(None))
    return db.session.scalars(statement.options(joinedload(ApprovalLimit.user))).all()


def approvers() -> Sequence[User]:
    """Everybody who may approve, by name."""
    statement = select(User).where(User.role.in_(DEFAULTS), User.active).order_by(User.name)
    return db.session.scalars(statement).all()


def set_for_role(role: Role, pence: int) -> None:
    """Set what everybody in a role may approve, in pence."""
    row = db.session.scalar(select(ApprovalLimit).where(ApprovalLimit.role == role))
    if row is None:
        row = ApprovalLimit(role=role, pence=pence)
        db.session.add(row)
    row.pence = pence
    db.session.flush()


def set_for_person(user: User, pence: int | None) -> None:
    """Set what one person may approve, in pence; None gives them their role's limit again."""
    row = db.session.scalar(select(ApprovalLimit).where(ApprovalLimit.user_id == user.id))
    if pence is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(ApprovalLimit(user_id=user.id, pence=pence))
    else:
        row.pence = pence
    db.session.flush()
