"""A provider's limit of children at one time over all its offers, held against what is proposed."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.words import in_words
from providers.models.offer import Offer
from providers.models.provider import Provider


def hold(proposal: Proposal) -> None:
    """Lock the providers of a proposal that state a limit, so that the last place goes once."""
    hold_limits({each.offer.provider_id for each in proposal.placements})


def hold_limits(providers: Collection[int]) -> None:
    """Lock those of these providers, by id, that state a limit."""
    limited = select(Provider.id).where(
        Provider.id.in_(providers), Provider.most_children.is_not(None)
    )
    db.session.execute(limited.order_by(Provider.id).with_for_update()).all()


def objection(placement: Placement) -> str | None:
    """Why a child is one too many on some day of a placement; None where it is not.

    A child who holds a place there on these days already takes no further one.
    """
    if not _is_full(placement, placement.starts_on, placement.ends_on):
        return None
    provider = placement.offer.provider
    return (
        f"{provider.name} has no places free: {provider.most_children} over all its offers is the "
        "most that it takes at one time. Choose another provider."
    )


def objection_to_stay(placement: Placement, first: date, last: date) -> str | None:
    """Why a child cannot stay from one day to another beyond a placement; None where it can."""
    if not _is_full(placement, first, last):
        return None
    provider = placement.offer.provider
    return (
        f"{provider.name} takes {provider.most_children} over all its offers at one time, and "
        f"others have these places after {in_words(placement.ends_on)}."
    )


@whole()
def _is_full(placement: Placement, first: date, last: date) -> bool:
    """Whether others alone fill a placement's provider on some day from the first to the last."""
    provider = placement.offer.provider
    most = provider.most_children
    if most is None:
        return False
    statement = (
        select(Placement.child_id, Placement.starts_on, Placement.ends_on)
        .join(Placement.offer)
        .where(
            Offer.provider_id == provider.id,
            Placement.state.in_(OPEN),
            Placement.child_id != placement.child_id,
            Placement.starts_on <= last,
            Placement.ends_on >= first,
        )
    )
    there = db.session.execute(statement).all()
    days = {max(starts_on, first) for _, starts_on, _ in there}
    return any(
        len({child for child, begins, ends in there if begins <= day <= ends}) >= most
        for day in days
    )
