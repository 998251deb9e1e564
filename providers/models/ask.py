"""A question to a provider: is what you said is free still so?"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from providers.models.provider import Provider


class CapacityAsk(Audited, db.Model):
    """One question, answered at most once. Its link dies when it is answered."""

    __tablename__ = "capacity_ask"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    provider: Mapped[Provider] = relationship()
