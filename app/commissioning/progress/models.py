"""Reviews of placements with progress per objective, and what was recorded when they ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.commissioning.placements.models import Placement
from app.commissioning.plans.models import Objective
from app.commissioning.progress.lifecycle import REVIEW, NextStep, Outcome, Progress, ReviewKind
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretText


class Review(Audited, db.Model):
    """A review of one placement: held, or urgent and still to be held.

    due_on: the day by which it was or is to be held. cause: why an urgent one was opened, never
    with a child's name. attended, possible: sessions since the review before, as they stood when
    it was held. new_hours: hours a week from then on, where the next step changes them.
    """

    __tablename__ = "placement_review"
    __table_args__ = (
        CheckConstraint("state <> 'held' OR held_on IS NOT NULL", name="held_has_day"),
        CheckConstraint("state <> 'held' OR next_step IS NOT NULL", name="held_has_next_step"),
        CheckConstraint("kind <> 'urgent' OR cause IS NOT NULL", name="urgent_has_cause"),
        CheckConstraint("new_hours IS NULL OR new_hours BETWEEN 0 AND 40", name="hours_in_week"),
        Index(None, "placement_id", "held_on"),
        Index(
            "uq_placement_review_open",
            "placement_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        UniqueConstraint("placement_id", "held_on", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    state = REVIEW.column()
    kind: Mapped[ReviewKind] = mapped_column(choice(ReviewKind, "kind"))
    due_on: Mapped[date] = mapped_column(index=True)
    cause: Mapped[str | None] = mapped_column(SecretText(500))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    held_on: Mapped[date | None]
    present: Mapped[str | None] = mapped_column(SecretText(500))
    child_voice: Mapped[str | None] = mapped_column(SecretText(2000))
    parents_voice: Mapped[str | None] = mapped_column(SecretText(2000))
    summary: Mapped[str | None] = mapped_column(SecretText(4000))
    next_step: Mapped[NextStep | None] = mapped_column(choice(NextStep, "next_step"))
    new_hours: Mapped[int | None]
    attended: Mapped[int | None]
    possible: Mapped[int | None]
    recorded_by: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime | None] = mapped_column(Moment)

    placement: Mapped[Placement] = relationship()
    objectives: Mapped[list["ObjectiveProgress"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", order_by="ObjectiveProgress.id"
    )

    @property
    def about_child_id(self) -> int:
        """The child whom a page about this row is about."""
        return self.placement.child_id

    @property
    def in_time(self) -> bool:
        """Whether it was held by the day on which it was due."""
        return self.held_on is not None and self.held_on <= self.due_on


class ObjectiveProgress(Audited, db.Model):
    """How far the child had come towards one objective of the plan, at one review."""

    __tablename__ = "objective_progress"
    __table_args__ = (UniqueConstraint("review_id", "objective_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("placement_review.id"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("plan_objective.id"), index=True)
    progress: Mapped[Progress] = mapped_column(choice(Progress, "progress"))
    note: Mapped[str | None] = mapped_column(SecretText(1000))

    review: Mapped[Review] = relationship(back_populates="objectives")
    objective: Mapped[Objective] = relationship()


class Ending(Audited, db.Model):
    """What is known when a placement has ended; its day and destination stand on the placement.

    delivered_minutes, delivered_pence: by the registers to the last day, at the agreed price net
    of VAT. agreed_pence: what was committed for the same time. where: the school or setting.
    """

    __tablename__ = "placement_ending"
    __table_args__ = (
        CheckConstraint(
            "delivered_minutes >= 0 AND delivered_pence >= 0 AND agreed_pence >= 0",
            name="sums_not_negative",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), unique=True)
    where: Mapped[str | None] = mapped_column(SecretText(200))
    reason: Mapped[str] = mapped_column(SecretText(2000))
    waits_again: Mapped[bool]
    delivered_minutes: Mapped[int]
    delivered_pence: Mapped[int]
    agreed_pence: Mapped[int]
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    placement: Mapped[Placement] = relationship()
    outcomes: Mapped[list["ObjectiveOutcome"]] = relationship(
        back_populates="ending", cascade="all, delete-orphan", order_by="ObjectiveOutcome.id"
    )


class ObjectiveOutcome(Audited, db.Model):
    """What became of one objective of the plan."""

    __tablename__ = "objective_outcome"
    __table_args__ = (UniqueConstraint("ending_id", "objective_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ending_id: Mapped[int] = mapped_column(ForeignKey("placement_ending.id"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("plan_objective.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))

    ending: Mapped[Ending] = relationship(back_populates="outcomes")
    objective: Mapped[Objective] = relationship()
