"""The lifecycles of commissioning."""

from enum import StrEnum

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import Labelled


class RunState(StrEnum):
    """Where a match run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


S = RunState

MATCH_RUN = Lifecycle(
    "match",
    S.QUEUED,
    move("begin", S.QUEUED, to=S.RUNNING),
    move("finish", S.RUNNING, to=S.FINISHED),
    move("fail", S.QUEUED, S.RUNNING, to=S.FAILED),
)


class PolicyState(Labelled):
    """Where a matching policy stands. One at most is in force."""

    DRAFT = "draft", "Draft"
    IN_FORCE = "in_force", "In force"
    REPLACED = "replaced", "Replaced"
    DISCARDED = "discarded", "Discarded"


P = PolicyState

MATCH_POLICY = Lifecycle(
    "matching policy",
    P.DRAFT,
    move("adopt", P.DRAFT, to=P.IN_FORCE),
    move("replace", P.IN_FORCE, to=P.REPLACED),
    move("discard", P.DRAFT, to=P.DISCARDED),
)


class RulingState(Labelled):
    """Where an officer's ruling on a child and an offer stands."""

    IN_FORCE = "in_force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


R = RulingState

PAIR_RULING = Lifecycle(
    "ruling",
    R.IN_FORCE,
    move("withdraw", R.IN_FORCE, to=R.WITHDRAWN),
)
