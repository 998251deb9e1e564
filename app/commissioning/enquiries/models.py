"""An enquiry, frozen as the providers read it, and each provider's answer to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Referral
from app.commissioning.enquiries.lifecycle import ASK, ENQUIRY, AskState, DeclineReason
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretJson, SecretText
from providers.models.offer import Offer


class Enquiry(Audited, db.Model):
    """What several providers are asked at once for one referral.

    profile: what they may know of the child, as it was when it was sent
    (`enquiries.profile.Profile`). words: what the officer added. answer_by: the end of the time to
    answer; later answers are taken, and marked. officer: who reads the answers.
    """

    __tablename__ = "enquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    state = ENQUIRY.column()
    profile: Mapped[dict[str, Any]] = mapped_column(SecretJson())
    words: Mapped[str | None] = mapped_column(SecretText(1000))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    sent_by: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    answer_by: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_because: Mapped[str | None] = mapped_column(SecretText(500))

    referral: Mapped[Referral] = relationship()
    officer: Mapped[User | None] = relationship()
    asks: Mapped[list["EnquiryAsk"]] = relationship(
        back_populates="enquiry", cascade="all, delete-orphan", order_by="EnquiryAsk.id"
    )

    @property
    def reference(self) -> str:
        """What people call it: "EN-00012". It says nothing of the child."""
        return f"EN-{self.id:05}"


class EnquiryAsk(Audited, db.Model):
    """What one enquiry asks of one offer, and its provider's answer.

    hours_asked, hours: a week. pence_per_hour: net of VAT. working_days: from sending to the
    answer, 0 on the same day; kept for the provider's scorecard.
    """

    __tablename__ = "enquiry_ask"
    __table_args__ = (
        UniqueConstraint("enquiry_id", "offer_id"),
        CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_week"),
        CheckConstraint("pence_per_hour > 0", name="price_positive"),
        CheckConstraint(
            "state NOT IN ('offered', 'chosen') OR (starts_on IS NOT NULL AND hours IS NOT NULL"
            " AND pence_per_hour IS NOT NULL AND answered_at IS NOT NULL)",
            name="offer_is_whole",
        ),
        CheckConstraint(
            "state <> 'declined' OR (decline_reason IS NOT NULL AND answered_at IS NOT NULL)",
            name="declined_has_reason",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiry.id"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    state = ASK.column()
    hours_asked: Mapped[int]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[str | None] = mapped_column(String(200))
    working_days: Mapped[int | None]
    starts_on: Mapped[date | None]
    hours: Mapped[int | None]
    pence_per_hour: Mapped[int | None]
    condition: Mapped[str | None] = mapped_column(SecretText(500))
    decline_reason: Mapped[DeclineReason | None] = mapped_column(
        choice(DeclineReason, "decline_reason")
    )
    decline_note: Mapped[str | None] = mapped_column(SecretText(500))

    enquiry: Mapped[Enquiry] = relationship(back_populates="asks")
    offer: Mapped[Offer] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.offer.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        own = aliased(Offer)  # the query may be about offers too
        return db.select(own.provider_id).where(own.id == cls.offer_id).scalar_subquery()

    @property
    def late(self) -> bool:
        """Whether the answer came after the time to answer."""
        return self.answered_at is not None and self.answered_at > self.enquiry.answer_by

    @property
    def pence_a_week(self) -> int | None:
        """What the offered hours cost a week, net of VAT."""
        if self.hours is None or self.pence_per_hour is None:
            return None
        return self.hours * self.pence_per_hour

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer or a choice."""
        return self.state in (AskState.ASKED, AskState.OFFERED)
