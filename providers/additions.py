"""Further sites and offers of a provider that has been admitted: proposed, decided, published.

An offer may be of any service in the lots that the provider was admitted to; another lot takes an
application to join it. An offer is given from a site that is published already.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import LONDON, now, today
from app.kernel.database import db
from app.kernel.rules import require
from providers import compliance
from providers.admission import AdmissionState
from providers.applications.proposals import (
    NEW,
    ProposedOffer,
    ProposedSite,
    offer_faults,
)
from providers.changes import FOUND, keep_version
from providers.editing import lock
from providers.models.addition import ADDITION, Addition, AdditionKind
from providers.models.change import ChangeItem, ChangeState
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Provider, Site
from providers.places import Locator
from providers.pricing import cap_on, cap_remark
from providers.publishing import publish_offer, publish_site
from providers.queries import caps_in_force

Proposed = ProposedSite | ProposedOffer


@dataclass(frozen=True)
class Room:
    """What an offer may be of, and where. services: by name; sites: numbered by their ids."""

    services: Sequence[Service]
    sites: Sequence[ProposedSite]


def room_for(provider: Provider) -> Room:
    """The services of the provider's lots, and its published sites."""
    lots = {offer.service.lot_id for offer in provider.offers} - {None}
    found = select(Service).where(Service.lot_id.in_(lots)).order_by(Service.name)
    sites = [ProposedSite(site.id, site.name, site.postcode) for site in provider.sites]
    return Room(db.session.scalars(found).all(), sites)


def closed_to(provider: Provider, kind: AdditionKind) -> str | None:
    """Why a provider cannot propose a site or an offer now; None where it can."""
    if provider.state is not AdmissionState.APPROVED:
        return "Only a provider that is approved can add sites and offers."
    if kind is AdditionKind.SITE:
        return None
    if not provider.sites:
        return "Add a site first: every offer is given from one."
    if not room_for(provider).services:
        return "Apply to join a lot first: you have no offer in any lot of the framework."
    return None


def faults(
    provider: Provider, proposed: Proposed, instead: Addition | None = None
) -> dict[str, str]:
    """What is wrong with what is proposed, by field; empty where nothing is.

    instead: the proposal that it takes the place of, which is not held against it.
    """
    if isinstance(proposed, ProposedSite):
        taken = {site.postcode for site in provider.sites} | {
            other.wanted["postcode"]
            for other in _waiting_of(provider, AdditionKind.SITE)
            if other is not instead
        }
        words = "You have a site with this postcode already, or one that waits for approval"
        return {"postcode": words} if proposed.postcode in taken else {}
    room = room_for(provider)
    return offer_faults(
        proposed,
        services={service.code: service.name for service in room.services},
        sites=[site.number for site in room.sites],
        caps=caps_in_force(today()),
        on=today(),
    )


def propose(
    provider: Provider, proposed: Proposed, *, by: Actor, instead: Addition | None = None
) -> Addition:
    """Let a site or an offer wait for the AP lead; one sent twice waits once.

    instead: an earlier proposal that it takes the place of: one that waits is withdrawn.
    Raises RuleBroken with all that is wrong.
    """
    lock(provider)
    kind = AdditionKind.SITE if isinstance(proposed, ProposedSite) else AdditionKind.OFFER
    wanted = {**proposed.kept(), "number": NEW}
    same = [row for row in _waiting_of(provider, kind) if row.wanted == wanted]
    if same:
        return same[0]
    decided = instead is not None and instead.state is ChangeState.ACCEPTED
    require(
        closed_to(provider, kind),
        "This has been accepted meanwhile. Change what is published instead." if decided else None,
        *faults(provider, proposed, instead).values(),
    )
    if instead is not None and instead.state is ChangeState.WAITING:
        withdraw(instead)
    row = Addition(
        provider=provider,
        kind=kind,
        wanted=wanted,
        proposed_by=by.name,
        proposed_at=now(),
        instead_of_id=instead.id if instead else None,
    )
    db.session.add(row)
    db.session.flush()
    return row


