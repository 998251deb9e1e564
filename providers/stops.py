"""Stopping new placements at a provider at once, and lifting the stop by a decision with a reason.

A stop closes offers in the directory, in search, in matching and at approval, since all of them
ask `providers.queries.closed_reasons` or its form in SQL. Children who are there stay: what is to
be done about each is for commissioning, which listens to `imposed`.
"""

from collections.abc import Iterable, Sequence

from blinker import Signal
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.stop import STOP, PlacementStop, StopCause, StopState

imposed = Signal("A stop was imposed; sent inside its transaction, with the PlacementStop.")
lifted = Signal("A stop was lifted; sent inside its transaction, with the PlacementStop.")


def impose(
    provider: Provider,
    cause: StopCause,
    reason: str,
    *,
    by: Actor,
    source: str,
    source_key: str,
    offer: Offer | None = None,
    once: bool = False,
) -> PlacementStop | None:
    """Stop new placements at a provider, or with one of its offers, from this moment.

    The offers are locked first: a promise that is being made is finished, and the next one finds
    the stop. source_key: what it rests on, such as "visit:12"; while a stop for the same thing is
    in force, that one is returned and none is added. once: for rules that look again each day;
    None where a stop for the same thing was lifted already, since that was a person's decision.
    Raises RuleBroken without a reason or a source, or for another provider's offer.
    """
    require(
        None if reason.strip() else "Enter why new placements are stopped.",
        None if source.strip() else "Enter what the stop rests on.",
        "The offer is not this provider’s. Choose one of its own."
        if offer is not None and offer.provider_id != provider.id
        else None,
    )
    _lock(provider)
    earlier = _of_source(provider, source_key)
    standing = next((stop for stop in earlier if stop.is_in_force), None)
    if standing is not None:
        return standing
    if once and earlier:
        return None
    stop = PlacementStop(
        provider=provider,
        offer=offer,
        state=STOP.initial,
        cause=cause,
        reason=reason.strip(),
        source=source.strip(),
        source_key=source_key,
        imposed_by=by.name,
        imposed_at=now(),
    )
    db.session.add(stop)
    db.session.flush()
    imposed.send(stop)
    return stop


def impose_by_hand(
    provider: Provider, reason: str, source: str, *, by: Actor, offer: Offer | None = None
) -> PlacementStop:
    """Stop by decision of the AP lead. Raises RuleBroken where such a stop is in force already."""
    key = "by-hand" if offer is None else f"by-hand:offer:{offer.id}"
    _lock(provider)
    standing = any(stop.is_in_force for stop in _of_source(provider, key))
    require(
        "New placements are stopped already by a decision of the AP lead. See the stops in force."
        if standing
        else None
    )
    return impose(
        provider, StopCause.BY_HAND, reason, by=by, source=source, source_key=key, offer=offer
    )


def lift(stop: PlacementStop, reason: str, *, by: Actor) -> None:
    """Let children be placed again, as far as this stop goes. Under a lock: it is lifted once.

    Raises RuleBroken without a reason, or where somebody lifted it before.
    """
    held = db.session.get_one(PlacementStop, stop.id, with_for_update=True, populate_existing=True)
    require(
        None
        if held.is_in_force
        else f"{held.lifted_by} has lifted this stop already. Nothing was changed."
    )
    held.lift_reason = reason.strip()
    STOP.fire(held, "lift")
    held.lifted_by, held.lifted_at = by.name, now()
    db.session.flush()
    lifted.send(held)


def in_force(provider_id: int | None = None) -> Sequence[PlacementStop]:
    """The stops in force, at one provider or all, the latest first."""
    return db.session.scalars(listed(provider_id)).all()


def listed(provider_id: int | None = None, *, all_of_them: bool = False) -> Select:
    """Stops with provider and offer, the latest first: those in force, or every one there was."""
    found = select(PlacementStop).options(
        joinedload(PlacementStop.provider),
        joinedload(PlacementStop.offer).joinedload(Offer.service),
    )
    if provider_id is not None:
        found = found.where(PlacementStop.provider_id == provider_id)
    if not all_of_them:
        found = found.where(PlacementStop.state == StopState.IN_FORCE)
    return found.order_by(PlacementStop.imposed_at.desc(), PlacementStop.id.desc())


def covering(offer: Offer) -> list[PlacementStop]:
    """The stops that keep children from being placed with an offer now."""
    return [stop for stop in offer.provider.stops if stop.covers(offer)]


def is_stopped() -> ColumnElement[bool]:
    """The SQL form of `covering`, beside `Offer`: that some stop covers it."""
    return (
        exists()
        .where(
            PlacementStop.provider_id == Offer.provider_id,
            PlacementStop.state == StopState.IN_FORCE,
            or_(PlacementStop.offer_id.is_(None), PlacementStop.offer_id == Offer.id),
        )
        .correlate(Offer)
    )


def is_wholly_stopped() -> ColumnElement[bool]:
    """Beside `Provider`, that all its offers are stopped together."""
    return (
        exists()
        .where(
            PlacementStop.provider_id == Provider.id,
            PlacementStop.state == StopState.IN_FORCE,
            PlacementStop.offer_id.is_(None),
        )
        .correlate(Provider)
    )


def wholly_stopped(provider: Provider) -> bool:
    """Whether all a provider's offers are stopped together."""
    return any(stop.is_in_force and stop.offer_id is None for stop in provider.stops)


def read_afresh(provider: Provider) -> None:
    """Forget what was read of a provider's stops, for a decision that is made under a lock."""
    for stop in _loaded(provider):
        db.session.expire(stop)
    db.session.expire(provider, ["stops"])


def _loaded(provider: Provider) -> Iterable[PlacementStop]:
    return list(provider.__dict__.get("stops", ()))


def _lock(provider: Provider) -> None:
    offers = select(Offer.id).where(Offer.provider_id == provider.id).order_by(Offer.id)
    db.session.execute(offers.with_for_update())
    read_afresh(provider)


def _of_source(provider: Provider, key: str) -> list[PlacementStop]:
    return [stop for stop in provider.stops if stop.source_key == key]
