"""Who has looked at a child's record: noted each time a page about one child is opened."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.accounts.models import User
from app.kernel.clock import now
from app.kernel.database import Moment, db


class RecordLook(db.Model):
    """That a person opened a page about a child. view: the page, by the name of its view.

    child_id: a number and no foreign key: that somebody looked is kept when the child is erased.
    """

    __tablename__ = "record_look"
    __table_args__ = (Index(None, "child_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    child_id: Mapped[int]
    view: Mapped[str] = mapped_column(String(80))

    user: Mapped[User] = relationship()


def note(user: User, child_id: int, view: str) -> None:
    """Note that a person opens a page about a child."""
    db.session.add(RecordLook(at=now(), user_id=user.id, child_id=child_id, view=view))


def looks_at(child_id: int) -> Select:
    """Everyone who looked at a child's record, the latest first."""
    return (
        select(RecordLook)
        .where(RecordLook.child_id == child_id)
        .options(joinedload(RecordLook.user))
        .order_by(RecordLook.id.desc())
    )
