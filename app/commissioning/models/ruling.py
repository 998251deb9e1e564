"""What an officer has settled by hand for the matches to come: a child and an offer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.children.models import Component, Referral
from app.commissioning.lifecycle import PAIR_RULING
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretText
from providers.models.offer import Offer
from providers.needs import Labelled


class RulingKind(Labelled):
    """Which way a ruling goes."""

    FIXED = "fixed", "Use this offer"
    RULED_OUT = "ruled_out", "Do not use this offer"


class PairRuling(Audited, db.Model):
    """An officer's word that a child's support must, or must not, come from an offer.

    The offer's service says which component of the referral is meant, so that the ruling lives
    on when the component's hours change.
    """

    __tablename__ = "pair_ruling"
    __table_args__ = (
        Index(
            "uq_pair_ruling_in_force",
            "referral_id",
            "offer_id",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state = PAIR_RULING.column()
    kind: Mapped[RulingKind] = mapped_column(choice(RulingKind, "kind"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    reason: Mapped[str] = mapped_column(SecretText(500))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    referral: Mapped[Referral] = relationship()
    offer: Mapped[Offer] = relationship()

    @property
    def component(self) -> Component | None:
        """The part of the referral that is meant; None where it no longer asks for the service."""
        service_id = self.offer.service_id
        parts = (part for part in self.referral.components if part.service_id == service_id)
        return next(parts, None)
