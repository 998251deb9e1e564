"""One run's clock, seed, stop button and progress reports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from matching.result import Gap, Progress


@dataclass(slots=True, eq=False)
class Run:
    """What every stage of a run shares.

    time_limit_s counts from construction, by the clock (seconds); reserve_s of it is kept for
    putting the result together. should_stop is asked between steps; once it has said yes the run
    is over.
    """

    time_limit_s: float
    seed: int
    workers: int
    children: int
    on_progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] | None = None
    stopped: bool = False
    hours_gap: Gap = Gap(0, 0)
    cost_gap: Gap = Gap(0, 0)
    clock: Callable[[], float] = monotonic
    reserve_s: float = 0.0
    started: float = field(init=False)
    _placed: int = 0
    _hours: int = 0
    _pence: int = 0
    _reported: float = float("-inf")

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.started

    @property
    def left(self) -> float:
        """Seconds still allowed for looking, never below 0."""
        return max(0.0, self.time_limit_s - self.reserve_s - self.seconds)

    def is_over(self) -> bool:
        """True when the time is up or the caller has asked to stop."""
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return self.stopped or not self.left

    def holds(self, placed: int, hours: int, pence: int) -> None:
        """Note what the best result so far comes to: children, hours and pence a week."""
        self._placed, self._hours, self._pence = placed, hours, pence

    def report(self, message: str, *, share: float | None = None, often: float = 0.0) -> None:
        """Tell the caller where the run stands; at most once in `often` seconds."""
        if self.on_progress is None or self.seconds - self._reported < often:
            return
        self._reported = self.seconds
        done = self.seconds / self.time_limit_s if self.time_limit_s else 1.0
        self.on_progress(
            Progress(
                placed=self._placed,
                children=self.children,
                hours=self._hours,
                cost_pence=self._pence,
                hours_gap=self.hours_gap.ratio,
                cost_gap=self.cost_gap.ratio,
                fraction=min(1.0, done if share is None else share),
                message=message,
            )
        )
