"""Documents sent as evidence: each waits to be checked before it counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from providers.compliance import EvidenceKind
from providers.models.file import StoredFile
from providers.models.provider import Evidence, Provider
from providers.needs import Labelled


class DocumentState(Labelled):
    """Where a document stands. Only an accepted one is evidence."""

    SENT = "sent", "Waiting to be checked"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    WITHDRAWN = "withdrawn", "Withdrawn"


S = DocumentState


def _says_why(document: "EvidenceDocument") -> str | None:
    return None if document.comment else "Say why, so that the provider knows what to send."


DOCUMENT = Lifecycle(
    "document",
    S.SENT,
    move("accept", S.SENT, to=S.ACCEPTED),
    move("return", S.SENT, to=S.RETURNED, requires=[_says_why]),
    move("take back", S.ACCEPTED, to=S.RETURNED, requires=[_says_why]),
    move("withdraw", S.SENT, to=S.WITHDRAWN),
)


class EvidenceDocument(Audited, db.Model):
    """A document that a provider sent as evidence, and what became of it.

    evidence: the item that it became once it was accepted. sent_by_id, checked_by_id: accounts,
    None for a command. comment: why it was returned.
    """

    __tablename__ = "evidence_document"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on >= issued_on", name="dates_in_order"),
        CheckConstraint("(checked_at IS NULL) = (checked_by IS NULL)", name="checked_by_someone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind, "kind"))
    state = DOCUMENT.column()
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    sent_at: Mapped[datetime] = mapped_column(Moment)
    sent_by: Mapped[str] = mapped_column(String(200))
    sent_by_id: Mapped[int | None]
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_by: Mapped[str | None] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(String(1000))
    evidence_id: Mapped[int | None] = mapped_column(
        ForeignKey("evidence.id", ondelete="SET NULL"), unique=True
    )

    provider: Mapped[Provider] = relationship()
    file: Mapped[StoredFile] = relationship()
    evidence: Mapped[Evidence | None] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id
