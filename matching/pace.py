"""Which width and size of neighbourhood pays best for its effort, learnt as a search goes.

Effort is counted in steps of the solver, not by the clock, so that choices repeat.
"""

from dataclasses import dataclass, field

import numpy as np

REMEMBERED = 0.1
"""Weight of the newest neighbourhood in what a way is thought to pay."""
SELDOM = 0.05
"""Even a way that pays nothing keeps this share of the weight of the best."""
TRIALS = 4
"""Neighbourhoods by each way before any is preferred: most bring nothing, a few a lot."""
SMALLEST, LARGEST = 10.0, 600.0
FIRST_SIZE = 12.0
"""Units that a neighbourhood begins with: many small ones bring more than a few large ones, until
they bring nothing and grow."""
CLOSE_SIZE = 50.0
"""Units around one change to an earlier result."""
WIDTHS = (0.1, 0.2, 0.4, 1.0)
"""Multiples of the usual reach: a narrow one looks at more children and only their best offers."""


@dataclass(slots=True, eq=False)
class Way:
    """One way to look: how many times the usual reach, and about how many units."""

    width: float
    size: float
    gained: float = 0.0
    spent: float = 0.0
    tried: int = 0

    @property
    def rate(self) -> float:
        """Pence gained for each unit of effort, of late."""
        return self.gained / self.spent if self.tried else 0.0

    def learn(self, gained: float, spent: float, proven: bool) -> None:
        """Note what one neighbourhood brought, and grow or shrink the next."""
        share = max(REMEMBERED, 1 / (1 + self.tried))
        self.gained += share * (gained - self.gained)
        self.spent += share * (spent - self.spent)
        self.tried += 1
        if not proven:
            self.size = max(SMALLEST, self.size * 0.9)
        elif gained <= 0:
            self.size = min(LARGEST, self.size * 1.02)


def _all_ways() -> list[Way]:
    """Every way, the narrow ones with more units."""
    return [Way(width, FIRST_SIZE * (width / 0.3) ** -0.25) for width in WIDTHS]


def close_ways() -> list[Way]:
    """The ways to look closely around a change."""
    return [Way(width, CLOSE_SIZE * width**-0.25) for width in (0.1, 0.3, 1.0)]


@dataclass(slots=True, eq=False)
class Pace:
    """The ways there are, and which to try next."""

    ways: list[Way] = field(default_factory=_all_ways)

    def choose(self, r: np.random.Generator) -> Way:
        """Each way a few times, then those that pay for their effort more often."""
        untried = [way for way in self.ways if way.tried < TRIALS]
        if untried:
            return untried[int(r.integers(len(untried)))]
        rates = np.array([max(0.0, way.rate) for way in self.ways])
        weights = np.maximum(rates, SELDOM * rates.max()) + 1e-9
        return self.ways[int(r.choice(len(self.ways), p=weights / weights.sum()))]
