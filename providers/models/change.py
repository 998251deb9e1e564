"""Changes to a profile that wait for the AP lead, and every version that was published."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from providers.models.provider import Provider
from providers.needs import Labelled


class Subject(Labelled):
    """What a fact is about."""

    PROVIDER = "provider", "The organisation"
    OFFER = "offer", "An offer"


class ChangeState(Labelled):
    """Where a proposed change stands."""

    WAITING = "waiting", "Waiting for approval"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    WITHDRAWN = "withdrawn", "Withdrawn"


S = ChangeState


def _says_why(item: "ChangeItem") -> str | None:
    return None if item.comment else "Enter why the change is returned."


CHANGE = Lifecycle(
    "change",
    S.WAITING,
    move("accept", S.WAITING, to=S.ACCEPTED),
    move("return", S.WAITING, to=S.RETURNED, requires=[_says_why]),
    move("withdraw", S.WAITING, to=S.WITHDRAWN),
)


class ChangeItem(Audited, db.Model):
    """One fact that a provider wants changed. subject_id: the provider's or the offer's.

    field: a name in `providers.facts`. before: what was published when it was proposed; after:
    what is wanted, both as plain values. At most one change of a fact waits at a time.
    """

    __tablename__ = "change_item"
    __table_args__ = (
        Index(
            "uq_change_item_waiting",
            "subject",
            "subject_id",
            "field",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    subject: Mapped[Subject] = mapped_column(choice(Subject, "subject"))
    subject_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    state = CHANGE.column()
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    comment: Mapped[str] = mapped_column(String(1000), default="")

    provider: Mapped[Provider] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id


class ProfileVersion(db.Model):
    """The published facts of a provider or an offer at one time: written once, never changed.

    number: from 1 for each subject. facts: field to plain value. why: what made it, in words.
    """

    __tablename__ = "profile_version"
    __table_args__ = (UniqueConstraint("subject", "subject_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    subject: Mapped[Subject] = mapped_column(choice(Subject, "subject"))
    subject_id: Mapped[int]
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(String(200))
