"""Answering and varying agreements: a version holds once its provider has accepted it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.commissioning.agreements import offering
from app.commissioning.agreements.lifecycle import AGREEMENT, UNDER_WAY, AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets import costs, limits
from app.commissioning.placements.gatekeeping import law_against
from app.commissioning.placements.lifecycle import PLACEMENT, PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.rules import RuleBroken, require
from app.kernel.words import in_words, listed
from providers import commitments
from providers.capacity import free_on
from providers.models.commitment import CommitmentState
from providers.needs import PriceUnit, VatBasis
from providers.pricing import Price, above_cap, cap_on
from providers.queries import Closure, caps_in_force

VARIED = (PlacementState.AGREED, PlacementState.LIVE)


@dataclass(frozen=True)
class Change:
    """What a variation asks for, from effective_on on. hours: a week. pence_per_hour: net."""

    effective_on: date
    ends_on: date
    hours: int
    pence_per_hour: int


def accept(version: Agreement, by: User) -> None:
    """A provider accepts a version; its terms hold from its day on.

    Raises RuleBroken where it was answered already, or the room for a variation is gone.
    """
    version = _locked(version)
    require(*AGREEMENT.reasons_against(version, "accept"))
    placement = version.placement
    require(
        f"{placement.reference} was cancelled. There is nothing left to agree."
        if placement.state is PlacementState.CANCELLED
        else None
    )
    if version.number > 1:
        _apply(version)
    version.accepted_by_id, version.accepted_by = by.id, by.name
    version.accepted_at = now()
    AGREEMENT.fire(version, "accept")
    if placement.state is PlacementState.APPROVED:
        db.session.flush()
        PLACEMENT.fire(placement, "agree")
    db.session.flush()
    costs.keep(placement)


def decline(version: Agreement, reason: str, by: User) -> None:
    """A provider declines a version, for a reason; what was agreed before goes on holding."""
    version = _locked(version)
    require(None if reason.strip() else "Enter why you decline it.")
    version.answer = f"{reason.strip()} ({by.name})"
    AGREEMENT.fire(version, "decline")
    db.session.flush()


def offer_again(placement: Placement, by: User) -> Agreement:
    """Offer the agreement of an approved placement again, after its provider declined it."""
    require(
        None
        if placement.state is PlacementState.APPROVED
        else "Only an approved placement that nobody has agreed yet can be offered again.",
        "Its agreement is waiting for the provider already." if under_way(placement) else None,
    )
    version = _version(placement, _as_it_stands(placement), "", by)
    with db.session.no_autoflush:  # its text is not written yet
        offering.write(version)
    AGREEMENT.fire(version, "offer")
    db.session.flush()
    return version


def under_way(placement: Placement) -> Agreement | None:
    """The version that waits for approval or for the provider, None where none does."""
    return next((each for each in placement.agreements if each.state in UNDER_WAY), None)


def propose(placement: Placement, change: Change, reason: str, by: User) -> Agreement:
    """A variation: offered to the provider at once, or first approved where its cost grows.

    Raises RuleBroken with every reason.
    """
    require(
        None if reason.strip() else "Enter why the agreement is to change.",
        None
        if placement.state in VARIED
        else "Only a placement that is agreed or live can be varied.",
        "Another version is waiting already. Wait for its answer, or withdraw it."
        if under_way(placement)
        else None,
        None if differences(placement, change) else "Change the hours, the price or the last day.",
        *_faults(placement, change),
    )
    version = _version(placement, change, reason.strip(), by)
    with db.session.no_autoflush:  # its text is not written yet
        offering.write(version, f"From {in_words(change.effective_on)}: {changes_of(version)}.")
    if growth(version) <= 0:
        AGREEMENT.fire(version, "offer")
    db.session.flush()
    return version


def approve(version: Agreement, by: User, *, panel: bool = False) -> None:
    """Approve a variation that costs more, so that it is offered to the provider.

    Raises RuleBroken where the person proposed it, the whole placement goes beyond their limit,
    or the room is gone.
    """
    version = _locked(version)
    version.decided_by_id = None if version.proposed_by_id == by.id else by.id
    cost, limit = whole_cost_with(version), limits.limit_of(by)
    require(
        "You proposed this change, so somebody else must decide about it."
        if version.proposed_by_id == by.id
        else None,
        *AGREEMENT.reasons_against(version, "approve"),
        f"The placement would cost {pounds(cost)} over its whole length and your limit is "
        f"{pounds(limit)}. Ask somebody with a higher limit."
        if cost > limit and not panel
        else None,
        *_faults(version.placement, change_in(version)),
    )
    version.decided_by, version.decided_at = by.name, now()
    AGREEMENT.fire(version, "approve")
    db.session.flush()


def refuse(version: Agreement, reason: str, by: User) -> None:
    """Refuse a variation, for a reason."""
    version = _locked(version)
    require(
        None if reason.strip() else "Enter why you refuse it.",
        "You proposed this change, so somebody else must decide about it."
        if version.proposed_by_id == by.id
        else None,
    )
    version.decided_by_id, version.decided_by, version.decided_at = by.id, by.name, now()
    version.answer = reason.strip()
    AGREEMENT.fire(version, "refuse")
    db.session.flush()


def withdraw(version: Agreement) -> None:
    """Take back a version that nobody has accepted."""
    AGREEMENT.fire(_locked(version), "withdraw")
    db.session.flush()


def change_in(version: Agreement) -> Change:
    """The terms of a version as a change."""
    return Change(version.effective_on, version.ends_on, version.hours, version.pence_per_hour)


def _as_it_stands(placement: Placement) -> Change:
    return Change(placement.starts_on, placement.ends_on, placement.hours, placement.pence_per_hour)


def differences(placement: Placement, change: Change) -> list[str]:
    """What a change would change, in words."""
    found = []
    if change.hours != placement.hours:
        found.append(f"{change.hours} hours a week instead of {placement.hours}")
    if change.pence_per_hour != placement.pence_per_hour:
        found.append(
            f"{pounds(change.pence_per_hour)} an hour instead of {pounds(placement.pence_per_hour)}"
        )
    if change.ends_on != placement.ends_on:
        found.append(
            f"last day {in_words(change.ends_on)} instead of {in_words(placement.ends_on)}"
        )
    return found


def changes_of(version: Agreement) -> str:
    """What a version changes, in words; as offered where it holds already."""
    return listed(differences(version.placement, change_in(version)))


def whole_cost_with(version: Agreement) -> int:
    """What the placement would cost over its whole length under a version, with transport."""
    placement = version.placement
    day_before = version.effective_on - timedelta(days=1)
    before = [
        each
        for each in costs.stretches_of(placement, day_before)
        if version.effective_on > placement.starts_on
    ]
    after = costs.Stretch(
        version.effective_on,
        version.ends_on,
        version.pence_a_week,
        placement.transport_pence_a_week,
    )
    return costs.total(costs.by_year([*before, after]))


def growth(version: Agreement) -> int:
    """How much more the placement would cost under a version; negative where less."""
    return whole_cost_with(version) - costs.total(costs.cost_of(version.placement))


def _version(placement: Placement, change: Change, reason: str, by: User) -> Agreement:
    newest = select(func.max(Agreement.number)).where(Agreement.placement_id == placement.id)
    version = Agreement(
        number=(db.session.scalar(newest) or 0) + 1,
        state=AGREEMENT.initial,
        effective_on=change.effective_on,
        ends_on=change.ends_on,
        hours=change.hours,
        pence_per_hour=change.pence_per_hour,
        pence_a_week=change.pence_per_hour * change.hours,
        reason=reason or None,
        proposed_by_id=by.id,
        proposed_by=by.name,
        proposed_at=now(),
    )
    placement.agreements.append(version)
    return version


def _faults(placement: Placement, change: Change) -> list[str | None]:
    """What stands against a change as things are now: days, room, cap and law."""
    running = placement.state is PlacementState.LIVE
    earliest = max(today(), placement.starts_on + timedelta(days=1)) if running else None
    service = placement.service
    cap = cap_on(caps_in_force(change.effective_on), service.code, change.effective_on)
    dearer = change.pence_per_hour > placement.pence_per_hour
    price = Price(max(change.pence_per_hour, 1), PriceUnit.HOUR, VatBasis.EXEMPT)
    return [
        f"It can change from {in_words(earliest)} at the earliest."
        if earliest and change.effective_on < earliest
        else None,
        f"It has not begun, so it changes from its first day, {in_words(placement.starts_on)}."
        if not running and change.effective_on != placement.starts_on
        else None,
        "The last day must not be before the change."
        if change.ends_on < change.effective_on
        else None,
        above_cap(price, cap, service.name, offer_id=placement.offer_id) if dearer else None,
        *(law_against(placement, change.hours) if change.hours > placement.hours else ()),
        _shortage(placement, change),
    ]


def _shortage(placement: Placement, change: Change) -> str | None:
    """Whether the offer lacks the room for what a change adds."""
    if change.hours <= placement.hours and change.ends_on <= placement.ends_on:
        return None
    offer, name = placement.offer, placement.offer.provider.name
    free = free_on(offer, change.effective_on, change.ends_on)
    own = placement.commitment
    mine = placement.hours if own and own.runs_on(change.effective_on) else 0
    if free.hours is not None and change.hours > free.hours + mine:
        return f"{name} has only {free.hours} hours a week free besides those of this placement."
    return None


def _apply(version: Agreement) -> None:
    """Make a variation's terms the placement's, with the provider's room under its lock."""
    placement, change = version.placement, change_in(version)
    require(*_faults(placement, change))
    only_earlier = (
        change.hours == placement.hours
        and change.pence_per_hour == placement.pence_per_hour
        and change.ends_on <= placement.ends_on
    )
    if only_earlier:
        placement.commitment.ends_on = change.ends_on
    else:
        _move_room(version, change)
    for earlier in placement.agreements:
        if earlier.state is AgreementState.ACCEPTED:
            AGREEMENT.fire(earlier, "replace")
    placement.hours, placement.ends_on = change.hours, change.ends_on
    placement.pence_per_hour, placement.pence_a_week = change.pence_per_hour, version.pence_a_week


