"""A panel's meetings, and the proposals and variations on their agendas."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.commissioning.agreements.models import Agreement
from app.commissioning.placements.models import Proposal
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.secret import SecretText
from providers.needs import Labelled


class PanelState(Labelled):
    """Where a meeting stands."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


def _has_decided(meeting: "PanelMeeting") -> str | None:
    undecided = [item for item in meeting.items if item.decision is None]
    if undecided:
        return "Record the panel’s decision about every item first."
    return None if meeting.present else "Enter who was present."


S = PanelState

PANEL = Lifecycle(
    "meeting",
    S.PLANNED,
    move("close", S.PLANNED, to=S.HELD, requires=[_has_decided]),
    move("cancel", S.PLANNED, to=S.CANCELLED),
)


class PanelDecision(Labelled):
    """What a panel decided about a proposal."""

    APPROVED = "approved", "Approved"
    QUESTIONED = "questioned", "Returned with a question"
    REFUSED = "refused", "Refused"


class PanelMeeting(Audited, db.Model):
    """A meeting that decides what is beyond a commissioner's limit. present: who was there."""

    __tablename__ = "panel_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    state = PANEL.column()
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    present: Mapped[str | None] = mapped_column(String(1000))
    notes: Mapped[str | None] = mapped_column(SecretText(4000))
    called_by: Mapped[str] = mapped_column(String(200))

    items: Mapped[list["PanelItem"]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="PanelItem.id"
    )


class PanelItem(Audited, db.Model):
    """What is on an agenda, and what was decided about it.

    agreement: the variation that it is about, None where it is about the proposal itself.
    """

    __tablename__ = "panel_item"
    __table_args__ = (
        Index(
            "uq_panel_item_proposal",
            "panel_meeting_id",
            "proposal_id",
            unique=True,
            sqlite_where=text("placement_agreement_id IS NULL"),
            postgresql_where=text("placement_agreement_id IS NULL"),
        ),
        Index("uq_panel_item_agreement", "panel_meeting_id", "placement_agreement_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_meeting_id: Mapped[int] = mapped_column(ForeignKey("panel_meeting.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placement_proposal.id"), index=True)
    placement_agreement_id: Mapped[int | None] = mapped_column(
        ForeignKey("placement_agreement.id"), index=True
    )
    decision: Mapped[PanelDecision | None] = mapped_column(choice(PanelDecision, "decision"))
    reason: Mapped[str | None] = mapped_column(SecretText(1000))
    recorded_by: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime | None] = mapped_column(Moment)

    meeting: Mapped[PanelMeeting] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship()
    agreement: Mapped[Agreement | None] = relationship()

    @property
    def reference(self) -> str:
        """What people call what it is about: "PR-00012", or "PL-00012, version 2"."""
        if self.agreement is None:
            return self.proposal.reference
        return f"{self.agreement.placement.reference}, version {self.agreement.number}"

    @property
    def version(self) -> int | None:
        """The version of the proposal, so that an old page is known; None of a variation, which
        does not change once it was asked for."""
        return self.proposal.version if self.agreement is None else None
