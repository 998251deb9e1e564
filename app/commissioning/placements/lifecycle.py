"""When a proposal may be decided, and a placement agreed, started, ended or cancelled."""

from typing import Any

from app.kernel.clock import today
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.words import in_words
from providers.needs import Labelled


class ProposalState(Labelled):
    """Where a proposal to place a child stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for a decision"
    QUESTIONED = "questioned", "Returned with a question"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


def _has_parts(proposal: Any) -> str | None:
    if not proposal.placements:
        return "Choose an offer for at least one part of what the child waits for."
    return None


def _has_answer(proposal: Any) -> str | None:
    return None if proposal.answer else "Answer the question before you submit again."


def _has_decider(proposal: Any) -> str | None:
    if proposal.decided_by_id is None and not proposal.decided_by:
        return "A named person must decide."
    if proposal.decided_by_id is not None and proposal.decided_by_id == proposal.proposed_by_id:
        return "You proposed this placement, so somebody else must decide about it."
    return None


P = ProposalState

PROPOSAL = Lifecycle(
    "proposal",
    P.DRAFT,
    move("submit", P.DRAFT, to=P.SUBMITTED, requires=[_has_parts]),
    move("return with a question", P.SUBMITTED, to=P.QUESTIONED),
    move("submit again", P.QUESTIONED, to=P.SUBMITTED, requires=[_has_answer]),
    move("approve", P.SUBMITTED, to=P.APPROVED, requires=[_has_decider]),
    move("refuse", P.SUBMITTED, to=P.REFUSED, requires=[_has_decider]),
    move("withdraw", P.DRAFT, P.SUBMITTED, P.QUESTIONED, to=P.WITHDRAWN),
)


class PlacementState(Labelled):
    """Where one placement stands. From approved on its room and money are committed."""

    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    AGREED = "agreed", "Agreed"
    LIVE = "live", "Live"
    ENDED = "ended", "Ended"
    CANCELLED = "cancelled", "Cancelled"


class Destination(Labelled):
    """Where a child went when a placement ended."""

    REINTEGRATED = "reintegrated", "Back in a mainstream school"
    SPECIALIST = "specialist", "A specialist place"
    NEW_SCHOOL = "new_school", "A new school"
    POST_16 = "post_16", "Education or training after 16"
    OTHER_AP = "other_ap", "Other alternative provision"
    HOME_EDUCATED = "home_educated", "Educated at home by choice"
    MOVED_AWAY = "moved_away", "Moved to another area"
    BROKE_DOWN = "broke_down", "The placement broke down"
    OTHER = "other", "Somewhere else"


def has_approval(placement: Any) -> str | None:
    """A proposal that was approved, and room that is promised."""
    if placement.commitment is None or placement.awarded_at is None:
        return "The placement has not been approved yet."
    return None


def has_agreement(placement: Any) -> str | None:
    """The provider has accepted the agreement in force."""
    agreement = placement.agreement
    if agreement is None or not agreement.is_accepted:
        return "The provider has not accepted the placement agreement yet."
    return None


def has_plan(placement: Any) -> str | None:
    """The child's plan is complete."""
    plan = placement.plan
    if plan is None:
        return "Write the Learner Intervention Plan first."
    missing = plan.missing()
    return f"The Learner Intervention Plan is not complete: {missing[0]}" if missing else None


def first_day_has_come(placement: Any) -> str | None:
    """No placement starts before its first day."""
    if placement.starts_on > today():
        return f"Its first day is {in_words(placement.starts_on)}. It cannot start before."
    return None


def nothing_stops_it(placement: Any) -> str | None:
    """No child begins where new placements are stopped, though it was approved before."""
    if any(stop.covers(placement.offer) for stop in placement.offer.provider.stops):
        return "New placements there are stopped. It cannot start before the stop is lifted."
    return None


def has_last_day(placement: Any) -> str | None:
    """A placement that ended has a day on which it did, in its time."""
    if placement.ended_on is None:
        return "Enter the last day of the placement."
    if placement.ended_on < placement.starts_on:
        return f"It began on {in_words(placement.starts_on)}. Enter that day or a later one."
    if placement.ended_on > today():
        return "That day has not come yet. Change the planned last day instead."
    if placement.ended_on > placement.ends_on:
        return (
            f"It was agreed to {in_words(placement.ends_on)}. Enter that day or an earlier one: "
            "what followed was never approved."
        )
    return None


def has_destination(placement: Any) -> str | None:
    """Where the child went is part of every ending."""
    return None if placement.destination else "Select where the child went."


S = PlacementState

PLACEMENT = Lifecycle(
    "placement",
    S.PROPOSED,
    move("approve", S.PROPOSED, to=S.APPROVED, requires=[has_approval]),
    move("agree", S.APPROVED, to=S.AGREED, requires=[has_approval, has_agreement]),
    move(
        "start",
        S.AGREED,
        to=S.LIVE,
        requires=[has_approval, has_agreement, has_plan, first_day_has_come, nothing_stops_it],
    ),
    move("end", S.LIVE, to=S.ENDED, requires=[has_last_day, has_destination]),
    move("cancel", S.PROPOSED, S.APPROVED, S.AGREED, to=S.CANCELLED),
)

OPEN = (S.APPROVED, S.AGREED, S.LIVE)
"""States in which a placement holds room and money."""
COMMITTED = (*OPEN, S.ENDED)
"""States in which a placement counts as spend."""
