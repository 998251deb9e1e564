"""The lifecycles of commissioning."""

from enum import StrEnum

from app.kernel.lifecycle import Lifecycle, move


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
