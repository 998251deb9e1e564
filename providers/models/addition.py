"""A further site or offer that a provider wants, from its proposal to the AP lead's decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from providers.applications.proposals import ProposedOffer, ProposedSite
from providers.models.change import ChangeState
from providers.models.provider import Provider
from providers.needs import Labelled

S = ChangeState


class AdditionKind(Labelled):
    """What is to be added."""

    SITE = "site", "A site"
    OFFER = "offer", "An offer"


def _says_why(addition: "Addition") -> str | None:
    return None if addition.comment else "Enter why it is returned."


ADDITION = Lifecycle(
    "proposal",
    S.WAITING,
    move("accept", S.WAITING, to=S.ACCEPTED),
    move("return", S.WAITING, to=S.RETURNED, requires=[_says_why]),
    move("withdraw", S.WAITING, to=S.WITHDRAWN),
)


class Addition(Audited, db.Model):
    """A site or an offer that is proposed. wanted: as `providers.applications.proposals` keeps it.

    made_id: of the site or the offer that was published. instead_of: the proposal that was
    returned or changed, and that this one takes the place of.
    """

    __tablename__ = "addition"
    __table_args__ = (
        CheckConstraint("(state = 'accepted') = (made_id IS NOT NULL)", name="accepted_was_made"),
        CheckConstraint(
            "state NOT IN ('accepted', 'returned') OR decided_at IS NOT NULL",
            name="decided_at_a_time",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[AdditionKind] = mapped_column(choice(AdditionKind, "kind"))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    state = ADDITION.column()
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    comment: Mapped[str] = mapped_column(String(1000), default="")
    made_id: Mapped[int | None]
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("addition.id"))

    provider: Mapped[Provider] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def proposed(self) -> ProposedSite | ProposedOffer:
        """What is wanted; the site of an offer is the id of one of the provider's sites."""
        if self.kind is AdditionKind.SITE:
            return ProposedSite(**self.wanted)
        return ProposedOffer.read(self.wanted)
