"""The vocabulary of concerns: kinds, priorities, outcomes, states."""

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import Labelled


class ConcernKind(Labelled):
    """What a concern is about."""

    SAFEGUARDING = "safeguarding", "Safeguarding"
    STAFFING = "staffing", "Staffing"
    PREMISES = "premises", "Premises"
    ATTENDANCE = "attendance", "Attendance"
    MONEY = "money", "Money"


class Priority(Labelled):
    """How soon a concern must be acted upon."""

    TODAY = "today", "Today: a child may be at risk"
    WEEK = "week", "Within five working days"
    ROUTINE = "routine", "At the next visit or contact"


class Outcome(Labelled):
    """What looking into a concern showed."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    PARTLY = "partly", "Partly substantiated"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    FALSE = "false", "False"
    ELSEWHERE = "elsewhere", "Passed to another body"


class ConcernState(Labelled):
    """Where a concern stands."""

    RECEIVED = "received", "Received"
    HANDLED = "handled", "Being handled"
    CLOSED = "closed", "Closed"


S = ConcernState


def _is_triaged(concern) -> str | None:
    return None if concern.priority and concern.handler_id else "Decide priority and handler first."


def _has_outcome(concern) -> str | None:
    said = concern.outcome and (concern.outcome_note or "").strip()
    return None if said else "Select the outcome, and enter what was found and done."


def _nothing_open(concern) -> str | None:
    waiting = sum(action.done_on is None for action in concern.actions)
    return f"Finish or take out the open actions first: {waiting}." if waiting else None


CONCERN = Lifecycle(
    "concern",
    S.RECEIVED,
    move("handle", S.RECEIVED, to=S.HANDLED, requires=[_is_triaged]),
    move("close", S.HANDLED, to=S.CLOSED, requires=[_has_outcome, _nothing_open]),
    move("reopen", S.CLOSED, to=S.HANDLED),
)
