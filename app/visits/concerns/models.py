"""A concern about a provider, the children whom it touches, and what is done about it."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Exists,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    exists,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Child
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretText
from app.visits.concerns.terms import CONCERN, ConcernKind, Outcome, Priority
from app.visits.models import Visit
from app.visits.settings_models import Interest
from providers.models.provider import Provider


class Concern(Audited, db.Model):
    """What somebody of the authority is worried about at a provider.

    user: who recorded it; text: what they wrote, encrypted. child_named: the child's reference as
    they wrote it, kept whether or not there is such a child, so that nothing tells which exist.
    triage_note, outcome_note: encrypted too. told: what the recorder is told of the outcome.
    referred_on: when the designated officer (LADO) was told; referral_note: with which reference
    and advice.
    """

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint(
            "state = 'received' OR (priority IS NOT NULL AND handler_id IS NOT NULL)",
            name="handled_by_somebody",
        ),
        CheckConstraint(
            "state <> 'closed' OR (outcome IS NOT NULL AND closed_at IS NOT NULL)",
            name="closed_with_outcome",
        ),
        Index(None, "provider_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    state = CONCERN.column()
    kind: Mapped[ConcernKind] = mapped_column(choice(ConcernKind, "kind"), index=True)
    text: Mapped[str] = mapped_column(SecretText(4000))
    child_named: Mapped[str | None] = mapped_column(SecretText(30))
    happened_on: Mapped[date | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment, index=True)
    priority: Mapped[Priority | None] = mapped_column(choice(Priority, "priority"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    triage_note: Mapped[str | None] = mapped_column(SecretText(2000))
    referred_on: Mapped[date | None]
    referral_note: Mapped[str | None] = mapped_column(SecretText(2000))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "outcome"))
    outcome_note: Mapped[str | None] = mapped_column(SecretText(4000))
    told: Mapped[str | None] = mapped_column(SecretText(1000))
    closed_by: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    provider: Mapped[Provider] = relationship()
    recorder: Mapped[User | None] = relationship(foreign_keys=[user_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    visit: Mapped[Visit | None] = relationship()
    children: Mapped[list["ConcernChild"]] = relationship(
        back_populates="concern", cascade="all, delete-orphan", order_by="ConcernChild.id"
    )
    actions: Mapped[list["ConcernAction"]] = relationship(
        back_populates="concern", cascade="all, delete-orphan", order_by="ConcernAction.id"
    )

    @hybrid_method
    def is_free_of(self, user_id: int) -> bool:
        """Whether a person has no interest in the provider that it is about."""
        return not db.session.scalar(select(_interest_of(user_id, self.provider_id)))

    @is_free_of.inplace.expression
    @classmethod
    def _is_free_of(cls, user_id: int):
        return ~_interest_of(user_id, cls.provider_id)

    @property
    def reference(self) -> str:
        """What people call it: "CN-00012"; it says nothing of the child or the provider."""
        return f"CN-{self.id:05}"


def _interest_of(user_id: int, provider_id) -> Exists:
    return exists().where(
        Interest.user_account_id == user_id,
        Interest.provider_id == provider_id,
        Interest.ended_on.is_(None),
    )


class ConcernChild(Audited, db.Model):
    """A child whom a concern touches; it goes when the child's record goes, the concern stays."""

    __tablename__ = "concern_child"
    __table_args__ = (UniqueConstraint("concern_id", "child_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id", ondelete="CASCADE"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), index=True)

    concern: Mapped[Concern] = relationship(back_populates="children")
    child: Mapped[Child] = relationship()


class ConcernAction(Audited, db.Model):
    """Something that is to be done about a concern. owner: a person or role in words."""

    __tablename__ = "concern_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(SecretText(1000))
    owner: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[str | None] = mapped_column(String(200))

    concern: Mapped[Concern] = relationship(back_populates="actions")
