"""Accounts: who may sign in, in which role, and for which provider."""

from datetime import datetime

from flask import current_app
from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.passkeys import Passkey
from app.accounts.roles import Role
from app.kernel.audit import Actor, Audited
from app.kernel.database import Moment, choice, db
from providers.models.provider import Provider


class RoleName(RoleMixin):
    """A role in the shape the sign-in library asks for; it has no table of its own."""

    def __init__(self, name: str) -> None:
        self.name = name


class User(Audited, UserMixin, db.Model):
    """A person who signs in. A provider's account belongs to one provider, others to none.

    tf_primary_method, tf_totp_secret: of the second step, once it is set up, in the shape that the
    sign-in library asks for; the secret is encrypted by it. tf_last_counter: the number, by time,
    of the last code that was used. mf_recovery_codes: each works once. webauthn: the passkeys;
    fs_webauthn_user_handle: what they call the account.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(
            "(role = 'provider') = (provider_id IS NOT NULL)", name="provider_role_has_provider"
        ),
    )
    unaudited = frozenset(
        {
            "password",
            "fs_uniquifier",
            "tf_totp_secret",
            "tf_last_counter",
            "mf_recovery_codes",
            "fs_webauthn_user_handle",
        }
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)

    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(JSON(none_as_null=True))
    )

    provider: Mapped[Provider | None] = relationship()
    council: Mapped["CouncilIdentity | None"] = relationship(back_populates="user")
    webauthn: Mapped[list[Passkey]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by=Passkey.id
    )

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Whether nothing but the council's own sign-in opens this account.

        The sign-in library asks before it lets a password or a passkey in, or sends a link.
        """
        if self.council is None:
            return False
        if form_error is not None:
            form_error.append("Sign in with your council account")
        return True

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Whether signing in takes a second step: by the person's own choice, or by the role."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether this person may not do without a code: by the role, and with no passkey."""
        return self.needs_second_step and not self.webauthn

    @property
    def needs_second_step(self) -> bool:
        """Whether this role may not do without a second step (setting TWO_STEP_ROLES)."""
        return self.role.value in current_app.config["TWO_STEP_ROLES"]

    @property
    def roles(self) -> list[RoleName]:
        """The one role, in the shape the sign-in library asks for."""
        return [RoleName(self.role.value)]

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id

    @property
    def actor(self) -> Actor:
        """This person, as the audit trail names them."""
        return Actor(self.id, self.name)


class Invitation(Audited, db.Model):
    """An invitation to set a password. It is used once, and a newer one takes its place."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    sent_by: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class CouncilIdentity(Audited, db.Model):
    """Whom the council's own sign-in calls the owner of an account; the account has no password.

    issuer, subject: the provider and its unchanging name for the person (OpenID Connect Core, 2).
    left_at: since when the account is closed because the person is in no group with a role here.
    """

    __tablename__ = "council_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    unaudited = frozenset({"seen_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    seen_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(back_populates="council")
