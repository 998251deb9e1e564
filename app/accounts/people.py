"""A provider's people: who of them may sign in, inviting a colleague, taking access away."""

from dataclasses import dataclass
from secrets import token_urlsafe
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Invitation, User
from app.accounts.passwords import objection
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from providers.models.provider import Provider


@dataclass(frozen=True)
class Person:
    """Somebody with an account for a provider. invitation: the last one, while it is unused."""

    user: User
    invitation: Invitation | None

    @property
    def is_invited(self) -> bool:
        """Whether they were invited and have not set a password yet."""
        return not self.user.active and self.invitation is not None


def people_of(provider: Provider) -> list[Person]:
    """Everyone who has access for a provider, or was invited to, by name."""
    users = db.session.scalars(
        select(User).where(User.provider_id == provider.id).order_by(User.name, User.id)
    ).all()
    open_ones = select(Invitation).where(
        Invitation.user_id.in_([user.id for user in users]), Invitation.used_at.is_(None)
    )
    invited = {row.user_id: row for row in db.session.scalars(open_ones.order_by(Invitation.id))}
    people = [Person(user, invited.get(user.id)) for user in users]
    return [person for person in people if person.user.active or person.is_invited]


def addresses_of(provider: Provider) -> list[str]:
    """The e-mail addresses of a provider's people who can sign in."""
    return [person.user.email for person in people_of(provider) if person.user.active]


def invite(provider: Provider, *, email: str, name: str) -> Invitation:
    """Open an account that can be used once its owner has set a password by an invitation.

    Somebody of the same provider whose access was taken away is invited anew.
    Raises RuleBroken where the address belongs to an account already.
    """
    email = email.strip().lower()
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        user = open_account(
            email=email,
            name=name.strip(),
            role=Role.PROVIDER,
            password=token_urlsafe(32),
            provider=provider,
        )
        user.active = False
    ours = user.provider_id == provider.id and not user.active
    require(None if ours else "An account with this email address exists already.")
    user.name = name.strip()
    return invite_again(user)


def invite_again(user: User) -> Invitation:
    """A further invitation; those sent before no longer work. Raises RuleBroken once active."""
    require(f"{user.name} has access already." if user.active else None)
    _use_up(user)
    actor = audit.current_actor()
    invitation = Invitation(user=user, sent_by=actor.name if actor else "", sent_at=now())
    db.session.add(invitation)
    db.session.flush()
    return invitation


def join(invitation: Invitation, password: str) -> User:
    """Set the password that an invitation asks for; the account can then be used.

    Raises RuleBroken where the invitation was used, another took its place, or the password will
    not do.
    """
    locked = db.session.get_one(
        Invitation, invitation.id, with_for_update=True, populate_existing=True
    )
    user = locked.user
    require(
        None if locked.used_at is None else "This invitation was used already.",
        objection(password, (user.name, user.email)),
    )
    user.password = hash_password(password)
    user.fs_uniquifier = uuid4().hex
    user.active = True
    locked.used_at = now()
    return user


def remove(user: User, by: User) -> None:
    """Take somebody's access away at once, or their invitation. Raises RuleBroken for oneself."""
    require(
        "You cannot take your own access away. Ask a colleague to do it."
        if user.id == by.id
        else None
    )
    user.active = False
    user.fs_uniquifier = uuid4().hex  # whoever is signed in is signed out
    _use_up(user)


def _use_up(user: User) -> None:
    """Let no invitation that was sent before work any longer."""
    unused = select(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None))
    for earlier in db.session.scalars(unused):
        earlier.used_at = now()
    db.session.flush()
