"""What one person reaches: the children of their teams, without those restricted to others."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import selectinload

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child, Referral
from app.children.reach.models import (
    Reader,
    Restriction,
    TeamDistrict,
    TeamMember,
    TeamRule,
    UrgentAccess,
)
from app.kernel.audit import AuditEvent
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.reach import EVERYTHING, Reach, once, whole

MONEY = frozenset({"invoice_line"})
"""A line of an invoice names a placement and a sum: whoever may see the invoice sees its lines."""
ANONYMOUS = frozenset({"enquiry", "enquiry_ask"})
"""What a provider sees of an enquiry describes a child whom it cannot recognise."""


@dataclass(frozen=True)
class TeamChildren:
    """The children of somebody's teams, once in Python and once in SQL.

    mates: ids of everybody whose cases count, the person included. districts: postcode districts.
    """

    user_id: int
    mates: frozenset[int]
    districts: frozenset[str]

    def admits(self, child: Child) -> bool:
        """Whether a child is theirs: by its case officer, by its home, or put on record by them
        while it has no case yet."""
        if not child.referrals:
            ours = _recorded_by(self.user_id, child.id)
        else:
            ours = any(referral.officer_id in self.mates for referral in child.referrals)
        return ours or district_of(child.postcode) in self.districts

    def clause(self, column: Any) -> ColumnElement[bool]:
        """The same as a condition on a column that holds a child's id."""
        child, referral = Child.__table__.alias(), Referral.__table__.alias()
        of_case = select(referral.c.child_id).where(referral.c.officer_id.in_(sorted(self.mates)))
        without_case = ~exists().where(referral.c.child_id == child.c.id)
        district = func.rtrim(func.substr(child.c.postcode, 1, func.length(child.c.postcode) - 3))
        theirs = select(child.c.id).where(
            or_(
                and_(without_case, child.c.id.in_(_recorded(self.user_id))),
                district.in_(sorted(self.districts)),
            )
        )
        return or_(column.in_(of_case), column.in_(theirs))


def reach_of(user: User) -> Reach:
    """Everything that narrows what somebody sees of children."""
    team, restricted = team_reach(user), restricted_reach(user)
    return replace(restricted, within=team.within, judge=team.judge)


def restricted_reach(user: User) -> Reach:
    """Everything but the records that are restricted to others."""
    return Reach(
        _bounds_of(user).hidden, MONEY | (ANONYMOUS if user.role is Role.PROVIDER else frozenset())
    )


def team_reach(user: User) -> Reach:
    """The children of somebody's teams, or everything where teams do not limit them."""
    children = _bounds_of(user).children
    if children is None:
        return EVERYTHING
    return Reach(
        open_to_them=MONEY,
        within=children.clause,
        judge=lambda child_id: children.admits(_child(child_id)),
    )


@dataclass(frozen=True)
class _Bounds:
    """What bounds somebody: children hidden from them, and those of their teams where these do."""

    hidden: frozenset[int]
    children: TeamChildren | None


def _bounds_of(user: User) -> _Bounds:
    return once(("bounds", user.id), lambda: _ask_bounds(user))


def _ask_bounds(user: User) -> _Bounds:
    """One query for the most frequent answer, that nothing bounds them."""
    nobody, hidden = select(literal(1)).subquery(), _hidden_from(user).subquery()
    asked = (
        select(*(column for column in TeamRule.__table__.columns), hidden.c.child_id)
        .select_from(nobody)
        .outerjoin(TeamRule.__table__, true())
        .outerjoin(hidden, true())
    )
    rows = db.session.execute(asked).all()
    return _Bounds(
        frozenset(row.child_id for row in rows if row.child_id is not None),
        _children_of_teams(user, rows[0]),
    )


def _children_of_teams(user: User, rule: Any) -> TeamChildren | None:
    limited = {Role.SEND_OFFICER: rule.officers, Role.COMMISSIONER: rule.commissioners}
    if not limited.get(user.role):
        return None
    teams = select(TeamMember.team_id).where(TeamMember.user_id == user.id)
    mates = select(TeamMember.user_id).where(TeamMember.team_id.in_(teams))
    districts = select(TeamDistrict.district).where(TeamDistrict.team_id.in_(teams))
    return TeamChildren(
        user.id,
        frozenset(db.session.scalars(mates) if rule.by_officer else ()) | {user.id},
        frozenset(db.session.scalars(districts) if rule.by_district else ()),
    )


def _hidden_from(user: User) -> Select:
    """The children whose records are restricted, and not to this person."""
    named = exists().where(Reader.restriction_id == Restriction.id, Reader.user_id == user.id)
    opened = exists().where(
        UrgentAccess.restriction_id == Restriction.id,
        UrgentAccess.user_id == user.id,
        UrgentAccess.until > now(),
    )
    return select(Restriction.child_id).where(Restriction.lifted_at.is_(None), ~named, ~opened)


def district_of(postcode: str) -> str:
    """The district of a postcode: SO23 of SO238UJ or SO23 8UJ."""
    return postcode[:-3].rstrip()


def _child(child_id: int) -> Child:
    with whole():
        loaded = selectinload(Child.referrals)
        return db.session.get_one(Child, child_id, options=[loaded])


def _recorded(user_id: int):
    """The ids of the children whom somebody put on record."""
    return select(AuditEvent.subject_id).where(
        AuditEvent.subject == Child.__tablename__,
        AuditEvent.kind == "created",
        AuditEvent.actor_id == user_id,
    )


def _recorded_by(user_id: int, child_id: int) -> bool:
    mine = _recorded(user_id).where(AuditEvent.subject_id == child_id)
    return db.session.scalar(mine.limit(1)) is not None
