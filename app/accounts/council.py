"""Staff who come by the council's own sign-in: who is let in, in which role, and who has left.

The council's provider says who somebody is and in which groups; the groups say the role, anew at
each sign-in. Somebody in no such group has no account here, or has it no longer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import select

from app.accounts import sessions
from app.accounts.models import CouncilIdentity, User
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require

NO_GROUP = (
    "Your council account is in no group that may use Fairplace. Ask whoever looks after accounts "
    "at the council."
)
CLOSED = "This account was closed. Ask an administrator of Fairplace."
TAKEN = (
    "An account with this email address exists already. Sign in to it with its password, then "
    "connect your council account under your name."
)
NO_ADDRESS = "Your council account has no name or no email address. Ask whoever looks after it."


@dataclass(frozen=True)
class Claims:
    """What the council's provider says of somebody, in a token whose signature was checked.

    is_verified: whether the provider vouches for the email address. asked_at: when it last asked
    the person for proof, in seconds of the epoch, where it tells.
    """

    issuer: str
    subject: str
    name: str
    email: str
    is_verified: bool
    groups: tuple[str, ...]
    asked_at: int | None = None


@dataclass(frozen=True)
class Answer:
    """Who may come in, or why nobody may, in words."""

    user: User | None = None
    refused: str | None = None


def role_for(groups: Iterable[str], roles: Mapping[str, Role]) -> Role | None:
    """The role of the first group in the setting that somebody is in; None where in none."""
    mine = set(groups)
    return next((role for group, role in roles.items() if group in mine), None)


def enter(claims: Claims, roles: Mapping[str, Role]) -> Answer:
    """Let somebody in, with the role of their groups; close the account of whoever has none.

    An account is made at the first sign-in. One that has the same email address is taken over
    only where the provider vouches for the address, and a provider's account never is.
    """
    role, identity = role_for(claims.groups, roles), _identity(claims)
    if role is None:
        if identity is not None:
            leave(identity)
        return Answer(refused=NO_GROUP)
    if identity is None:
        return _first_time(claims, role)
    if not identity.user.active and identity.left_at is None:
        return Answer(refused=CLOSED)
    _bring_up_to_date(identity, claims, role)
    return Answer(identity.user)


def connect(user: User, claims: Claims, roles: Mapping[str, Role]) -> None:
    """From now on let somebody who is signed in come by the council's sign-in alone.

    Raises RuleBroken for a provider's account, for another person's identity or email address,
    and where no group gives a role.
    """
    role = role_for(claims.groups, roles)
    require(
        "Accounts of providers sign in with a password." if user.role is Role.PROVIDER else None,
        None if role else NO_GROUP,
        "This council account is connected already." if _identity(claims) or user.council else None,
        None
        if claims.email == user.email
        else "The council account has another email address than this account.",
    )
    assert role is not None
    _connect(user, claims, role)


def is_of(claims: Claims, user: User) -> bool:
    """Whether the provider speaks of the very person whose account this is."""
    own = user.council
    return own is not None and (own.issuer, own.subject) == (claims.issuer, claims.subject)


def leave(identity: CouncilIdentity) -> None:
    """Close the account of somebody who has left, and sign them out everywhere."""
    if identity.left_at is not None:
        return
    identity.left_at = now()
    identity.user.active = False
    identity.user.fs_uniquifier = uuid4().hex
    sessions.end_others(identity.user, None)


def not_among(names: Iterable[str]) -> Sequence[CouncilIdentity]:
    """Whoever comes by the council's sign-in and is not in a list of those who work there.

    names: subjects or email addresses, as the council's directory exports them.
    """
    there = {name.strip().lower() for name in names}
    open_ones = select(CouncilIdentity).where(CouncilIdentity.left_at.is_(None))
    return [
        identity
        for identity in db.session.scalars(open_ones.order_by(CouncilIdentity.id))
        if not {identity.subject.lower(), identity.user.email} & there
    ]


def _first_time(claims: Claims, role: Role) -> Answer:
    if not (claims.email and claims.name):
        return Answer(refused=NO_ADDRESS)
    user = db.session.scalar(select(User).where(User.email == claims.email))
    if user is None:
        user = open_account(
            email=claims.email, name=claims.name, role=role, password=token_urlsafe(32)
        )
    elif not user.active:
        return Answer(refused=CLOSED)
    elif not claims.is_verified or user.role is Role.PROVIDER or user.council:
        return Answer(refused=TAKEN)
    _connect(user, claims, role)
    return Answer(user)


def _connect(user: User, claims: Claims, role: Role) -> None:
    """Tie an account to an identity: what opened it before opens it no longer."""
    identity = CouncilIdentity(
        user=user, issuer=claims.issuer, subject=claims.subject, seen_at=now()
    )
    db.session.add(identity)
    user.password = hash_password(token_urlsafe(32))
    user.fs_uniquifier = uuid4().hex
    user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
    user.webauthn.clear()
    sessions.end_others(user, None)
    _bring_up_to_date(identity, claims, role)


def _bring_up_to_date(identity: CouncilIdentity, claims: Claims, role: Role) -> None:
    """Take over role, name and email address; an address that another account has is left."""
    user = identity.user
    user.role, user.active = role, True
    user.name = claims.name[:120] or user.name
    taken = select(User.id).where(User.email == claims.email, User.id != user.id)
    if claims.email and db.session.scalar(taken) is None:
        user.email = claims.email
    identity.left_at, identity.seen_at = None, now()
    db.session.flush()


def _identity(claims: Claims) -> CouncilIdentity | None:
    return db.session.scalar(
        select(CouncilIdentity).where(
            CouncilIdentity.issuer == claims.issuer, CouncilIdentity.subject == claims.subject
        )
    )
