"""A provider's people: who of them may sign in."""

from sqlalchemy import select

from app.accounts.models import User
from app.kernel.database import db
from providers.models.provider import Provider


def people_of(provider: Provider) -> list[User]:
    """Everyone who has, or had, access for a provider, by name."""
    return list(
        db.session.scalars(
            select(User).where(User.provider_id == provider.id).order_by(User.name, User.id)
        )
    )


def addresses_of(provider: Provider) -> list[str]:
    """The e-mail addresses of a provider's people who can sign in."""
    return [person.email for person in people_of(provider) if person.active]
