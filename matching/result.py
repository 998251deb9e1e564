"""What a run hands back: placements, totals, and how close to the best possible they are."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum

from matching.vocabulary import Delivery


class Status(StrEnum):
    """How a run ended.

    OPTIMAL: proven that nothing is better. FEASIBLE: the best found in the time given, with its
    proven distance from the optimum. STOPPED: the caller asked to stop; the best so far.
    NO_CHILDREN and NO_OFFERS: nothing to match.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    STOPPED = "stopped"
    NO_CHILDREN = "no_children"
    NO_OFFERS = "no_offers"


@dataclass(frozen=True, slots=True)
class Placement:
    """One component of one child placed with one offer.

    hours a week; distance_km one way between home and the provider's base along the WGS84
    geodesic, None when delivered online; both costs in pence a week. starts_in: days from the day
    of the run on which the child's whole package can start together.
    """

    child_id: Hashable
    component_id: Hashable
    offer_id: Hashable
    provider_id: Hashable
    delivery: Delivery
    hours: int
    distance_km: float | None
    weekly_cost_pence: int
    weekly_transport_pence: int
    weekly_misfit_pence: int = 0
    starts_in: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure reached, and the limit that no result can pass.

    For priority-weighted hours the bound lies above `found`; for cost it lies below.
    """

    found: float
    bound: float

    @property
    def ratio(self) -> float:
        """|found - bound| as a share of the larger of the two; 0 is proven best."""
        larger = max(abs(self.found), abs(self.bound))
        return abs(self.found - self.bound) / larger if larger else 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all placements: children and components placed, hours and pence a week."""

    children: int = 0
    placed: int = 0
    hours: int = 0
    priority_hours: int = 0
    cost_pence: int = 0
    transport_pence: int = 0
    misfit_pence: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: children placed, hours and pence a week, proven gaps, share done 0-1."""

    placed: int
    children: int
    hours: int
    cost_pence: int
    hours_gap: float
    cost_gap: float
    fraction: float
    message: str


@dataclass(frozen=True, slots=True)
class WarmStart:
    """What a later run of much the same problem can start from: prices by component id.

    hours_price in priority-weighted hours, pence_price in pence a week; point: pence charged for
    each priority-weighted hour left out. children, offers, policy: marks by id of what the run was
    given (`matching.marks`), to tell what has changed since; a policy of 0 is not known.
    hours_shared and pence_shared: prices of limits over several offers (`matching.shared`) by name.
    """

    point: float
    hours_price: dict[Hashable, float]
    pence_price: dict[Hashable, float]
    children: dict[Hashable, int] = field(default_factory=dict)
    offers: dict[Hashable, int] = field(default_factory=dict)
    policy: int = 0
    hours_shared: dict[Hashable, float] = field(default_factory=dict)
    pence_shared: dict[Hashable, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The placements of a run with their proof.

    hours_gap: priority-weighted hours placed, against the most that could be placed.
    cost_gap: pence a week of provision, transport and misfit, against the least that any result
        with as many priority-weighted hours could cost.
    offer_prices: pence that one more hour a week at an offer is worth, where it was worked out.
    warm_start: for `solve(..., previous=result)`; None where the problem was too small for one.
    """

    status: Status
    placements: tuple[Placement, ...]
    unplaced: tuple[Hashable, ...]
    totals: Totals
    hours_gap: Gap
    cost_gap: Gap
    seconds: float
    seed: int
    engine_version: str
    offer_prices: tuple[tuple[Hashable, float], ...] = ()
    warm_start: WarmStart | None = field(default=None, repr=False, compare=False)

    def of_child(self, child_id: Hashable) -> tuple[Placement, ...]:
        """The placements of one child, in the order of its components; empty when unplaced."""
        return tuple(each for each in self.placements if each.child_id == child_id)
