"""Decisions about a provider's standing: suspended, reinstated, removed, left, and why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from providers.models.provider import Provider


class StandingDecision(Audited, db.Model):
    """What was decided, by whom and why; never changed afterwards. decision: the move's name."""

    __tablename__ = "standing_decision"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    decision: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(1000))
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(Moment)

    provider: Mapped[Provider] = relationship()
