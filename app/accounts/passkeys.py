"""Passkeys: keys kept by a person's own device, which no page can be tricked into giving away."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_security import WebAuthnMixin
from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.clock import now
from app.kernel.database import Moment, db

if TYPE_CHECKING:
    from app.accounts.models import User


class BothUses(str):
    """Equal to either use of a passkey that the sign-in library tells apart.

    One passkey signs in by itself, where the device has checked who holds it, and stands in for a
    code after the password. With keys of one use only, whoever has a passkey to sign in and knows
    of no second step could be asked for the password alone.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other in ("first", "secondary")

    def __hash__(self) -> int:
        return hash("both")


class Passkey(Audited, WebAuthnMixin, db.Model):
    """A passkey, in the shape that the sign-in library asks for.

    credential_id, public_key: what the device gave (WebAuthn, level 2). sign_count: its counter, 0
    where it has none. name: the owner's own word for it.
    """

    __tablename__ = "passkey"
    __table_args__ = (db.UniqueConstraint("user_id", "name"),)
    unaudited = frozenset(
        {"credential_id", "public_key", "sign_count", "transports", "extensions",
         "lastuse_datetime", "backup_state", "device_type"}
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    added_at: Mapped[datetime] = mapped_column(Moment, default=now)
    lastuse_datetime: Mapped[datetime] = mapped_column(Moment)

    user: Mapped["User"] = relationship(back_populates="webauthn")

    @property
    def usage(self) -> str:
        """What it is for, as the library asks: anything."""
        return BothUses("first")

    @usage.setter
    def usage(self, _wished: str) -> None:
        """A wish of the page, which makes no difference."""
