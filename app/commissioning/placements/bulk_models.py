"""Work on many proposals at once: what was asked for, how far it has come, what was set aside."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.commissioning.models.match import MatchRun
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.secret import SecretJson
from providers.needs import Labelled


class BulkState(Labelled):
    """Where bulk work stands."""

    QUEUED = "queued", "Waiting to begin"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Stopped by a fault"


B = BulkState

BULK = Lifecycle(
    "bulk work",
    B.QUEUED,
    move("begin", B.QUEUED, to=B.RUNNING),
    move("resume", B.RUNNING, B.FAILED, to=B.QUEUED),
    move("finish", B.RUNNING, to=B.FINISHED),
    move("fail", B.QUEUED, B.RUNNING, to=B.FAILED),
)


class BulkKind(Labelled):
    """What is done to many at once."""

    PROPOSE = "propose", "Propose"
    APPROVE = "approve", "Approve"


class BulkWork(Audited, db.Model):
    """Proposing or approving many children of a match, each in a transaction of its own.

    chosen: ids still to do or done, of match outcomes (propose) or proposals (approve), in order.
    done: ids that were dealt with. set_aside: id to the reason why it was not done.
    options: what the person chose for all, such as the first day.
    """

    __tablename__ = "bulk_work"
    unaudited = frozenset({"chosen", "done", "set_aside"})

    id: Mapped[int] = mapped_column(primary_key=True)
    state = BULK.column()
    kind: Mapped[BulkKind] = mapped_column(choice(BulkKind, "kind"))
    match_run_id: Mapped[int] = mapped_column(ForeignKey("match_run.id"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    failure: Mapped[str | None] = mapped_column(String(500))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    chosen: Mapped[list[int]] = mapped_column(JSON, default=list)
    done: Mapped[list[int]] = mapped_column(JSON, default=list)
    set_aside: Mapped[dict[str, str]] = mapped_column(SecretJson(), default=dict)

    match_run: Mapped[MatchRun] = relationship()

    @property
    def left(self) -> list[int]:
        """What is still to do, in order."""
        dealt_with = {*self.done, *(int(key) for key in self.set_aside)}
        return [each for each in self.chosen if each not in dealt_with]
