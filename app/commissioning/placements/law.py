"""What the law says about a child's hours at a provider, and how many fit into a school week.

A setting that gives full-time education to enough children must be registered as a school
(`providers.registration`); so hours are summed over all placements there, live and proposed.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.children.models import Child
from app.commissioning.placements.lifecycle import OPEN, PlacementState, ProposalState
from app.commissioning.placements.models import Placement, Proposal
from app.kernel.database import db
from app.kernel.reach import whole
from providers.models.offer import Offer
from providers.registration import (
    HoursAtProvider,
    registration_objections,
    registration_warnings,
)
from providers.stages import is_compulsory_school_age

HOURS_A_WEEK = 32.5
"""A school week: the most that one child has over all placements."""


def objections(proposal: Proposal, placement: Placement) -> tuple[str, ...]:
    """What the registration rule refuses about one placement of a proposal."""
    there, proposed = _sides(proposal, placement)
    return registration_objections(placement.offer.provider.registration, there, proposed)


def warnings(proposal: Proposal, placement: Placement) -> tuple[str, ...]:
    """What comes near to the registration rule."""
    there, proposed = _sides(proposal, placement)
    return registration_warnings(placement.offer.provider.registration, there, proposed)


def _sides(proposal: Proposal, placement: Placement):
    provider = placement.offer.provider
    there = _hours_there(provider.id, proposal, placement)
    return there, _as_hours(placement, only=_is_only_education(proposal, provider.id))


def law_against(placement: Placement, hours: int) -> tuple[str, ...]:
    """What the registration rule says against other hours for a placement that runs already."""
    provider = placement.offer.provider
    there = _hours_there(provider.id, placement.proposal, placement)
    proposed = replace(_as_hours(placement), hours=hours)
    return registration_objections(provider.registration, there, proposed)


def week_against(placement: Placement, hours: int) -> tuple[str, ...]:
    """Why other hours for a placement that runs already do not fit into the child's week."""
    others = others_of_child(placement.proposal)
    others = [*others, *(each for each in placement.proposal.placements if each.state in OPEN)]
    whole = hours + sum(each.hours for each in others if each is not placement)
    return (too_long_a_week(whole),) if whole > HOURS_A_WEEK else ()


def too_long_a_week(hours: int) -> str:
    """That a child's hours do not fit into a school week, in words."""
    return (
        f"The child would have {hours} hours a week in all; a school week has "
        f"{HOURS_A_WEEK:g}. Ask for fewer hours."
    )


def others_of_child(proposal: Proposal) -> Sequence[Placement]:
    """The child's other placements that hold room on the days of this proposal."""
    if not proposal.placements:
        return []
    first = min(each.starts_on for each in proposal.placements)
    last = max(each.ends_on for each in proposal.placements)
    statement = select(Placement).where(
        Placement.child_id == proposal.referral.child_id,
        Placement.state.in_(OPEN),
        Placement.proposal_id != proposal.id,
        Placement.starts_on <= last,
        Placement.ends_on >= first,
    )
    return db.session.scalars(statement).all()


def _is_only_education(proposal: Proposal, provider_id: int) -> bool:
    elsewhere = [*proposal.placements, *others_of_child(proposal)]
    return all(each.offer.provider_id == provider_id for each in elsewhere)


@whole()
def _hours_there(
    provider_id: int, proposal: Proposal, placement: Placement
) -> list[HoursAtProvider]:
    """Every other live or proposed placement at a provider on the days of this one."""
    running = (*OPEN, PlacementState.PROPOSED)
    inside = (ProposalState.SUBMITTED, ProposalState.QUESTIONED, ProposalState.APPROVED)
    statement = (
        select(Placement)
        .join(Placement.offer)
        .join(Placement.proposal)
        .where(
            Offer.provider_id == provider_id,
            Placement.state.in_(running),
            Placement.starts_on <= placement.ends_on,
            Placement.ends_on >= placement.starts_on,
            Proposal.state.in_(inside),
            Placement.proposal_id != proposal.id,
        )
    )
    there = list(db.session.scalars(statement).unique())
    there += [
        each
        for each in proposal.placements
        if each is not placement and each.offer.provider_id == provider_id
    ]
    return [_as_hours(each) for each in there]


def _as_hours(placement: Placement, only: bool = False) -> HoursAtProvider:
    child: Child = placement.child
    return HoursAtProvider(
        child=child.id,
        hours=placement.hours,
        ehcp=child.has_ehcp,
        looked_after=child.looked_after,
        compulsory_age=is_compulsory_school_age(child.born_on, placement.starts_on),
        only_education=only,
    )
