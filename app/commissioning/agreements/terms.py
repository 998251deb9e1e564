"""Terms of a version: what stands against a change, and making them hold once it is accepted."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.commissioning.agreements.lifecycle import AGREEMENT, AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.placements import full
from app.commissioning.placements.law import law_against, week_against
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken, require
from app.kernel.words import in_words
from providers import commitments
from providers.capacity import free_on
from providers.needs import PriceUnit, VatBasis
from providers.pricing import Price, above_cap, cap_on
from providers.queries import Closure, caps_in_force

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """What a variation asks for, from effective_on on. hours: a week. pence_per_hour: net."""

    effective_on: date
    ends_on: date
    hours: int
    pence_per_hour: int


def change_in(version: Agreement) -> Change:
    """The terms of a version as a change."""
    return Change(version.effective_on, version.ends_on, version.hours, version.pence_per_hour)


def faults(placement: Placement, change: Change) -> list[str | None]:
    """What stands against a change as things are now: days, room, cap and law."""
    service = placement.service
    cap = cap_on(caps_in_force(change.effective_on), service.code, change.effective_on)
    dearer = change.pence_per_hour > placement.pence_per_hour
    price = Price(max(change.pence_per_hour, 1), PriceUnit.HOUR, VatBasis.EXEMPT)
    return [
        _day_fault(placement, change.effective_on),
        "The last day must not be before the change."
        if change.ends_on < change.effective_on
        else None,
        None if change.pence_per_hour > 0 else "Enter a price of more than £0.",
        above_cap(price, cap, service.name, offer_id=placement.offer_id) if dearer else None,
        *(law_against(placement, change.hours) if change.hours > placement.hours else ()),
        *(week_against(placement, change.hours) if change.hours > placement.hours else ()),
        *_shortages(placement, change),
    ]


def _day_fault(placement: Placement, day: date) -> str | None:
    """Why a change cannot begin on a day: what happened, and what was agreed after, stays."""
    first = placement.starts_on
    if placement.state is not PlacementState.LIVE:
        if day == first:
            return None
        return f"It has not begun, so it changes from its first day, {in_words(first)}."
    agreed = [each.effective_on for each in placement.agreements if each.was_accepted]
    latest = max(agreed, default=first)
    earliest = max(today(), first + ONE_DAY)
    if day < latest:
        return f"What was agreed last holds from {in_words(latest)}. Enter that day or a later one."
    if day < earliest:
        return f"It can change from {in_words(earliest)} at the earliest."
    if day > placement.ends_on + ONE_DAY:
        return (
            f"It was agreed to {in_words(placement.ends_on)}. Enter a day up to the day after, or "
            "end the placement and propose another."
        )
    return None


def _shortages(placement: Placement, change: Change) -> list[str]:
    """Whether the offer lacks the room for what a change adds."""
    offer, name, found = placement.offer, placement.offer.provider.name, []
    own = placement.commitment
    if change.hours > placement.hours or change.ends_on > placement.ends_on:
        free = free_on(offer, change.effective_on, change.ends_on)
        mine = placement.hours if own and own.runs_on(change.effective_on) else 0
        if free.hours is not None and change.hours > free.hours + mine:
            found.append(
                f"{name} has only {free.hours} hours a week free besides those of this placement."
            )
    if change.ends_on > placement.ends_on and change.ends_on > change.effective_on:
        after = max(placement.ends_on + ONE_DAY, change.effective_on)
        if free_on(offer, after, change.ends_on).places < 1:
            found.append(f"{name} has promised the place after {in_words(placement.ends_on)}.")
    if change.ends_on > placement.ends_on:
        beyond = full.objection_to_stay(placement, placement.ends_on + ONE_DAY, change.ends_on)
        found += [beyond] if beyond else []
    return found


def apply(version: Agreement) -> None:
    """Make a variation's terms the placement's, with the provider's room under its lock."""
    placement, change = version.placement, change_in(version)
    full.hold_limits({placement.offer.provider_id})
    require(*faults(placement, change))
    _move_room(version, change)
    for earlier in placement.agreements:
        if earlier.state is AgreementState.ACCEPTED:
            AGREEMENT.fire(earlier, "replace")
    placement.hours, placement.ends_on = change.hours, change.ends_on
    placement.pence_per_hour, placement.pence_a_week = change.pence_per_hour, version.pence_a_week


def _move_room(version: Agreement, change: Change) -> None:
    """Change the room that is taken from the version's day on, so that none is counted twice.

    A change that takes no more is made though the provider takes nobody new.
    """
    placement, old = version.placement, version.placement.commitment
    more = change.hours > placement.hours
    taken = {
        "hours": change.hours,
        "sessions": 0 if more else placement.sessions,
        "ends_on": change.ends_on,
        "pence_a_week": version.pence_a_week,
        "source": f"{placement.reference}, version {version.number}",
        "despite": (Closure.CAP,) if more or change.ends_on > placement.ends_on else tuple(Closure),
    }
    try:
        if change.effective_on <= old.starts_on:
            commitments.rewrite(old, **taken)
            return
        if old.state in commitments.OPEN:
            commitments.end(old, change.effective_on - ONE_DAY)
            db.session.flush()
        placement.commitment = commitments.promise(
            placement.offer,
            reference=placement.reference,
            starts_on=change.effective_on,
            **taken,
        )
    except RuleBroken as refusal:
        raise RuleBroken(
            *refusal.reasons, "Decline this version and tell the authority why."
        ) from refusal
