"""Teams with their people and districts, and records restricted to named people.

None of these rows is itself out of reach (`info={"open": True}`): they hold a child's number and
no fact about the child; reasons are kept encrypted.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Child
from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from app.kernel.secret import SecretText

OPEN = {"open": True}


class Team(Audited, db.Model):
    """A team of the authority: its people, and the postcode districts that are its area."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)

    members: Mapped[list["TeamMember"]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamMember.id"
    )
    districts: Mapped[list["TeamDistrict"]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamDistrict.district"
    )


class TeamMember(Audited, db.Model):
    """Somebody in a team; one person may be in several."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    team: Mapped[Team] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class TeamDistrict(Audited, db.Model):
    """A postcode district of a team's area, such as SO23; several teams may share one."""

    __tablename__ = "team_district"
    __table_args__ = (UniqueConstraint("team_id", "district"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    district: Mapped[str] = mapped_column(String(4))

    team: Mapped[Team] = relationship(back_populates="districts")


class TeamRule(Audited, db.Model):
    """Whom teams limit, and which children are a team's: one row, none while they limit nobody.

    officers, commissioners: whether they reach only the children of their teams. by_officer: those
    whose case officer is in the team. by_district: those who live in its districts.
    """

    __tablename__ = "team_rule"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(
            "by_officer OR by_district OR NOT (officers OR commissioners)",
            name="limits_by_something",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    officers: Mapped[bool]
    commissioners: Mapped[bool]
    by_officer: Mapped[bool]
    by_district: Mapped[bool]


class Restriction(Audited, db.Model):
    """That a child's record is shown to named people alone, and why. lifted_at: None in force."""

    __tablename__ = "restricted_record"
    __table_args__ = (
        Index(
            None,
            "child_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        {"info": OPEN},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    reason: Mapped[str] = mapped_column(SecretText(1000))
    restricted_by: Mapped[str] = mapped_column(String(200))
    restricted_at: Mapped[datetime] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)

    child: Mapped[Child] = relationship()
    readers: Mapped[list["Reader"]] = relationship(
        back_populates="restriction", cascade="all, delete-orphan", order_by="Reader.id"
    )
    openings: Mapped[list["UrgentAccess"]] = relationship(
        back_populates="restriction", order_by="UrgentAccess.id.desc()"
    )


class Reader(Audited, db.Model):
    """Somebody who is named to see a restricted record."""

    __tablename__ = "restricted_reader"
    __table_args__ = (UniqueConstraint("restriction_id", "user_id"), {"info": OPEN})

    id: Mapped[int] = mapped_column(primary_key=True)
    restriction_id: Mapped[int] = mapped_column(
        ForeignKey("restricted_record.id", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    restriction: Mapped[Restriction] = relationship(back_populates="readers")
    user: Mapped[User] = relationship()


class UrgentAccess(Audited, db.Model):
    """That somebody who is not named opened a restricted record, why, and until when."""

    __tablename__ = "urgent_access"
    __table_args__ = (
        CheckConstraint("until > opened_at", name="ends_after_it_begins"),
        {"info": OPEN},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    restriction_id: Mapped[int] = mapped_column(
        ForeignKey("restricted_record.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    reason: Mapped[str] = mapped_column(SecretText(1000))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)

    restriction: Mapped[Restriction] = relationship(back_populates="openings")
    user: Mapped[User] = relationship()
