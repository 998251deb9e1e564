"""Exceptions from price caps: each a decision with its reason, its approver and its end."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from providers.models.offer import Offer


class CapException(Audited, db.Model):
    """That one offer may cost more than the cap, up to an amount, until a date (included).

    pence_per_hour: on the basis that `providers.pricing` states. withdrawn_on: the first day on
    which it holds no more, None while nobody has withdrawn it.
    """

    __tablename__ = "cap_exception"
    __table_args__ = (
        CheckConstraint("pence_per_hour > 0", name="price_positive"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    pence_per_hour: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(1000))
    approved_by: Mapped[str] = mapped_column(String(200))
    approved_by_id: Mapped[int | None]
    approved_at: Mapped[datetime] = mapped_column(Moment)

    offer: Mapped[Offer] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.offer.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        return db.select(Offer.provider_id).where(Offer.id == cls.offer_id).scalar_subquery()

    def in_force(self, on: date) -> bool:
        """Whether it holds on a date."""
        withdrawn = self.withdrawn_on is not None and self.withdrawn_on <= on
        return self.starts_on <= on <= self.ends_on and not withdrawn
