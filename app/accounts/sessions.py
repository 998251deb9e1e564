"""Where a person is signed in: each browser, until it signs out, rests or lasts too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.clock import now
from app.kernel.database import Moment, db

NOTED_EVERY = timedelta(minutes=2)
"""How often at most it is noted that a browser is in use, so that most requests write nothing."""


@dataclass(frozen=True)
class Limits:
    """How long a browser stays signed in: without being used, and in all."""

    idle: timedelta
    age: timedelta


class SignInSession(db.Model):
    """One browser that signed in. browser: its kind, in words. ended_at: None while it lasts."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    browser: Mapped[str] = mapped_column(String(80))

    user: Mapped[User] = relationship()


def begin(user: User, browser: str) -> SignInSession:
    """Note that a browser has signed in."""
    moment = now()
    row = SignInSession(user_id=user.id, began_at=moment, seen_at=moment, browser=browser[:80])
    db.session.add(row)
    db.session.flush()
    return row


def over(row: SignInSession | None, user: User, limits: Limits) -> str | None:
    """Why a browser is no longer signed in, in words; None while it is, which is noted."""
    moment = now()
    if row is None or row.user_id != user.id or row.ended_at is not None:
        return "You were signed out. Sign in again."
    if moment - row.began_at > limits.age:
        return "You have been signed in for a long time. Sign in again."
    if moment - row.seen_at > limits.idle:
        return "You were signed out because the page was not used for a while. Sign in again."
    if moment - row.seen_at > NOTED_EVERY:
        row.seen_at = moment
    return None


def end(row: SignInSession) -> None:
    """Sign a browser out."""
    row.ended_at = row.ended_at or now()


def end_others(user: User, kept: int | None) -> int:
    """Sign a person out everywhere but in one browser; returns how many were signed out."""
    others = [row for row in lasting(user) if row.id != kept]
    for row in others:
        end(row)
    return len(others)


def lasting(user: User, limits: Limits | None = None) -> Sequence[SignInSession]:
    """Where a person is signed in, the latest used first."""
    found = select(SignInSession).where(
        SignInSession.user_id == user.id, SignInSession.ended_at.is_(None)
    )
    if limits:
        found = found.where(
            SignInSession.seen_at > now() - limits.idle,
            SignInSession.began_at > now() - limits.age,
        )
    return db.session.scalars(found.order_by(SignInSession.seen_at.desc())).all()
