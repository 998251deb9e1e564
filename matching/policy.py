"""The settings of a run: thresholds of the hard rules and weights of the soft preferences.

Thresholds are settings because the law leaves them open ("full-time" is undefined; more than
18 hours a week is generally taken as full-time). Every weight is pence a week, so that it can be
read against the price of a placement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from matching.vocabulary import InvalidProblem, Transport, is_amount, is_whole

LARGEST_WEIGHT = 1_000_000
"""No weight may exceed £10,000 a week: beyond it the sums would say nothing."""


class RegisteredFirst(StrEnum):
    """How strongly registered schools come before unregistered providers."""

    OFF = "off"
    PREFER = "prefer"
    REQUIRE = "require"


def _transport_defaults() -> dict[Transport, int]:
    return {
        Transport.NONE: 0,
        Transport.MINIBUS: 60,
        Transport.TAXI: 140,
        Transport.ESCORTED_TAXI: 210,
    }


@dataclass(frozen=True, slots=True)
class Weights:
    """Pence a week that a soft preference is worth; 0 switches it off.

    distance: for each kilometre between home and a provider's site, one way.
    other_delivery: the component is not delivered in the child's preferred way.
    lower_choice: for each step down the family's ranked list of providers.
    not_chosen: the family named providers, and this is none of them.
    secondary_need: for each further need of the child that the offer does not name.
    judgement: for each step below the best quality judgement (1 is best, 4 weakest).
    unregistered: under registered-first "prefer", an unregistered provider.
    new_provider: the child is with a provider already, and this is another.
    sibling_apart: for each brother or sister placed with no provider in common; and for each
        component at another provider than those where one has a place already.
    fair_share: for a provider that was given 100 or more hours a week of new work lately, and in
        proportion below that; a tenth of it is for the draw between those given as much.
    later_start: for each day that an offer opens after the day on which support is wanted.
    """

    distance: int = 60
    other_delivery: int = 1_500
    lower_choice: int = 500
    not_chosen: int = 2_000
    secondary_need: int = 1_500
    judgement: int = 700
    unregistered: int = 3_000
    new_provider: int = 2_500
    sibling_apart: int = 1_000
    fair_share: int = 0
    later_start: int = 100

    def __post_init__(self) -> None:
        faults = [
            f"the weight {each.name} must be a whole number of pence from 0 to "
            f"{LARGEST_WEIGHT}, not {getattr(self, each.name)!r}"
            for each in fields(self)
            if not is_whole(getattr(self, each.name))
            or not 0 <= getattr(self, each.name) <= LARGEST_WEIGHT
        ]
        if faults:
            raise InvalidProblem(*faults)


@dataclass(frozen=True, slots=True)
class Priority:
    """Points that decide who is placed first when not everyone can be.

    points = base + per_day_out x min(days out of education, longest_wait)
             + looked_after (if so) + ehcp (if so); each hour placed counts its child's points.
    """

    base: int = 100
    per_day_out: int = 1
    longest_wait: int = 400
    looked_after: int = 50
    ehcp: int = 25

    def __post_init__(self) -> None:
        faults = [
            f"priority {each.name} must be a whole number from 0 to 10000, "
            f"not {getattr(self, each.name)!r}"
            for each in fields(self)
            if not is_whole(getattr(self, each.name)) or not 0 <= getattr(self, each.name) <= 10_000
        ]
        if not faults and self.base < 1:
            faults.append("priority base must be at least 1, or a child might count for nothing")
        if faults:
            raise InvalidProblem(*faults)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the council has decided for a run. Every value is checked; InvalidProblem lists faults.

    full_time_hours: more than this many hours a week at one provider is full-time.
    warn_hours: from this many hours a week on, warn that full-time is near.
    full_time_children_limit: this many full-time children make a provider bound to register.
    longest_component: the most hours a week one component may ask for.
    hours_per_half_day: hours one half-day holds.
    longest_start_wait: the most days after the day asked for on which a package may start.
    road_factor: road kilometres for each straight kilometre, for the cost of transport.
    transport_pence_per_km: pence a road kilometre with the child aboard, by kind of transport.
    registered_first: off, prefer (a soft weight) or require (an unregistered provider only where
        no registered one can take the component).
    partial_packages: False places all components of a child together or none.
    hours_tolerance: share of the priority-weighted hours that may be given up for lower cost.
    tier_budgets: pence a week (provision and transport) for all children of a tier; a tier not
        named has no limit.
    """

    full_time_hours: int = 18
    warn_hours: int = 15
    full_time_children_limit: int = 5
    longest_component: int = 40
    hours_per_half_day: int = 3
    longest_start_wait: int = 28
    road_factor: float = 1.3
    transport_pence_per_km: Mapping[Transport, int] = field(default_factory=_transport_defaults)
    registered_first: RegisteredFirst = RegisteredFirst.PREFER
    partial_packages: bool = False
    hours_tolerance: float = 0.0
    tier_budgets: Mapping[int, int] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)
    priority: Priority = field(default_factory=Priority)

    def __post_init__(self) -> None:
        faults: list[str] = []
        for name, low, high in (
            ("full_time_hours", 1, 40),
            ("warn_hours", 0, 40),
            ("full_time_children_limit", 1, 1_000),
            ("longest_component", 1, 168),
            ("hours_per_half_day", 1, 12),
            ("longest_start_wait", 0, 365),
        ):
            value = getattr(self, name)
            if not is_whole(value) or not low <= value <= high:
                faults.append(f"{name} must be a whole number from {low} to {high}, not {value!r}")
        for name, low, high in (("road_factor", 1.0, 3.0), ("hours_tolerance", 0.0, 0.2)):
            value = getattr(self, name)
            if not is_amount(value) or not low <= value <= high:
                faults.append(f"{name} must be from {low} to {high}, not {value!r}")
        shapes = self._shape_faults()
        if shapes:
            raise InvalidProblem(*faults, *shapes)
        faults += self._money_faults()
        if faults:
            raise InvalidProblem(*faults)
        object.__setattr__(self, "registered_first", RegisteredFirst(self.registered_first))
        object.__setattr__(
            self,
            "transport_pence_per_km",
            {**_transport_defaults(), **self.transport_pence_per_km},
        )
        object.__setattr__(self, "tier_budgets", dict(self.tier_budgets))

    def _shape_faults(self) -> list[str]:
        """Groups of settings that are none."""
        wanted = {
            "transport_pence_per_km": Mapping,
            "tier_budgets": Mapping,
            "weights": Weights,
            "priority": Priority,
            "partial_packages": bool,
        }
        return [
            f"{name} must be a {kind.__name__}, not {getattr(self, name)!r}"
            for name, kind in wanted.items()
            if not isinstance(getattr(self, name), kind)
        ]

    def _money_faults(self) -> list[str]:
        """Faults in rates, budgets and the choice of mode."""
        faults = []
        for kind, rate in self.transport_pence_per_km.items():
            if kind not in list(Transport):
                faults.append(f"there is no kind of transport {kind!r}")
            if not is_whole(rate) or not 0 <= rate <= 10_000:
                faults.append(
                    f"transport by {kind} must cost from 0 to 10000 whole pence a km, not {rate!r}"
                )
        for tier, budget in self.tier_budgets.items():
            if not is_whole(tier):
                faults.append(f"a tier must be a whole number, not {tier!r}")
            if not is_whole(budget) or budget < 0:
                faults.append(
                    f"the budget of tier {tier} must be whole pence a week, 0 or more, "
                    f"not {budget!r}"
                )
        if self.registered_first not in list(RegisteredFirst):
            faults.append(
                f"registered_first must be off, prefer or require, not {self.registered_first!r}"
            )
        return faults
