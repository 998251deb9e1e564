"""A provider's limit of children at one time over all its offers, held against what is proposed."""

from sqlalchemy import select

from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.database import db
from app.kernel.reach import whole
from providers.models.offer import Offer
from providers.models.provider import Provider


def hold(proposal: Proposal) -> None:
    """Lock the providers of a proposal that state a limit, so that the last place goes once."""
    asked = {each.offer.provider_id for each in proposal.placements}
    limited = select(Provider.id).where(Provider.id.in_(asked), Provider.most_children.is_not(None))
    db.session.execute(limited.order_by(Provider.id).with_for_update()).all()


@whole()
def objection(placement: Placement) -> str | None:
    """Why a child is one too many on some day of a placement; None where it is not.

    A child who holds a place there on these days already takes no further one.
    """
    provider = placement.offer.provider
    most = provider.most_children
    if most is None:
        return None
    statement = (
        select(Placement.child_id, Placement.starts_on, Placement.ends_on)
        .join(Placement.offer)
        .where(
            Offer.provider_id == provider.id,
            Placement.state.in_(OPEN),
            Placement.child_id != placement.child_id,
            Placement.starts_on <= placement.ends_on,
            Placement.ends_on >= placement.starts_on,
        )
    )
    there = db.session.execute(statement).all()
    days = {max(starts_on, placement.starts_on) for _, starts_on, _ in there}
    fullest = max(
        (len({child for child, first, last in there if first <= day <= last}) for day in days),
        default=0,
    )
    if fullest < most:
        return None
    return (
        f"{provider.name} has no places free: {most} over all its offers is the most that it takes "
        "at one time. Choose another provider."
    )
