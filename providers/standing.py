"""Deciding about a provider's standing on the framework, always with a reason that is kept."""

from collections.abc import Sequence

from sqlalchemy import select

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.lifecycle import Move
from app.kernel.rules import require
from providers.admission import ADMISSION
from providers.models.provider import Provider
from providers.models.standing import StandingDecision

BY_HAND = ("suspend", "reinstate", "remove", "record as left")
"""Moves that are decided by themselves; the others follow from an application."""


def moves(provider: Provider) -> list[Move]:
    """What may be decided about a provider now."""
    return [move for move in ADMISSION.offered(provider) if move.name in BY_HAND]


def decide(provider: Provider, move: str, reason: str, *, by: Actor) -> StandingDecision:
    """Suspend, reinstate or remove a provider, or record that it left.

    Raises RuleBroken where the move can't be made, or without a reason.
    """
    require(
        None if move in BY_HAND else f"“{move}” is not decided here.",
        None if reason.strip() else "Enter the reason.",
    )
    ADMISSION.fire(provider, move)
    row = StandingDecision(
        provider=provider,
        decision=move,
        reason=reason.strip(),
        decided_by=by.name,
        decided_at=now(),
    )
    db.session.add(row)
    return row


def history(provider: Provider) -> Sequence[StandingDecision]:
    """What was decided about a provider, the latest first."""
    found = select(StandingDecision).where(StandingDecision.provider_id == provider.id)
    return db.session.scalars(found.order_by(StandingDecision.id.desc())).all()
