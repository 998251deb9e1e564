"""A stop of new placements, at a provider or for one of its offers, until it is lifted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Labelled


class StopCause(Labelled):
    """What brought a stop about."""

    FINDING = "finding", "Inadequate or critical finding"
    OVERDUE_ACTION = "overdue_action", "Critical action overdue"
    NO_INITIAL_VISIT = "no_initial_visit", "Initial visit not made in time"
    CONCERN = "concern", "Concern"
    BY_HAND = "by_hand", "Decision of the AP lead"


class StopState(Labelled):
    """Whether a stop holds."""

    IN_FORCE = "in_force", "In force"
    LIFTED = "lifted", "Lifted"


S = StopState


def _has_reason(stop: "PlacementStop") -> str | None:
    return None if (stop.lift_reason or "").strip() else "Enter why the stop is lifted."


STOP = Lifecycle(
    "stop",
    S.IN_FORCE,
    move("lift", S.IN_FORCE, to=S.LIFTED, requires=[_has_reason]),
)


class PlacementStop(Audited, db.Model):
    """Why no child may newly be placed, who decided it, and who lifted it and why.

    offer: the one offer that is stopped; None for all that the provider offers. source: what it
    rests on, in words for the authority, never with a child's name. source_key: the same for the
    program, such as "visit:12", so that one thing makes one stop. reason: in words for the
    authority. imposed_by: a person's name, or the name of the rule's daily check.
    """

    __tablename__ = "placement_stop"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("length(source) > 0", name="source_given"),
        CheckConstraint(
            "(state = 'lifted') = (lifted_at IS NOT NULL AND lifted_by IS NOT NULL"
            " AND lift_reason IS NOT NULL)",
            name="lifted_with_reason",
        ),
        Index(
            "uq_placement_stop_in_force",
            "provider_id",
            "source_key",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        ForeignKey("provider.id", ondelete="CASCADE"), index=True
    )
    offer_id: Mapped[int | None] = mapped_column(
        ForeignKey("offer.id", ondelete="CASCADE"), index=True
    )
    state = STOP.column()
    cause: Mapped[StopCause] = mapped_column(choice(StopCause, "cause"))
    source: Mapped[str] = mapped_column(String(300))
    source_key: Mapped[str] = mapped_column(String(80), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    imposed_by: Mapped[str] = mapped_column(String(200))
    imposed_at: Mapped[datetime] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lift_reason: Mapped[str | None] = mapped_column(String(1000))

    provider: Mapped[Provider] = relationship(back_populates="stops")
    offer: Mapped[Offer | None] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def is_in_force(self) -> bool:
        """Whether it holds now."""
        return self.state is S.IN_FORCE

    def covers(self, offer: Offer) -> bool:
        """Whether it keeps children from being placed with an offer now."""
        return self.is_in_force and self.offer_id in (None, offer.id)

    @property
    def about(self) -> str:
        """What is stopped: "all its offers", or the service of the one offer."""
        return "all its offers" if self.offer is None else self.offer.service.name
