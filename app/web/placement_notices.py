"""Whom to tell about proposals, placements and agreements."""

from app.access import Permission, may
from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.agreements.models import Agreement
from app.commissioning.panels.models import PanelItem
from app.commissioning.placements.models import Placement, Proposal
from app.notices import service as notices
from app.notices.topics import Topic


def tell_deciders(proposal: Proposal) -> None:
    """Tell everybody who reaches the child and may decide, but for the proposer, that it waits."""
    deciders = [
        person
        for person in notices.people_in(Role.COMMISSIONER)
        if person.id != proposal.proposed_by_id
        and may(person, Permission.DECIDE_PROPOSAL, proposal)
    ]
    notices.tell(
        deciders,
        Topic.PROPOSAL_SUBMITTED,
        page=f"/placement-proposals/{proposal.id}",
        key=f"proposal:{proposal.id}:submitted:{proposal.version}",
    )


def tell_of_award(proposal: Proposal) -> None:
    """Tell the officer that a proposal was approved, and each provider what was awarded."""
    notices.tell(
        notices.person(proposal.proposed_by_id),
        Topic.PROPOSAL_DECIDED,
        page=f"/placement-proposals/{proposal.id}",
        key=f"proposal:{proposal.id}:approve",
    )
    for placement in proposal.placements:
        notices.tell(
            notices.people_of(placement.offer.provider),
            Topic.PLACEMENT_AWARDED,
            page=f"/placements/{placement.id}",
            key=f"placement:{placement.id}:awarded",
        )


def tell_of_panel(item: PanelItem) -> None:
    """Tell whom it concerns that a panel has approved a proposal or a variation."""
    if item.agreement is None:
        tell_of_award(item.proposal)
    else:
        tell_provider(item.agreement)


def tell_panel(item: PanelItem, by: User) -> None:
    """Tell commissioners, but for the person who did it, that an agenda has a new item."""
    people = [each for each in notices.people_in(Role.COMMISSIONER) if each.id != by.id]
    page = f"/panels/{item.panel_meeting_id}"
    notices.tell(people, Topic.PANEL_AGENDA, page=page, key=f"panel:{item.id}")


def tell_provider(version: Agreement) -> None:
    """Tell a provider that a version of an agreement waits for it."""
    notices.tell(
        notices.people_of(version.placement.offer.provider),
        Topic.AGREEMENT_TO_ACCEPT,
        page=f"/placements/{version.placement_id}",
        key=f"agreement:{version.id}:offered",
    )


def tell_officer(placement: Placement, topic: Topic, what: str) -> None:
    """Tell the officer of a placement what has happened to it. what: a code, once each."""
    notices.tell(
        notices.person(placement.officer_id),
        topic,
        page=f"/placements/{placement.id}",
        key=f"placement:{placement.id}:{what}",
    )


def tell_provider_of_change(placement: Placement, what: str) -> None:
    """Tell a provider that something about a placement with it has changed. what: a code."""
    notices.tell(
        notices.people_of(placement.offer.provider),
        Topic.PLACEMENT_CHANGED,
        page=f"/placements/{placement.id}",
        key=f"placement:{placement.id}:{what}",
    )
