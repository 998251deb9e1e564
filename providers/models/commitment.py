"""What an offer has promised: hours and a place, from one day to another, to one call-off.

The directory knows nothing of children. A commitment names its call-off by a reference that
means something to commissioning alone, and never by a name.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, db
from app.kernel.lifecycle import Lifecycle, move
from providers.models.offer import Offer
from providers.needs import Labelled


class CommitmentState(Labelled):
    """Where a commitment stands. All but a released one take up room on the days they run."""

    PROMISED = "promised", "Promised"
    LIVE = "live", "Live"
    ENDED = "ended", "Ended"
    RELEASED = "released", "Released"


S = CommitmentState


def _has_last_day(commitment: "Commitment") -> str | None:
    if commitment.ends_on is None:
        return "Enter the last day of the commitment."
    return None


COMMITMENT = Lifecycle(
    "commitment",
    S.PROMISED,
    move("start", S.PROMISED, to=S.LIVE),
    move("end", S.PROMISED, S.LIVE, to=S.ENDED, requires=[_has_last_day]),
    move("release", S.PROMISED, to=S.RELEASED),
)


class SpareHalfDay(Audited, db.Model):
    """How many children an offer can take in one half-day of the week.

    A half-day without a row has room for as many as the offer has places. session: its place in
    `providers.needs.SESSIONS`, Monday morning 0.
    """

    __tablename__ = "spare_half_day"
    __table_args__ = (
        CheckConstraint("session BETWEEN 0 AND 9", name="session_in_week"),
        CheckConstraint("places >= 0", name="places_not_negative"),
    )

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True
    )
    session: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    places: Mapped[int]


class Commitment(Audited, db.Model):
    """Room at an offer that is given away. Both days are included; ends_on None: until further
    notice.

    reference: the call-off's, opaque here. hours: a week. sessions: the half-days it takes, as
    bits; 0 where that is not agreed. pence_a_week: net of VAT. source: what the commitment rests
    on, in words, such as the call-off's order.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("hours > 0", name="hours_positive"),
        CheckConstraint("places > 0", name="places_positive"),
        CheckConstraint("pence_a_week >= 0", name="price_not_negative"),
        CheckConstraint("sessions BETWEEN 0 AND 1023", name="sessions_in_week"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("state <> 'ended' OR ends_on IS NOT NULL", name="ended_has_last_day"),
        Index(None, "offer_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    reference: Mapped[str] = mapped_column(String(60), index=True)
    state = COMMITMENT.column()
    hours: Mapped[int]
    places: Mapped[int] = mapped_column(default=1)
    sessions: Mapped[int] = mapped_column(default=0)
    pence_a_week: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

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

    def runs_on(self, day: date) -> bool:
        """Whether it takes up room on a day."""
        if self.state is S.RELEASED or self.starts_on > day:
            return False
        return self.ends_on is None or self.ends_on >= day
