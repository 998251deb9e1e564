"""A spreadsheet on its way in: read and judged row by row, kept apart until it is accepted.

Nothing of it reaches the directory or the waiting list before a person accepts it, and then
all of it does in one transaction.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.secret import SecretJson, SecretText
from providers.needs import Labelled


class IntakeKind(Labelled):
    """Which of the authority's two spreadsheets this is."""

    SUPPLIER_TOOL = "supplier_tool", "Supplier tool: providers and what they offer"
    WAITING_LIST = "waiting_list", "Waiting list: children who wait for provision"


class IntakeState(Labelled):
    """Where an intake stands."""

    READING = "reading", "Being read"
    READY = "ready", "Ready to look at"
    SAVING = "saving", "Being saved"
    SAVED = "saved", "Saved"
    DISCARDED = "discarded", "Discarded"
    FAILED = "failed", "Could not be read"


S = IntakeState

INTAKE = Lifecycle(
    "file",
    S.READING,
    move("show preview", S.READING, to=S.READY),
    move("accept", S.READY, to=S.SAVING),
    move("finish", S.SAVING, to=S.SAVED),
    move("return to preview", S.SAVING, to=S.READY),
    move("discard", S.READY, S.FAILED, to=S.DISCARDED),
    move("fail", S.READING, to=S.FAILED),
)


class RowOutcome(Labelled):
    """What accepting a row does."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


class Intake(Audited, db.Model):
    """One file sent in, with the count of each outcome.

    content: the file itself, kept only until it has been read. columns: its own column
    headings in order, for the rows that are sent back.
    failure: why the file as a whole could not be read, in words.
    """

    __tablename__ = "intake"
    unaudited = frozenset({"content", "columns"})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[IntakeKind] = mapped_column(choice(IntakeKind, "kind"))
    state = INTAKE.column()
    filename: Mapped[str] = mapped_column(String(255))
    sent_by: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    failure: Mapped[str | None] = mapped_column(String(1000))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)

    rows: Mapped[list["IntakeRow"]] = relationship(
        back_populates="intake",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="IntakeRow.number",
    )


class IntakeRow(db.Model):
    """One row of the file, as it was written, with what is wrong with it or would change.

    number: as the spreadsheet counts. values: column heading to text. faults: each with
    column, value, message and severity. changes: field to [before, after].
    """

    __tablename__ = "intake_row"
    __table_args__ = (UniqueConstraint("intake_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[RowOutcome] = mapped_column(choice(RowOutcome, "outcome"), index=True)
    label: Mapped[str] = mapped_column(SecretText(200), default="")
    values: Mapped[dict[str, Any]] = mapped_column(SecretJson())
    faults: Mapped[list[dict[str, str]]] = mapped_column(SecretJson(list), default=list)
    flagged: Mapped[bool] = mapped_column(default=False, index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(SecretJson(), default=dict)

    intake: Mapped[Intake] = relationship(back_populates="rows")
