"""The yearly uplift: a round is opened, providers propose, the AP lead decides, prices change.

A price never comes to stand above the cap by it: the cap of the day from which the price holds is
judged when it is proposed, when it is accepted and when it comes into force.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import RuleBroken, require
from providers.changes import keep_version
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.uplift import UPLIFT, ProposalState, UpliftProposal, UpliftRound
from providers.pricing import Cap, Price, above_cap, cap_on
from providers.queries import caps_in_force


def rounds() -> Sequence[UpliftRound]:
    """Every round, the latest first."""
    return db.session.scalars(select(UpliftRound).order_by(UpliftRound.opens_on.desc())).all()


def round_faults(opens_on: date, closes_on: date, applies_on: date, on: date) -> dict[str, str]:
    """What is wrong with a round's dates, by field; empty where nothing is."""
    if closes_on < max(opens_on, on):
        return {"closes_on": "Enter a day that is to come, after the round opens"}
    if applies_on <= closes_on:
        return {"applies_on": "Prices can only change after the round has closed"}
    return {}


def open_round(
    name: str, opens_on: date, closes_on: date, applies_on: date, *, by: Actor, on: date
) -> UpliftRound:
    """A new round. Raises RuleBroken where its name is taken or its dates cannot be."""
    taken = db.session.scalar(select(UpliftRound.id).where(UpliftRound.name == name.strip()))
    require(
        None if name.strip() else "Enter a name for the round.",
        f"There is a round {name.strip()} already." if taken else None,
        *round_faults(opens_on, closes_on, applies_on, on).values(),
    )
    row = UpliftRound(
        name=name.strip(),
        opens_on=opens_on,
        closes_on=closes_on,
        applies_on=applies_on,
        opened_by=by.name,
        opened_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def price_faults(round_: UpliftRound, prices: Mapping[Offer, int]) -> dict[int, str]:
    """Why proposed prices may not be, by the offer's id: the cap, its date and the excess."""
    caps = caps_in_force(round_.applies_on)
    return {
        offer.id: reason
        for offer, pence in prices.items()
        if (reason := _above_cap(offer, _price(offer, pence), caps, round_.applies_on))
    }


def propose(
    round_: UpliftRound, prices: Mapping[Offer, int], reason: str, *, by: Actor, on: date
) -> list[UpliftProposal]:
    """Propose new prices, pence by offer; one that was proposed before is replaced.

    Raises RuleBroken where the round is closed, a price is above its cap, or there is no reason.
    """
    require(
        None if round_.is_open(on) else "The round is not open. Prices cannot be proposed now.",
        None if reason.strip() else "Enter the reason for the new prices.",
        None if prices else "Enter at least one new price.",
        *price_faults(round_, prices).values(),
    )
    known = {proposal.offer_id: proposal for proposal in round_.proposals}
    rows = [
        _put(round_, offer, pence, reason.strip(), known.get(offer.id), by)
        for offer, pence in prices.items()
    ]
    db.session.flush()
    return rows


def _put(
    round_: UpliftRound,
    offer: Offer,
    pence: int,
    reason: str,
    known: UpliftProposal | None,
    by: Actor,
) -> UpliftProposal:
    facts = {
        "pence_before": offer.price_pence,
        "price_pence": pence,
        "price_unit": offer.price_unit,
        "vat_basis": offer.vat_basis,
        "reason": reason,
        "proposed_by": by.name,
        "proposed_at": now(),
    }
    if known is None:
        row = UpliftProposal(offer=offer, **facts)
        round_.proposals.append(row)
        return row
    UPLIFT.fire(known, "propose again")
    for name, value in facts.items():
        setattr(known, name, value)
    known.comment = known.decided_by = known.decided_at = None
    return known


def accept(proposals: Iterable[UpliftProposal], *, by: Actor) -> None:
    """Accept proposals, all or none. Raises RuleBroken with every reason."""
    chosen = list(proposals)
    require(
        None if chosen else "Select at least one proposed price.",
        *(
            reason
            for row in chosen
            for reason in (
                *UPLIFT.reasons_against(row, "accept"),
                _above_cap_then(row),
            )
        ),
    )
    for row in chosen:
        UPLIFT.fire(row, "accept")
        row.decided_by, row.decided_at = by.name, now()


def give_back(proposals: Iterable[UpliftProposal], comment: str, *, by: Actor) -> None:
    """Return proposals with a comment, all or none. Raises RuleBroken without one."""
    chosen = list(proposals)
    require(None if chosen else "Select at least one proposed price.")
    for row in chosen:
        row.comment = comment.strip()
        UPLIFT.fire(row, "return")
        row.decided_by, row.decided_at = by.name, now()


def put_in_force(on: date, *, by: Actor) -> tuple[int, int]:
    """Change the prices of offers whose day has come; returns how many, and how many could not.

    One that stands above the cap by then, or whose offer was quoted otherwise meanwhile, is
    returned with the reason.
    """
    due = db.session.scalars(
        _whole(
            select(UpliftProposal)
            .join(UpliftProposal.round)
            .where(UpliftProposal.state == ProposalState.ACCEPTED, UpliftRound.applies_on <= on)
        )
    ).all()
    changed = 0
    for row in due:
        reason = _above_cap_then(row) or _quoted_otherwise(row)
        if reason:
            give_back([row], reason, by=by)
            continue
        keep_version(row.offer, "As it stood before the yearly round")
        row.offer.price_pence = row.price_pence
        UPLIFT.fire(row, "put in force")
        db.session.flush()
        keep_version(row.offer, f"Yearly round {row.round.name}")
        changed += 1
    return changed, len(due) - changed


def proposals_of(round_: UpliftRound, provider: Provider | None = None) -> Sequence[UpliftProposal]:
    """The proposals of a round: of one provider, or all, by the provider's name."""
    return db.session.scalars(proposals_listed(round_, provider)).all()


def proposals_listed(round_: UpliftRound, provider: Provider | None = None) -> Select:
    """The same as a query, for pages and files."""
    found = _whole(
        select(UpliftProposal)
        .join(UpliftProposal.offer)
        .join(Offer.provider)
        .where(UpliftProposal.uplift_round_id == round_.id)
        .order_by(Provider.name, UpliftProposal.id)
    )
    if provider is not None:
        found = found.where(Offer.provider_id == provider.id)
    return found


def count_to_decide(round_: UpliftRound) -> int:
    """How many proposals of a round wait for a decision."""
    waiting = select(func.count(UpliftProposal.id)).where(
        UpliftProposal.uplift_round_id == round_.id, UpliftProposal.state == ProposalState.PROPOSED
    )
    return db.session.scalar(waiting) or 0


def _whole(statement):
    return statement.options(
        joinedload(UpliftProposal.offer).joinedload(Offer.service),
        joinedload(UpliftProposal.offer).joinedload(Offer.provider),
        joinedload(UpliftProposal.round),
    )


def _price(offer: Offer, pence: int) -> Price:
    try:
        return Price(pence, offer.price_unit, offer.vat_basis)
    except ValueError as fault:
        raise RuleBroken(str(fault)) from fault


def _above_cap(offer: Offer, price: Price, caps: Iterable[Cap], on: date) -> str | None:
    cap = cap_on(caps, offer.service.code, on)
    return above_cap(price, cap, offer.service.name, offer_id=offer.id)


def _above_cap_then(row: UpliftProposal) -> str | None:
    day = row.round.applies_on
    reason = _above_cap(row.offer, row.price, caps_in_force(day), day)
    return reason and f"{row.offer.provider.name}: {reason}"


def _quoted_otherwise(row: UpliftProposal) -> str | None:
    offer = row.offer
    if (offer.price_unit, offer.vat_basis) == (row.price_unit, row.vat_basis):
        return None
    return f"The offer is quoted otherwise now: {offer.price}. Propose the new price again."
