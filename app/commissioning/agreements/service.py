"""Answering and varying agreements: a version holds once its provider has accepted it."""

from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.commissioning.agreements import offering, terms
from app.commissioning.agreements.lifecycle import AGREEMENT, UNDER_WAY
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets import costs, limits
from app.commissioning.placements.lifecycle import PLACEMENT, PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.rules import require
from app.kernel.words import in_words, listed

VARIED = (PlacementState.AGREED, PlacementState.LIVE)


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
        terms.apply(version)
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


def propose(placement: Placement, change: terms.Change, reason: str, by: User) -> Agreement:
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
        *terms.faults(placement, change),
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

    panel: the decision is a panel's, which by only records. Raises RuleBroken where the person
    proposed it, the whole placement goes beyond their limit, or the room is gone.
    """
    version = _locked(version)
    version.decided_by_id = None if version.proposed_by_id == by.id else by.id
    require(
        "You proposed this change, so somebody else must decide about it."
        if version.proposed_by_id == by.id
        else None,
        *AGREEMENT.reasons_against(version, "approve"),
        None if panel else beyond_limit(version, by),
        *terms.faults(version.placement, terms.change_in(version)),
    )
    version.decided_by, version.decided_at = _decider(by, panel), now()
    AGREEMENT.fire(version, "approve")
    db.session.flush()


def beyond_limit(version: Agreement, user: User) -> str | None:
    """Why a person may not approve a variation alone; None where the limit allows it."""
    cost, limit = whole_cost_with(version), limits.limit_of(user)
    if cost <= limit:
        return None
    return (
        f"The placement would cost {pounds(cost)} over its whole length and your limit is "
        f"{pounds(limit)}. Put it on a panel’s agenda."
    )


def _decider(by: User, panel: bool) -> str:
    return f"Panel (recorded by {by.name})" if panel else by.name


def refuse(version: Agreement, reason: str, by: User, *, panel: bool = False) -> None:
    """Refuse a variation, for a reason; as a panel's decision, where by only records it."""
    version = _locked(version)
    require(
        None if reason.strip() else "Enter why you refuse it.",
        "You proposed this change, so somebody else must decide about it."
        if version.proposed_by_id == by.id
        else None,
    )
    require(*AGREEMENT.reasons_against(version, "refuse"))
    version.decided_by_id, version.decided_at = by.id, now()
    version.decided_by = _decider(by, panel)
    version.answer = reason.strip()
    AGREEMENT.fire(version, "refuse")
    db.session.flush()


def withdraw(version: Agreement) -> None:
    """Take back a version that nobody has accepted."""
    AGREEMENT.fire(_locked(version), "withdraw")
    db.session.flush()


def _as_it_stands(placement: Placement) -> terms.Change:
    return terms.Change(
        placement.starts_on, placement.ends_on, placement.hours, placement.pence_per_hour
    )


def differences(placement: Placement, change: terms.Change) -> list[str]:
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
    return listed(differences(version.placement, terms.change_in(version)))


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


def _version(placement: Placement, change: terms.Change, reason: str, by: User) -> Agreement:
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


def _locked(version: Agreement) -> Agreement:
    """The version and its placement under a lock, as they stand now."""
    db.session.get_one(
        Placement, version.placement_id, with_for_update=True, populate_existing=True
    )
    return db.session.get_one(Agreement, version.id, with_for_update=True, populate_existing=True)
