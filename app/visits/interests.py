"""Declared interests: who has one neither visits, judges nor reads concerns of that provider."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.visits.settings_models import Interest
from providers.models.provider import Provider


def declare(user: User, provider: Provider, what: str) -> Interest:
    """Declare an interest. Raises RuleBroken where it is not said or declared already."""
    require(
        None if what.strip() else "Enter what the interest is.",
        f"{user.name} has declared an interest in {provider.name} already."
        if _of(user.id, provider.id)
        else None,
    )
    row = Interest(user=user, provider=provider, what=what.strip(), declared_at=now())
    db.session.add(row)
    db.session.flush()
    return row


def end(interest: Interest, on: date) -> None:
    """End an interest; it holds no longer from that day on. Raises RuleBroken where it ended."""
    require("This interest has ended already." if interest.ended_on else None)
    interest.ended_on = on


def objection(user_id: int | None, name: str, provider: Provider) -> str | None:
    """Why a person may not visit or judge a provider; None where nothing is declared."""
    if user_id is None or not _of(user_id, provider.id):
        return None
    return (
        f"{name} has declared an interest in {provider.name}. "
        "Another adviser has to visit and judge it."
    )


def providers_of(user_id: int) -> set[int]:
    """The ids of the providers in which a person has an interest now."""
    found = select(Interest.provider_id).where(
        Interest.user_account_id == user_id, Interest.ended_on.is_(None)
    )
    return set(db.session.scalars(found))


def those_with_one(provider: Provider) -> set[int]:
    """The ids of the people who have an interest in a provider now."""
    found = select(Interest.user_account_id).where(
        Interest.provider_id == provider.id, Interest.ended_on.is_(None)
    )
    return set(db.session.scalars(found))


def in_force() -> list[Interest]:
    """Every interest that holds now, by person and provider."""
    return list(
        db.session.scalars(
            select(Interest)
            .join(Interest.user)
            .where(Interest.ended_on.is_(None))
            .options(joinedload(Interest.user), joinedload(Interest.provider))
            .order_by(User.name, Interest.id)
        )
    )


def _of(user_id: int, provider_id: int) -> Interest | None:
    return db.session.scalar(
        select(Interest).where(
            Interest.user_account_id == user_id,
            Interest.provider_id == provider_id,
            Interest.ended_on.is_(None),
        )
    )
