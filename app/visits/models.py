"""Quality visits as they are stored: template, visit, its parts, findings and actions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    case,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretJson
from app.visits.lifecycle import ACTION, NOT_CLOSED, SHARED, VISIT, VisitState
from app.visits.templates import Sections, read_sections
from app.visits.terms import Answer, FindingKind, Part, Standard, VisitKind
from providers.models.file import StoredFile
from providers.models.provider import Provider, Site
from providers.needs import Judgement


class VisitTemplate(Audited, db.Model):
    """What a kind of visit asks, in one version; never changed once it is made.

    version: counts from 1 for each kind; the highest is the one in use. content: the sections, as
    `app.visits.templates` keeps them. note: what was changed, in words.
    """

    __tablename__ = "visit_template"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[VisitKind] = mapped_column(choice(VisitKind, "kind"))
    version: Mapped[int]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def sections(self) -> Sections:
        """Its sections, one for each standard."""
        return read_sections(self.content)


class Visit(Audited, db.Model):
    """A visit to a provider, from its planning to the final report.

    minutes: how long it is to take. starts_minute: after midnight, as the day planner has it.
    why: the reasons for which it was planned, in words.
    check_due_on: the last day for the provider to check the facts. response: what it answered.
    judgement: the adviser's own, overall; judgement_reason: why it differs from the suggestion.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 15 AND 720", name="minutes_of_a_day"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="starts_in_the_day"),
        CheckConstraint(
            "state NOT IN ('carried_out', 'draft', 'checking', 'final') OR visited_on IS NOT NULL",
            name="carried_out_on_a_day",
        ),
        CheckConstraint(
            "state NOT IN ('draft', 'checking', 'final') OR judgement IS NOT NULL",
            name="report_has_judgement",
        ),
        CheckConstraint(
            "state <> 'checking' OR check_due_on IS NOT NULL", name="check_has_deadline"
        ),
        CheckConstraint(
            "state <> 'cancelled' OR cancel_reason IS NOT NULL", name="cancelled_with_reason"
        ),
        Index(None, "adviser_id", "planned_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[VisitKind] = mapped_column(choice(VisitKind, "kind"))
    state = VISIT.column()
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    adviser_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    visit_template_id: Mapped[int] = mapped_column(ForeignKey("visit_template.id"))
    planned_on: Mapped[date] = mapped_column(index=True)
    minutes: Mapped[int]
    starts_minute: Mapped[int | None]
    why: Mapped[str] = mapped_column(String(2000), default="")
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    visited_on: Mapped[date | None]
    summary: Mapped[str | None] = mapped_column(String(8000))
    judgement: Mapped[Judgement | None] = mapped_column(choice(Judgement, "judgement"))
    judgement_reason: Mapped[str | None] = mapped_column(String(2000))
    judged_by: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    check_due_on: Mapped[date | None]
    response: Mapped[str | None] = mapped_column(String(8000))
    checked_by: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    final_at: Mapped[datetime | None] = mapped_column(Moment)
    final_by: Mapped[str | None] = mapped_column(String(200))
    cancel_reason: Mapped[str | None] = mapped_column(String(1000))

    provider: Mapped[Provider] = relationship()
    site: Mapped[Site | None] = relationship()
    adviser: Mapped[User] = relationship()
    template: Mapped[VisitTemplate] = relationship()
    parts: Mapped[list["VisitPart"]] = relationship(
        back_populates="visit", cascade="all, delete-orphan", order_by="VisitPart.id"
    )
    findings: Mapped[list["Finding"]] = relationship(
        back_populates="visit", cascade="all, delete-orphan", order_by="Finding.id"
    )
    files: Mapped[list["VisitFile"]] = relationship(
        back_populates="visit", cascade="all, delete-orphan", order_by="VisitFile.id"
    )

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider, once the report is shared with it; None before: drafts are not its own."""
        return self.provider_id if self.state in SHARED else None

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        return case((cls.state.in_(SHARED), cls.provider_id), else_=None)

    @hybrid_property
    def is_published(self) -> bool:
        """Whether its report is final."""
        return self.state is VisitState.FINAL

    @is_published.inplace.expression
    @classmethod
    def _is_published(cls):
        return cls.state == VisitState.FINAL

    @property
    def is_announced(self) -> bool:
        """Whether the provider is told of it beforehand."""
        return self.kind is not VisitKind.UNANNOUNCED

    @property
    def sections(self) -> Sections:
        """The sections of the template that it was planned with."""
        return self.template.sections

    def part(self, part: Part) -> "VisitPart":
        """One part; every visit has all of them."""
        return next(row for row in self.parts if row.part is part)

    def part_of(self, standard: Standard) -> "VisitPart":
        """The part about a standard."""
        return self.part(Part(standard.value))

    def answers(self, part: Part) -> Mapping[str, Answer]:
        """What was answered in a part, by the question's key."""
        answered = self.part(part).content.get("answers", {})
        return {key: Answer(value) for key, value in answered.items()}

    @property
    def all_answers(self) -> Mapping[str, Answer]:
        """What was answered in all parts, by the question's key."""
        return {
            key: answer
            for section in self.sections
            for key, answer in self.answers(section.part).items()
        }

    @property
    def actions(self) -> list["Action"]:
        """The actions that its findings led to."""
        return [action for finding in self.findings for action in finding.actions]


class VisitPart(Audited, db.Model):
    """One part of a visit as it was last saved. version: how often it has been saved.

    content of a standard: {"answers": {key: answer}, "notes": {key: words}, "note": words}; of
    another part: its fields by name. judgement: the adviser's own, of a standard.
    """

    __tablename__ = "visit_part"
    __table_args__ = (UniqueConstraint("visit_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    part: Mapped[Part] = mapped_column(choice(Part, "part"))
    version: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any]] = mapped_column(SecretJson(), default=dict)
    saved_by: Mapped[str | None] = mapped_column(String(200))
    saved_at: Mapped[datetime | None] = mapped_column(Moment)
    judgement: Mapped[Judgement | None] = mapped_column(choice(Judgement, "judgement"))
    judgement_reason: Mapped[str | None] = mapped_column(String(2000))

    visit: Mapped[Visit] = relationship(back_populates="parts")


class VisitSave(db.Model):
    """A save that was taken, by the key that the browser gave it, so that none is taken twice."""

    __tablename__ = "visit_save"
    __table_args__ = (UniqueConstraint("visit_part_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_part_id: Mapped[int] = mapped_column(ForeignKey("visit_part.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(Moment)


class VisitFile(Audited, db.Model):
    """A photograph or document that was taken as evidence during a visit.

    key: the browser's own for it, so that it is taken once; None of those from before there were.
    """

    __tablename__ = "visit_file"
    __table_args__ = (UniqueConstraint("visit_id", "key"),)
    unaudited = frozenset({"key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    part: Mapped[Part] = mapped_column(choice(Part, "part"))
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(String(300))
    key: Mapped[str | None] = mapped_column(String(40))

    visit: Mapped[Visit] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()


class Finding(Audited, db.Model):
    """Something that a visit found, about one of the standards."""

    __tablename__ = "visit_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    standard: Mapped[Standard] = mapped_column(choice(Standard, "standard"))
    kind: Mapped[FindingKind] = mapped_column(choice(FindingKind, "kind"), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    visit: Mapped[Visit] = relationship(back_populates="findings")
    actions: Mapped[list["Action"]] = relationship(
        back_populates="finding", cascade="all, delete-orphan", order_by="Action.id"
    )


class Action(Audited, db.Model):
    """What a provider is to do about a finding.

    owner: who does it there, as a role ("the proprietor"). evidence_required: what shows that it
    is done. critical: of a critical finding. escalated_on: when its being overdue was last told.
    """

    __tablename__ = "visit_action"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_time"),
        CheckConstraint("state <> 'closed' OR decided_at IS NOT NULL", name="closed_at_a_time"),
        Index(None, "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    visit_finding_id: Mapped[int] = mapped_column(
        ForeignKey("visit_finding.id", ondelete="CASCADE"), index=True
    )
    state = ACTION.column()
    text: Mapped[str] = mapped_column(String(2000))
    owner: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    evidence_required: Mapped[str] = mapped_column(String(1000))
    critical: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str | None] = mapped_column(String(4000))
    answered_by: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    decision_note: Mapped[str | None] = mapped_column(String(2000))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    escalated_on: Mapped[date | None]

    visit: Mapped[Visit] = relationship()
    finding: Mapped[Finding] = relationship(back_populates="actions")
    file: Mapped[StoredFile | None] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider, once the report is final; None before."""
        return self.visit.provider_id if self.visit.state is VisitState.FINAL else None

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        final = Visit.state == VisitState.FINAL
        return (
            select(Visit.provider_id)
            .where(Visit.id == cls.visit_id, final)
            .correlate(cls)
            .scalar_subquery()
        )

    @hybrid_property
    def is_published(self) -> bool:
        """Whether the report that sets it is final."""
        return self.visit.state is VisitState.FINAL

    @is_published.inplace.expression
    @classmethod
    def _is_published(cls):
        final = select(Visit.id).where(Visit.id == cls.visit_id, Visit.state == VisitState.FINAL)
        return final.correlate(cls).exists()

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed and it is not closed; one that is answered waits for us."""
        return self.state in NOT_CLOSED and self.answered_at is None and self.due_on < on