def withdraw(addition: Addition) -> None:
    """Take a proposal back. Raises RuleBroken where it no longer waits."""
    ADDITION.fire(addition, "withdraw")


def accept(addition: Addition, comment: str = "", *, by: Actor) -> Site | Offer:
    """Publish what was proposed, as a version of its own.

    Raises RuleBroken where it no longer waits, or breaks a rule as things stand now.
    """
    lock(addition.provider)
    provider = addition.provider
    require(
        *ADDITION.reasons_against(addition, "accept"),
        closed_to(provider, addition.kind),
        *faults(provider, addition.proposed, addition).values(),
    )
    if addition.kind is AdditionKind.SITE:
        keep_version(provider, FOUND)
    made = _publish(addition)
    db.session.flush()
    addition.made_id = made.id
    _decided(addition, comment, by)
    ADDITION.fire(addition, "accept")
    row = made if isinstance(made, Offer) else provider
    keep_version(row, f"Added, proposed by {addition.proposed_by}")
    return made


def _publish(addition: Addition) -> Site | Offer:
    provider, proposed = addition.provider, addition.proposed
    if isinstance(proposed, ProposedSite):
        return publish_site(provider, proposed, Locator())
    site = next(site for site in provider.sites if site.id == proposed.site)
    said_on = addition.proposed_at.astimezone(LONDON).date()
    return publish_offer(provider, proposed, site, confirmed_on=said_on)


def send_back(addition: Addition, comment: str, *, by: Actor) -> None:
    """Return a proposal with the reason. Raises RuleBroken without one."""
    lock(addition.provider)
    _decided(addition, comment, by)
    ADDITION.fire(addition, "return")


def _decided(addition: Addition, comment: str, by: Actor) -> None:
    addition.comment = comment.strip()
    addition.decided_by, addition.decided_at = by.name, now()


def remarks(addition: Addition) -> tuple[str, ...]:
    """What to look at before a proposal is decided: what forbids it, and what it still lacks."""
    provider, proposed = addition.provider, addition.proposed
    found = list(faults(provider, proposed, addition).values())
    if isinstance(proposed, ProposedSite):
        return tuple(found)
    service = db.session.scalars(select(Service).where(Service.code == proposed.service)).one()
    cap = cap_on(caps_in_force(today()), service.code, today())
    demand = compliance.demand(
        service.group, service.code, at_home=proposed.at_home, asked=service.evidence_asked
    )
    lacking = [
        f"{reason} Until then the offer stays closed."
        for kind in sorted(demand.required)
        if (reason := compliance.lapse(kind, provider.held_for_all, today()))
    ]
    near = cap_remark(proposed.price, cap, service.name)
    return (*found, *lacking, *([near] if near else ()))


def waiting() -> Select:
    """Every proposal that waits, the longest first."""
    return (
        select(Addition)
        .where(Addition.state == ChangeState.WAITING)
        .options(joinedload(Addition.provider))
        .order_by(Addition.proposed_at, Addition.id)
    )


def count_waiting() -> int:
    """How many proposed sites and offers wait for the AP lead, and changes of facts with them."""
    counted = [
        select(func.count(model.id)).where(model.state == ChangeState.WAITING).scalar_subquery()
        for model in (Addition, ChangeItem)
    ]
    return db.session.scalar(select(counted[0] + counted[1]))


def additions_of(provider: Provider) -> Select:
    """Every proposal of a provider, the latest first."""
    found = select(Addition).where(Addition.provider_id == provider.id)
    return found.order_by(Addition.id.desc())


def _waiting_of(provider: Provider, kind: AdditionKind) -> Sequence[Addition]:
    of_kind = Addition.kind == kind
    waits = Addition.state == ChangeState.WAITING
    return db.session.scalars(additions_of(provider).where(of_kind, waits)).all()
