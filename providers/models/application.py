"""Applications to join the framework, their sections, and the questions asked about them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.clock import today
from app.kernel.database import Moment, choice, db
from providers import compliance
from providers.applications.lifecycle import APPLICATION, ApplicationState
from providers.applications.proposals import ProposedOffer, ProposedSite
from providers.applications.sections import Section, unanswered
from providers.compliance import EvidenceKind
from providers.models.evidence import DocumentState, EvidenceDocument
from providers.models.framework import Scheme, Service
from providers.models.provider import Provider
from providers.needs import Judgement, Labelled

S = ApplicationState


class Review(Labelled):
    """What the authority made of a section."""

    NOT_YET = "not_yet", "Not reviewed yet"
    MEETS = "meets", "Meets what is asked"
    DOES_NOT_MEET = "does_not_meet", "Does not meet what is asked"


class Application(Audited, db.Model):
    """A provider's application to join a scheme, once more or for the first time.

    visited_on, visit_judgement: of the initial visit. refusal_reasons: sentences for the
    applicant. copied_from: the earlier application that it began from.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(
            "(visited_on IS NULL) = (visit_judgement IS NULL)", name="visit_has_judgement"
        ),
        CheckConstraint(
            "state <> 'refused' OR refusal_reasons IS NOT NULL", name="refused_with_reasons"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    state = APPLICATION.column()
    started_at: Mapped[datetime] = mapped_column(Moment)
    started_by: Mapped[str] = mapped_column(String(200))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    visited_on: Mapped[date | None]
    visit_judgement: Mapped[Judgement | None] = mapped_column(choice(Judgement, "visit_judgement"))
    visit_notes: Mapped[str | None] = mapped_column(String(4000))
    visit_recorded_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    refusal_reasons: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))

    provider: Mapped[Provider] = relationship()
    scheme: Mapped[Scheme] = relationship()
    sections: Mapped[list["ApplicationSection"]] = relationship(
        back_populates="application", cascade="all, delete-orphan"
    )
    clarifications: Mapped[list["Clarification"]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="Clarification.id"
    )
    documents: Mapped[list[EvidenceDocument]] = relationship(
        primaryjoin="foreign(EvidenceDocument.provider_id) == Application.provider_id",
        order_by=EvidenceDocument.id.desc(),
        viewonly=True,
        uselist=True,
    )

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def live(self) -> bool:
        """Whether it is still to be decided."""
        return self.state not in (S.ADMITTED, S.REFUSED, S.WITHDRAWN)

    def section(self, section: Section) -> "ApplicationSection":
        """One section; every application has all of them."""
        return next(row for row in self.sections if row.section is section)

    def answers(self, section: Section) -> dict[str, Any]:
        """What was answered in a section."""
        return self.section(section).answers

    @property
    def sites(self) -> list[ProposedSite]:
        """The sites proposed."""
        return [ProposedSite(**item) for item in self.answers(Section.SITES).get("items", ())]

    @property
    def offers(self) -> list[ProposedOffer]:
        """The offers proposed."""
        items = self.answers(Section.OFFERS).get("items", ())
        return [ProposedOffer.read(item) for item in items]

    @property
    def services(self) -> Sequence[Service]:
        """The services of the scheme's lots, by name."""
        framework = self.scheme.framework_on(today()) or self.scheme.frameworks[-1]
        found = (service for lot in framework.lots for service in lot.services)
        return sorted(found, key=lambda service: service.name)

    def service_name(self, offer: ProposedOffer) -> str:
        """The name of the service that an offer is for."""
        return next((s.name for s in self.services if s.code == offer.service), offer.service)

    @property
    def required_evidence(self) -> frozenset[EvidenceKind]:
        """What the offers together require; what any service requires while there is none."""
        return frozenset().union(*(demand.required for demand in self._demands()))

    @property
    def expected_evidence(self) -> frozenset[EvidenceKind]:
        """What the offers together are expected to hold as well."""
        expected = frozenset().union(*(demand.expected for demand in self._demands()))
        return expected - self.required_evidence

    def _demands(self) -> list[compliance.Demand]:
        rows = {service.code: service for service in self.services}
        asked = [(rows[o.service], o.at_home) for o in self.offers if o.service in rows]
        return [
            compliance.demand(row.group, row.code, at_home=home, asked=row.evidence_asked)
            for row, home in asked or [(row, False) for row in rows.values()]
        ]

    @property
    def missing_evidence(self) -> list[EvidenceKind]:
        """What is required and neither held nor sent."""
        sent = {
            document.kind
            for document in self.documents
            if document.state in (DocumentState.SENT, DocumentState.ACCEPTED)
        }
        held = self.provider.held_for_all
        return [
            kind
            for kind in EvidenceKind
            if kind in self.required_evidence - sent and compliance.lapse(kind, held, today())
        ]

    def unanswered(self, section: Section) -> list[str]:
        """What is still to be answered in a section."""
        missing = self.missing_evidence if section is Section.EVIDENCE else ()
        return unanswered(section, self.answers(section), missing)

    @property
    def unanswered_count(self) -> int:
        """How many questions are still to be answered."""
        return sum(len(self.unanswered(section)) for section in Section)

    def may_change(self, section: Section) -> bool:
        """Whether the applicant may change a section: a draft, or one that is asked about."""
        asked = any(c.section is section and c.answered_at is None for c in self.clarifications)
        return self.state is S.DRAFT or (self.state is S.CLARIFYING and asked)


class ApplicationSection(Audited, db.Model):
    """One section as it was last saved, and what the reviewer made of it."""

    __tablename__ = "application_section"
    __table_args__ = (UniqueConstraint("application_id", "section"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    section: Mapped[Section] = mapped_column(choice(Section, "section"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime | None] = mapped_column(Moment)
    saved_by: Mapped[str | None] = mapped_column(String(200))
    review: Mapped[Review] = mapped_column(choice(Review, "review"), default=Review.NOT_YET)
    review_note: Mapped[str | None] = mapped_column(String(2000))
    reviewed_by: Mapped[str | None] = mapped_column(String(200))
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="sections")

    @property
    def meets(self) -> bool:
        """Whether it was reviewed as meeting what is asked."""
        return self.review is Review.MEETS


class Clarification(Audited, db.Model):
    """A question about a section, with the day by which it is to be answered."""

    __tablename__ = "clarification"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[Section] = mapped_column(choice(Section, "section"))
    question: Mapped[str] = mapped_column(String(2000))
    due_on: Mapped[date]
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(String(4000))
    answered_by: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="clarifications")

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.application.provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        return (
            select(Application.provider_id)
            .where(Application.id == cls.application_id)
            .scalar_subquery()
        )

    def is_late(self, on: date) -> bool:
        """Whether its day has passed without an answer."""
        return self.answered_at is None and self.due_on < on
