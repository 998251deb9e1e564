"""The question put to the matcher: children, offers, providers and policy, checked on entry.

Ids are opaque strings or whole numbers. Anything malformed raises InvalidProblem with every
fault in words; what is merely impossible (no coordinates, no free places) is left to the match,
which answers with the reason.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from matching.checks import (
    freeze,
    group_faults,
    id_faults,
    place_faults,
    refuse,
    truth_faults,
    whole_faults,
)
from matching.child import Child, Component
from matching.policy import Policy, Priority, RegisteredFirst, Weights
from matching.result import Gap, Placement, Progress, Result, Status, Totals
from matching.vocabulary import (
    HALF_DAYS,
    Delivery,
    InvalidProblem,
    Location,
    Transport,
    is_amount,
    is_whole,
)

__all__ = [
    "HALF_DAYS",
    "Child",
    "Component",
    "Delivery",
    "Gap",
    "InvalidProblem",
    "Location",
    "Offer",
    "Placement",
    "Policy",
    "Priority",
    "Problem",
    "Progress",
    "Provider",
    "RegisteredFirst",
    "Result",
    "Status",
    "Totals",
    "Transport",
    "Weights",
]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider offers now: a service, for whom, where, when, how much, at what price.

    radius_km: how far from its location the provider travels (at home, in the community); None
    is no limit. sessions: open half-days; all ten unless given. hours_free: hours a week still
    free, over all children; places_free: children who can still join. min_hours: the fewest
    hours a week it takes a child for. group_size: children taught together, 1 is one to one.
    opens_in: days from the day of the run until its first child can start; 0 is at once.
    """

    id: Hashable
    provider_id: Hashable
    service: str
    needs: frozenset[str]
    min_age: int
    max_age: int
    deliveries: frozenset[Delivery]
    location: Location | None
    hours_free: int
    places_free: int
    price_pence_per_hour: int
    radius_km: float | None = None
    sessions: frozenset[str] = HALF_DAYS
    min_hours: int = 0
    group_size: int = 1
    opens_in: int = 0

    def __post_init__(self) -> None:
        what = f"offer {self.id}"
        faults = whole_faults(
            self,
            what,
            [
                ("min_age", 0, 30),
                ("max_age", 0, 30),
                ("hours_free", 0, 1_000_000),
                ("places_free", 0, 1_000_000),
                ("price_pence_per_hour", 0, 1_000_000),
                ("min_hours", 0, 168),
                ("group_size", 1, 1_000),
                ("opens_in", 0, 3_650),
            ],
        )
        shapes = group_faults(self, what, ("needs", "deliveries", "sessions"))
        shapes += place_faults(self, what) + id_faults(self, what, "id", "provider_id")
        refuse(faults + shapes if shapes else [])
        if not faults and self.min_age > self.max_age:
            faults.append(f"{what}: the youngest age is above the oldest")
        if not (self.service and isinstance(self.service, str)):
            faults.append(f"{what}: name the service")
        if self.radius_km is not None and (not is_amount(self.radius_km) or self.radius_km < 0):
            faults.append(f"{what}: the radius must be 0 km or more, not {self.radius_km!r}")
        strange = sorted(str(mode) for mode in self.deliveries if mode not in list(Delivery))
        faults += [f"{what}: there is no delivery {mode!r}" for mode in strange]
        unknown = sorted(str(half) for half in frozenset(self.sessions) - HALF_DAYS)
        faults += [f"{what}: there is no half-day {half!r}" for half in unknown]
        refuse(faults)
        freeze(
            self,
            needs=frozenset(self.needs),
            deliveries=frozenset(Delivery(mode) for mode in self.deliveries),
            sessions=frozenset(self.sessions),
        )