def _move_room(version: Agreement, change: Change) -> None:
    """End the room that was promised and promise the new, so that none is counted twice."""
    placement, old = version.placement, version.placement.commitment
    if old.state is CommitmentState.PROMISED and change.effective_on <= old.starts_on:
        commitments.release(old)
    else:
        commitments.end(old, change.effective_on - timedelta(days=1))
    db.session.flush()
    allowed = (Closure.CAP,) if change.pence_per_hour <= placement.pence_per_hour else ()
    try:
        placement.commitment = commitments.promise(
            placement.offer,
            reference=placement.reference,
            hours=change.hours,
            sessions=placement.sessions if change.hours <= placement.hours else 0,
            starts_on=change.effective_on,
            ends_on=change.ends_on,
            pence_a_week=version.pence_a_week,
            source=f"{placement.reference}, version {version.number}",
            despite=allowed,
        )
    except RuleBroken as refusal:
        raise RuleBroken(
            *refusal.reasons, "Decline this version and tell the authority why."
        ) from refusal


def _locked(version: Agreement) -> Agreement:
    """The version and its placement under a lock, as they stand now."""
    db.session.get_one(
        Placement, version.placement_id, with_for_update=True, populate_existing=True
    )
    return db.session.get_one(Agreement, version.id, with_for_update=True, populate_existing=True)
