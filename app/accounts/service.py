"""Opening accounts."""

from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password

from app.accounts.models import User
from app.accounts.passwords import objection
from app.accounts.roles import Role
from app.kernel.database import db
from app.kernel.rules import require
from providers.models.provider import Provider


def open_account(
    *, email: str, name: str, role: Role, password: str, provider: Provider | None = None
) -> User:
    """A new account that can sign in at once.

    Raises RuleBroken where the address is none or is taken, where there is no name, where the
    password will not do (`app.accounts.passwords`), or where role and provider do not fit.
    """
    email, name = email.strip().lower(), name.strip()
    taken = db.session.scalar(db.select(User.id).where(User.email == email))
    require(
        None if _is_address(email) else "Enter an email address such as name@example.org.",
        None if name else "Enter the person’s name.",
        objection(password, (name, email)),
        "An account with this email address exists already." if taken else None,
        "A provider’s account needs the provider it belongs to."
        if role is Role.PROVIDER and provider is None
        else None,
        "Only a provider’s account belongs to a provider."
        if role is not Role.PROVIDER and provider is not None
        else None,
    )
    user = User(
        email=email,
        name=name,
        role=role,
        provider=provider,
        password=hash_password(password),
        fs_uniquifier=uuid4().hex,
    )
    db.session.add(user)
    db.session.flush()
    return user


def is_taken(email: str) -> bool:
    """Whether an account has this email address."""
    return (
        db.session.scalar(db.select(User.id).where(User.email == email.strip().lower())) is not None
    )


def _is_address(email: str) -> bool:
    """Whether this is written as an email address; nobody is asked whether it is in use."""
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
