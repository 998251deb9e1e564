"""Forms that were taken: each is taken once, however often its button is pressed."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.clock import now
from app.kernel.database import Moment, db

KEPT = timedelta(days=1)
"""How long it is remembered that a form was taken. A page is seldom left open for longer."""

_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class SentForm(db.Model):
    """One form that was taken.

    key: a digest of who sent it and of all that it held, which cannot be turned back into either.
    led_to: the address of the page that its sender was led to.
    """

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    led_to: Mapped[str] = mapped_column(String(2000))
    taken_at: Mapped[datetime] = mapped_column(Moment, index=True)


def led_to(key: str) -> str | None:
    """Where the form of this key led when it was taken; None where it was not."""
    return db.session.scalar(select(SentForm.led_to).where(SentForm.key == key))


def take(key: str, leads_to: str) -> bool:
    """Note, with what the form changed, that it was taken; False where it was taken before.

    Where the same form is being taken at this moment, waits for how that ends. The present
    transaction is then to be undone.
    """
    insert = _INSERT[db.session.get_bind().dialect.name]
    row = {"key": key, "led_to": leads_to, "taken_at": now()}
    taken = insert(SentForm).values(row).on_conflict_do_nothing().returning(SentForm.key)
    return db.session.scalar(taken) is not None


def forget() -> int:
    """Forget what is older than KEPT; returns how many forms."""
    old = delete(SentForm).where(SentForm.taken_at < now() - KEPT)
    return db.session.execute(old).rowcount
