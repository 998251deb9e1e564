"""Versions of a placement's agreement, and the text that the authority makes them from."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.commissioning.agreements.lifecycle import AGREEMENT, ONCE_ACCEPTED, AgreementState
from app.commissioning.placements.models import Placement
from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from app.kernel.secret import SecretText


class AgreementText(Audited, db.Model):
    """A version of the authority's own text of placement agreements; the newest is in force."""

    __tablename__ = "agreement_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(Moment)


class Agreement(Audited, db.Model):
    """One version of what is agreed for a placement, from effective_on on.

    number: 1 is made at approval, later ones are variations. hours: a week. pence_per_hour,
    pence_a_week: net of VAT. ends_on: planned last day. text: as it was offered, whole.
    """

    __tablename__ = "placement_agreement"
    __table_args__ = (
        UniqueConstraint("placement_id", "number"),
        CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_week"),
        CheckConstraint("pence_per_hour >= 0 AND pence_a_week >= 0", name="prices_not_negative"),
        CheckConstraint("ends_on >= effective_on", name="ends_after_start"),
        CheckConstraint(
            "state NOT IN ('accepted', 'replaced') OR accepted_at IS NOT NULL",
            name="accepted_has_day",
        ),
    )
    unaudited = frozenset({"text"})

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    number: Mapped[int]
    state = AGREEMENT.column()
    effective_on: Mapped[date]
    ends_on: Mapped[date]
    hours: Mapped[int]
    pence_per_hour: Mapped[int]
    pence_a_week: Mapped[int]
    reason: Mapped[str | None] = mapped_column(SecretText(1000))
    text: Mapped[str] = mapped_column(SecretText(60_000), deferred=True)
    agreement_text_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_text.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    accepted_by: Mapped[str | None] = mapped_column(String(200))
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(SecretText(1000))

    placement: Mapped[Placement] = relationship(back_populates="agreements")

    @property
    def is_accepted(self) -> bool:
        """Whether the provider has accepted it and nothing has taken its place."""
        return self.state is AgreementState.ACCEPTED

    @property
    def was_accepted(self) -> bool:
        """Whether its terms hold or held from its day on."""
        return self.state in ONCE_ACCEPTED

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider that this row belongs to; none while the authority still decides."""
        if self.state in (AgreementState.WAITING, AgreementState.REFUSED):
            return None
        return self.placement.owner_provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        own = aliased(Placement)
        inside = (AgreementState.WAITING, AgreementState.REFUSED)
        return (
            db.select(own.owner_provider_id)
            .where(own.id == cls.placement_id, cls.state.not_in(inside))
            .scalar_subquery()
        )
