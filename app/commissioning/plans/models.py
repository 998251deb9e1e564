"""The Learner Intervention Plan: what a placement is for, how success shows, and the way back."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.commissioning.placements.models import Proposal
from app.kernel.audit import Audited
from app.kernel.database import db
from app.kernel.secret import SecretText

PARTS = {
    "purpose": "Enter the purpose of the placement.",
    "route_back": "Enter the route back to school or onwards.",
    "longest_weeks": "Enter the maximum length in weeks.",
    "risk_assessment": "Enter the risk assessment.",
    "attendance": "Enter the arrangements for attendance.",
    "absence": "Enter what happens when the child is absent.",
    "transport": "Enter the arrangements for transport.",
}
"""What a complete plan says in words, with what to do where it does not (Arranging Alternative
Provision, DfE 2025: nature, objectives, reintegration route, maximum length)."""


class Plan(Audited, db.Model):
    """The plan of a child's whole package; a draft until nothing is missing.

    review_dates: ISO days. longest_weeks: calendar weeks from the first day.
    """

    __tablename__ = "placement_plan"
    __table_args__ = (CheckConstraint("longest_weeks > 0", name="longest_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placement_proposal.id"), unique=True)
    purpose: Mapped[str | None] = mapped_column(SecretText(2000))
    route_back: Mapped[str | None] = mapped_column(SecretText(2000))
    longest_weeks: Mapped[int | None]
    risk_assessment: Mapped[str | None] = mapped_column(SecretText(4000))
    attendance: Mapped[str | None] = mapped_column(SecretText(2000))
    absence: Mapped[str | None] = mapped_column(SecretText(2000))
    transport: Mapped[str | None] = mapped_column(SecretText(2000))
    review_dates: Mapped[list[str]] = mapped_column(JSON, default=list)

    proposal: Mapped[Proposal] = relationship(back_populates="plan")
    objectives: Mapped[list["Objective"]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Objective.id"
    )

    @property
    def reviews(self) -> list[date]:
        """The days on which the placement is to be reviewed."""
        return [date.fromisoformat(day) for day in self.review_dates]

    def missing(self) -> tuple[str, ...]:
        """What keeps the plan from being complete, each with what to do; empty where it is."""
        wanted = [words for part, words in PARTS.items() if not getattr(self, part)]
        if not self.objectives:
            wanted.append("Add at least one objective with its indicator and baseline.")
        if not self.review_dates:
            wanted.append("Enter at least one review date.")
        return tuple(wanted)


class Objective(Audited, db.Model):
    """What a child is to reach: how that shows, where the child starts, and by when."""

    __tablename__ = "plan_objective"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("placement_plan.id"), index=True)
    aim: Mapped[str] = mapped_column(SecretText(300))
    indicator: Mapped[str] = mapped_column(SecretText(300))
    baseline: Mapped[str] = mapped_column(SecretText(300))
    target: Mapped[str] = mapped_column(SecretText(300), default="")

    plan: Mapped[Plan] = relationship(back_populates="objectives")
