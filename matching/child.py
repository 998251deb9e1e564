"""A child awaiting placement, with the package of components that is asked for."""

from collections.abc import Hashable
from dataclasses import dataclass

from matching.checks import (
    freeze,
    group_faults,
    id_faults,
    kind_faults,
    place_faults,
    refuse,
    truth_faults,
    whole_faults,
)
from matching.vocabulary import Delivery, Location, Transport, is_amount, is_whole


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a child's package: a service for a whole number of hours a week."""

    id: Hashable
    service: str
    hours: int

    def __post_init__(self) -> None:
        faults = whole_faults(self, f"component {self.id}", [("hours", 1, 168)])
        faults += id_faults(self, "component", "id")
        if not (self.service and isinstance(self.service, str)):
            faults.append(f"component {self.id}: name the service")
        refuse(faults)


@dataclass(frozen=True, slots=True)
class Child:
    """A child awaiting placement.

    age: whole years at the start date. needs: ranked, primary first. must_needs: the needs that
    an offer must meet; None means the primary need alone, and the rest are preferred.
    max_distance_km: the furthest the child may travel one way; None is no limit.
    start_in: days from the day of the run until the support is wanted; its parts start together.
    preferred_providers: the family's choice, best first. current_providers: those the child
    is with already. sibling_providers: those where a brother or sister has a place already.
    keep_apart and siblings: ids of other children.
    """

    id: Hashable
    components: tuple[Component, ...]
    needs: tuple[str, ...]
    age: int
    location: Location | None = None
    ehcp: bool = False
    looked_after: bool = False
    compulsory_school_age: bool = True
    max_distance_km: float | None = None
    preferred_delivery: Delivery | None = None
    transport: Transport = Transport.NONE
    preferred_providers: tuple[Hashable, ...] = ()
    excluded_providers: frozenset[Hashable] = frozenset()
    current_providers: frozenset[Hashable] = frozenset()
    days_out_of_education: int = 0
    must_needs: tuple[str, ...] | None = None
    max_group_size: int | None = None
    tier: int | None = None
    keep_apart: frozenset[Hashable] = frozenset()
    siblings: frozenset[Hashable] = frozenset()
    start_in: int = 0
    sibling_providers: frozenset[Hashable] = frozenset()

    def __post_init__(self) -> None:
        what = f"child {self.id}"
        bounds = [("age", 0, 30), ("days_out_of_education", 0, 100_000), ("start_in", 0, 3_650)]
        faults = whole_faults(self, what, bounds)
        groups = ("components", "needs", "preferred_providers", "excluded_providers")
        groups += ("current_providers", "sibling_providers", "keep_apart", "siblings")
        groups += ("must_needs",) if self.must_needs is not None else ()
        faults += group_faults(self, what, groups) + place_faults(self, what)
        faults += id_faults(self, what, "id")
        faults += truth_faults(self, what, "ehcp", "looked_after", "compulsory_school_age")
        faults += kind_faults(what, self.transport, Transport, "transport")
        if self.preferred_delivery is not None:
            faults += kind_faults(what, self.preferred_delivery, Delivery, "delivery")
        refuse(faults)
        if not all(isinstance(part, Component) for part in self.components):
            faults.append(f"{what}: each component must be a Component")
        if self.tier is not None and not is_whole(self.tier):
            faults.append(f"{what}: the tier must be a whole number, not {self.tier!r}")
        if not self.components:
            faults.append(f"{what}: add at least one component")
        if self.max_distance_km is not None and (
            not is_amount(self.max_distance_km) or self.max_distance_km < 0
        ):
            faults.append(
                f"{what}: the travel limit must be 0 km or more, not {self.max_distance_km!r}"
            )
        if self.max_group_size is not None and (
            not is_whole(self.max_group_size) or self.max_group_size < 1
        ):
            faults.append(f"{what}: the largest group must be 1 or more")
        if len(set(self.needs)) != len(tuple(self.needs)):
            faults.append(f"{what}: a need is listed twice")
        refuse(faults)
        freeze(
            self,
            components=tuple(self.components),
            needs=tuple(self.needs),
            must_needs=None if self.must_needs is None else tuple(self.must_needs),
            preferred_providers=tuple(self.preferred_providers),
            excluded_providers=frozenset(self.excluded_providers),
            current_providers=frozenset(self.current_providers),
            sibling_providers=frozenset(self.sibling_providers),
            keep_apart=frozenset(self.keep_apart),
            siblings=frozenset(self.siblings),
            transport=Transport(self.transport),
        )
        if self.preferred_delivery is not None:
            freeze(self, preferred_delivery=Delivery(self.preferred_delivery))

    @property
    def required_needs(self) -> tuple[str, ...]:
        """The needs an offer must meet before it may take the child."""
        return self.needs[:1] if self.must_needs is None else self.must_needs

    @property
    def wished_needs(self) -> tuple[str, ...]:
        """The child's other needs, which it is better but not necessary to meet."""
        required = set(self.required_needs)
        return tuple(need for need in self.needs if need not in required)

    @property
    def protected(self) -> bool:
        """True if one such child in full-time education obliges a provider to register."""
        return self.compulsory_school_age and (self.ehcp or self.looked_after)

    @property
    def hours(self) -> int:
        """Hours a week of the whole package."""
        return sum(component.hours for component in self.components)
