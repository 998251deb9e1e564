"""Tries to sign in that were held up because there had been too many: kept, and in the trail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.audit import Audited
from app.kernel.clock import now
from app.kernel.database import Moment, db

SHOWN = timedelta(days=30)
"""For how long a person's own page tells of tries that were held up."""


class SignInHold(Audited, db.Model):
    """That tries at one step were held up. Further tries within the hour are not written again.

    step: of `app.web.tries.Step`. user_id: whose account it was about, None where there is none.
    came_from: the network address; not in the trail, which is never erased.
    """

    __tablename__ = "sign_in_hold"
    unaudited = frozenset({"came_from"})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    step: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    came_from: Mapped[str] = mapped_column(String(64))

    user: Mapped[User | None] = relationship()


def hold(step: str, user_id: int | None, came_from: str) -> SignInHold:
    """Write down that tries at a step were held up."""
    row = SignInHold(at=now(), step=step, user_id=user_id, came_from=came_from[:64])
    db.session.add(row)
    db.session.flush()
    return row


def lately(user: User) -> Sequence[SignInHold]:
    """What was held up about a person's account in the last 30 days, the latest first."""
    about = select(SignInHold).where(SignInHold.user_id == user.id, SignInHold.at > now() - SHOWN)
    return db.session.scalars(about.order_by(SignInHold.id.desc()).limit(20)).all()
