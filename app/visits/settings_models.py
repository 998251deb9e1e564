"""What stands beside visits: declared interests, the cycle, and an adviser's calendar."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from providers.models.provider import Provider


class Interest(Audited, db.Model):
    """An adviser's interest in a provider, which keeps them from visiting and judging it.

    what: in words, such as "A relative works there". ended_on: None while it lasts.
    """

    __tablename__ = "declared_interest"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    what: Mapped[str] = mapped_column(String(500))
    declared_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date | None]

    user: Mapped[User] = relationship()
    provider: Mapped[Provider] = relationship()


class VisitCycle(Audited, db.Model):
    """How often visits are due, in one version; the latest is in force.

    content: the values that differ from `app.visits.schedule.Cycle`, by name.
    """

    __tablename__ = "visit_cycle"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)


class VisitCalendar(Audited, db.Model):
    """An adviser's calendar feed. digest: SHA-256 of the secret address, hexadecimal."""

    __tablename__ = "visit_calendar"
    unaudited = frozenset({"digest"})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    renewed_at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()
