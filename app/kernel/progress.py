"""How far long work has come: what a job tells, a page shows and a command draws as a bar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Progress:
    """A share from 0 to 1, what is being done, and figures of the job's own."""

    fraction: float = 0.0
    message: str = "Waiting to start"
    figures: dict[str, Any] = field(default_factory=dict)


Report = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """Tell nobody."""
