"""The yearly round of price changes: what providers propose, and what was decided."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from providers.models.offer import Offer
from providers.needs import Labelled, PriceUnit, VatBasis
from providers.pricing import Price


class ProposalState(Labelled):
    """Where a proposed price stands."""

    PROPOSED = "proposed", "To be decided"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    APPLIED = "applied", "In force"


S = ProposalState


def _says_why(proposal: "UpliftProposal") -> str | None:
    return None if proposal.comment else "Say why, so that the provider knows what to propose."


UPLIFT = Lifecycle(
    "proposed price",
    S.PROPOSED,
    move("accept", S.PROPOSED, to=S.ACCEPTED),
    move("return", S.PROPOSED, S.ACCEPTED, to=S.RETURNED, requires=[_says_why]),
    move("propose again", S.PROPOSED, S.RETURNED, to=S.PROPOSED),
    move("put in force", S.ACCEPTED, to=S.APPLIED),
)


class UpliftRound(Audited, db.Model):
    """A time in which providers may propose new prices, and the day from which they hold.

    opens_on and closes_on are included; applies_on comes after them.
    """

    __tablename__ = "uplift_round"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
        CheckConstraint("applies_on > closes_on", name="applies_after_closing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    applies_on: Mapped[date]
    opened_by: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(Moment)

    proposals: Mapped[list["UpliftProposal"]] = relationship(
        back_populates="round", order_by="UpliftProposal.id"
    )

    def is_open(self, on: date) -> bool:
        """Whether prices may be proposed on a date."""
        return self.opens_on <= on <= self.closes_on


class UpliftProposal(Audited, db.Model):
    """A new price for an offer. pence_before: the price when it was proposed.

    price_pence: per the offer's own unit and VAT basis, as they were then. comment: why it was
    returned.
    """

    __tablename__ = "uplift_proposal"
    __table_args__ = (
        UniqueConstraint("uplift_round_id", "offer_id"),
        CheckConstraint("price_pence > 0", name="price_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uplift_round_id: Mapped[int] = mapped_column(ForeignKey("uplift_round.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    state = UPLIFT.column()
    pence_before: Mapped[int]
    price_pence: Mapped[int]
    price_unit: Mapped[PriceUnit] = mapped_column(choice(PriceUnit, "price_unit"))
    vat_basis: Mapped[VatBasis] = mapped_column(choice(VatBasis, "vat_basis"))
    reason: Mapped[str] = mapped_column(String(1000))
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    comment: Mapped[str | None] = mapped_column(String(1000))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    round: Mapped[UpliftRound] = relationship(back_populates="proposals")
    offer: Mapped[Offer] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.offer.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        return db.select(Offer.provider_id).where(Offer.id == cls.offer_id).scalar_subquery()

    @property
    def price(self) -> Price:
        """The new price as quoted."""
        return Price(self.price_pence, self.price_unit, self.vat_basis)

    @property
    def price_before(self) -> Price:
        """The old price as quoted."""
        return Price(self.pence_before, self.price_unit, self.vat_basis)

    @property
    def rise(self) -> float:
        """By how much the price rises, as a fraction of the old one; negative where it falls."""
        return self.price_pence / self.pence_before - 1
