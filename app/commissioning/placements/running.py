"""Starting, cancelling and ending placements, with what must be given back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning.agreements.lifecycle import AGREEMENT, UNDER_WAY
from app.commissioning.budgets import costs
from app.commissioning.placements.deciding import settle_referral
from app.commissioning.placements.lifecycle import PLACEMENT, Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import require
from providers import commitments
from providers.models.commitment import COMMITMENT, Commitment, CommitmentState


@dataclass(frozen=True)
class Held:
    """A placement whose first day has come and that cannot start, with every reason."""

    placement: Placement
    reasons: tuple[str, ...]


def start(placement: Placement) -> None:
    """The child begins. Raises RuleBroken without approval, agreement and plan, or too early."""
    placement = _locked(placement)
    PLACEMENT.fire(placement, "start")
    if placement.commitment.state is CommitmentState.PROMISED:
        COMMITMENT.fire(placement.commitment, "start")
    db.session.flush()


def start_due(on: date) -> tuple[list[Placement], list[Held]]:
    """Start what begins by a day and has all it needs; what was started, and what was not."""
    statement = (
        select(Placement)
        .where(
            Placement.state.in_((PlacementState.APPROVED, PlacementState.AGREED)),
            Placement.starts_on <= on,
        )
        .options(*WHOLE)
        .order_by(Placement.starts_on, Placement.id)
    )
    started, held = [], []
    for placement in db.session.scalars(statement).unique().all():
        reasons = PLACEMENT.reasons_against(placement, "start")
        if reasons:
            held.append(Held(placement, what_is_missing(placement)))
        else:
            start(placement)
            started.append(placement)
    return started, held


def what_is_missing(placement: Placement) -> tuple[str, ...]:
    """Everything that keeps a placement from starting, whatever state it is in."""
    return PLACEMENT.moves["start"].reasons_against(placement)


def cancel(placement: Placement, reason: str) -> None:
    """Cancel a placement before it starts: room and money are given back, the child waits again.

    Raises RuleBroken without a reason, or once it is live.
    """
    placement = _locked(placement)
    require(None if reason.strip() else "Enter why the placement is cancelled.")
    placement.cancelled_reason = reason.strip()
    PLACEMENT.fire(placement, "cancel")
    _give_back(placement, today())
    _after(placement)
    settle_referral(placement.proposal)


def end(placement: Placement, last_day: date, destination: Destination, _by: User | None) -> None:
    """End a live placement on a day that has come: its room is free and its cost stops there.

    The child waits again where the placement broke down. Raises RuleBroken.
    """
    placement = _locked(placement)
    placement.ended_on, placement.destination = last_day, destination
    PLACEMENT.fire(placement, "end")
    _give_back(placement, last_day)
    _after(placement)
    if destination is Destination.BROKE_DOWN:
        settle_referral(placement.proposal)


def _give_back(placement: Placement, last_day: date) -> None:
    """Free the room from the day after on: that of the terms that hold, and of terms agreed for
    later. What was to begin later is released; what runs ends on that day or before."""
    held = select(Commitment).where(
        Commitment.offer_id == placement.offer_id,
        Commitment.reference == placement.reference,
        Commitment.state.in_(commitments.OPEN),
    )
    for commitment in db.session.scalars(held).all():
        if commitment.state is CommitmentState.PROMISED and commitment.starts_on > today():
            commitments.release(commitment)
        elif commitment.ends_on is None or commitment.ends_on > last_day:
            commitments.end(commitment, max(last_day, commitment.starts_on))
        elif commitment.ends_on <= today():
            commitments.end(commitment, commitment.ends_on)


def _after(placement: Placement) -> None:
    """Take back versions that nobody has accepted, and write down what is committed now."""
    for version in placement.agreements:
        if version.state in UNDER_WAY:
            AGREEMENT.fire(version, "withdraw")
    costs.keep(placement)


def _locked(placement: Placement) -> Placement:
    return db.session.get_one(Placement, placement.id, with_for_update=True, populate_existing=True)
