"""The outbox: a row for each person and each thing that they are told; and how each is written to.

A row is not audited: it tells of a change that is in the trail already, and of its own way.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.lifecycle import Lifecycle, move
from app.notices.topics import Topic
from providers.needs import Labelled


class NoticeState(Labelled):
    """How far the letter about a notice has come. On the site the notice stands in any state."""

    QUEUED = "queued", "Waiting to be sent"
    CLAIMED = "claimed", "About to be sent"
    HANDED = "handed", "Being handed over"
    SENT = "sent", "Sent by email"
    FAILED = "failed", "Could not be sent"
    KEPT = "kept", "On this page alone"


S = NoticeState

NOTICE = Lifecycle(
    "notice",
    S.QUEUED,
    move("keep", S.QUEUED, to=S.KEPT),
    move("claim", S.QUEUED, to=S.CLAIMED),
    move("hand over", S.CLAIMED, to=S.HANDED),
    move("put back", S.CLAIMED, S.HANDED, to=S.QUEUED),
    move("confirm", S.HANDED, to=S.SENT),
    move("give up", S.CLAIMED, S.HANDED, to=S.FAILED),
    move("send again", S.FAILED, to=S.QUEUED),
)


class Notice(db.Model):
    """One thing that one person is told.

    key: what happened, such as "placement:12:approved"; nobody is told twice under one key.
    page: the path of the page that it leads to. due_at: not sent before. letter: the mark of the
    letter it goes in, given when it is claimed. fault: why it was not sent, in words.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("key", "user_id"),
        CheckConstraint("page LIKE '/%'", name="page_is_a_path"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint(
            "state NOT IN ('claimed', 'handed') OR (letter IS NOT NULL AND claimed_at IS NOT NULL)",
            name="claimed_has_letter",
        ),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_has_moment"),
        Index(None, "state", "due_at"),
        Index(None, "user_id", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(120))
    topic_code: Mapped[str] = mapped_column(String(60))
    page: Mapped[str] = mapped_column(String(300))
    state = NOTICE.column()
    told_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    letter: Mapped[str | None] = mapped_column(String(40), index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(String(300))
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return Topic(self.topic_code)


class Manner(Labelled):
    """How a person wants to be written to. On the site they see every notice at once."""

    AT_ONCE = "at-once", "An email for each notice, at once"
    DAILY = "daily", "One email a day, with everything since the last"
    SITE = "site", "No email: I read my notices here"


class NoticeChoice(Audited, db.Model):
    """What one person chose; who has chosen nothing is written to at once."""

    __tablename__ = "notice_choice"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    manner: Mapped[Manner] = mapped_column(choice(Manner, "manner"))