@dataclass(frozen=True, slots=True)
class Provider:
    """What the must-register rule and the limits over all of a provider's offers need to know.

    hours_by_child: hours a week each child already has there, by child id. full_time_children:
    further full-time children of compulsory school age there whom that mapping does not name.
    places_free: new children it can take over all its offers, those of hours_by_child apart; None
    is no such limit.
    judgement: quality at the last visit, 1 (best) to 4, None if not judged. must_not_mix: pairs
    of primary needs that may not be there together. needs_present: primary needs of those there.
    recent_hours: hours a week of new work it was given lately. turn: its lot in a neutral draw,
    0 (first) to 99, that decides between providers given as much.
    """

    id: Hashable
    registered: bool
    hours_by_child: Mapping[Hashable, int] = field(default_factory=dict)
    full_time_children: int = 0
    places_free: int | None = None
    judgement: int | None = None
    must_not_mix: frozenset[tuple[str, str]] = frozenset()
    needs_present: frozenset[str] = frozenset()
    name: str = ""
    recent_hours: int = 0
    turn: int = 0

    def __post_init__(self) -> None:
        what = f"provider {self.id}"
        bounds = [("full_time_children", 0, 100_000)]
        bounds += [("recent_hours", 0, 1_000_000), ("turn", 0, 99)]
        bounds += [("places_free", 0, 1_000_000)] if self.places_free is not None else []
        bounds += [("judgement", 1, 4)] if self.judgement is not None else []
        faults = whole_faults(self, what, bounds)
        shapes = group_faults(self, what, ("must_not_mix", "needs_present"))
        shapes += id_faults(self, what, "id") + truth_faults(self, what, "registered")
        if not isinstance(self.hours_by_child, Mapping):
            shapes.append(f"{what}: the hours by child must be a mapping")
        refuse(faults + shapes if shapes else [])
        faults += [
            f"{what}: the hours of child {child} there must be a whole number from 0 to 168"
            for child, hours in self.hours_by_child.items()
            if not is_whole(hours) or not 0 <= hours <= 168
        ]
        if not all(isinstance(p, tuple) and len(p) == 2 for p in self.must_not_mix):
            faults.append(f"{what}: needs that must not mix come in pairs")
        refuse(faults)
        pairs = frozenset(tuple(sorted(pair)) for pair in self.must_not_mix)
        freeze(
            self,
            hours_by_child=dict(self.hours_by_child),
            must_not_mix=pairs,
            needs_present=frozenset(self.needs_present),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """All that one run decides about.

    pinned: (component id, offer id) the officer has fixed. forbidden: pairs ruled out.
    Raises InvalidProblem for duplicate or unknown ids, hours out of range, contradictory pins
    and pins beyond an offer's capacity.
    """

    children: tuple[Child, ...]
    offers: tuple[Offer, ...]
    providers: tuple[Provider, ...]
    policy: Policy = field(default_factory=Policy)
    pinned: frozenset[tuple[Hashable, Hashable]] = frozenset()
    forbidden: frozenset[tuple[Hashable, Hashable]] = frozenset()

    def __post_init__(self) -> None:
        freeze(
            self,
            children=tuple(self.children),
            offers=tuple(self.offers),
            providers=tuple(self.providers),
            pinned=frozenset(self.pinned),
            forbidden=frozenset(self.forbidden),
        )
        faults = self._identity_faults() + self._component_faults()
        refuse(faults or self._pair_faults())

    def _identity_faults(self) -> list[str]:
        """Ids used twice, and offers of providers that are not there."""
        faults = []
        components = [part.id for child in self.children for part in child.components]
        for what, ids in (
            ("child", [child.id for child in self.children]),
            ("component", components),
            ("offer", [offer.id for offer in self.offers]),
            ("provider", [provider.id for provider in self.providers]),
        ):
            twice = sorted((str(key) for key, n in Counter(ids).items() if n > 1))
            faults += [f"{what} {key} is there more than once" for key in twice]
        known = {provider.id for provider in self.providers}
        faults += [
            f"offer {offer.id} belongs to provider {offer.provider_id}, who is not in the problem"
            for offer in self.offers
            if offer.provider_id not in known
        ]
        return faults

    def _component_faults(self) -> list[str]:
        """Components longer than the policy allows."""
        most = self.policy.longest_component
        return [
            f"component {part.id} of child {child.id} asks for {part.hours} hours a week; "
            f"the most is {most}"
            for child in self.children
            for part in child.components
            if part.hours > most
        ]

    def _pair_faults(self) -> list[str]:
        """Pins and exclusions that name strangers, contradict each other or overfill an offer."""
        hours = {part.id: part.hours for child in self.children for part in child.components}
        offers = {offer.id: offer for offer in self.offers}
        faults = []
        for what, pairs in (("pinned", self.pinned), ("forbidden", self.forbidden)):
            for component, offer in sorted(pairs, key=str):
                if component not in hours:
                    faults.append(f"a {what} pair names component {component}, which is not there")
                if offer not in offers:
                    faults.append(f"a {what} pair names offer {offer}, which is not there")
        faults += [
            f"component {component} and offer {offer} are both pinned and forbidden"
            for component, offer in sorted(self.pinned & self.forbidden, key=str)
        ]
        pins = Counter(component for component, _ in self.pinned)
        faults += [
            f"component {component} is pinned to {count} offers; choose one"
            for component, count in pins.items()
            if count > 1
        ]
        if faults:
            return faults
        asked = Counter()
        for component, offer in self.pinned:
            asked[offer] += hours[component]
        return [
            f"{count} hours a week are pinned to offer {offer}, which has "
            f"{offers[offer].hours_free} free"
            for offer, count in asked.items()
            if count > offers[offer].hours_free
        ]
