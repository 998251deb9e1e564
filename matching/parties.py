"""The parties of a problem as arrays: one row for each component, offer and provider."""

from dataclasses import dataclass

import numpy as np

from matching.eligibility import full_time_children, needs_clashing
from matching.policy import RegisteredFirst
from matching.problem import Problem
from matching.scoring import fair_share_pence, priority_points
from matching.timetable import days_needed, half_days_needed
from matching.vocabulary import HALF_DAYS, Delivery, Transport

MODES = tuple(Delivery)
KINDS = tuple(Transport)
NO_LIMIT = 1 << 40
"""Stands for a limit that is not set, in whole numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Arrays over parts (components in order of children), offers and providers.

    Distances in km (inf: no limit, nan: unknown place), money in pence, hours a week.
    needs are columns of 0/1 over one shared vocabulary of need codes.
    """

    part_child: np.ndarray
    part_hours: np.ndarray
    part_half_days: np.ndarray
    part_service: np.ndarray
    child_age: np.ndarray
    child_point: np.ndarray
    child_limit: np.ndarray
    child_required: np.ndarray
    child_wished: np.ndarray
    child_group: np.ndarray
    child_protected: np.ndarray
    child_compulsory: np.ndarray
    child_mode: np.ndarray
    child_transport: np.ndarray
    child_points: np.ndarray
    child_start: np.ndarray
    offer_provider: np.ndarray
    offer_service: np.ndarray
    offer_needs: np.ndarray
    offer_ages: np.ndarray
    offer_point: np.ndarray
    offer_radius: np.ndarray
    offer_modes: np.ndarray
    offer_hours: np.ndarray
    offer_places: np.ndarray
    offer_price: np.ndarray
    offer_min_hours: np.ndarray
    offer_group: np.ndarray
    offer_sessions: np.ndarray
    offer_days: np.ndarray
    offer_opens: np.ndarray
    provider_registered: np.ndarray
    provider_full_time: np.ndarray
    provider_places: np.ndarray
    provider_misfit: np.ndarray


def _points(parties) -> np.ndarray:
    return np.array(
        [
            (each.location.latitude, each.location.longitude) if each.location else (np.nan,) * 2
            for each in parties
        ],
        dtype=float,
    ).reshape(-1, 2)


def _marks(sets, words: dict) -> np.ndarray:
    """A 0/1 row for each set of words, in single precision so that products are fast."""
    marks = np.zeros((len(sets), len(words)), dtype=np.float32)
    for row, names in enumerate(sets):
        for name in names:
            marks[row, words[name]] = 1
    return marks


def read_parties(problem: Problem) -> Parties:
    """The arrays of a problem."""
    policy, children, offers = problem.policy, problem.children, problem.offers
    parts = [(row, part) for row, child in enumerate(children) for part in child.components]
    provider_row = {provider.id: row for row, provider in enumerate(problem.providers)}
    names = {n for child in children for n in (*child.needs, *child.required_needs)}
    names |= {need for offer in offers for need in offer.needs}
    needs = {name: column for column, name in enumerate(sorted(names))}
    service_names = {part.service for _, part in parts} | {offer.service for offer in offers}
    services = {name: number for number, name in enumerate(sorted(service_names))}

    def whole(values) -> np.ndarray:
        return np.array(list(values), dtype=np.int64)

    def real(values) -> np.ndarray:
        return np.array(list(values), dtype=float)

    return Parties(
        part_child=whole(row for row, _ in parts),
        part_hours=whole(part.hours for _, part in parts),
        part_half_days=whole(
            half_days_needed(part.hours, policy.hours_per_half_day) for _, part in parts
        ),
        part_service=whole(services[part.service] for _, part in parts),
        child_age=whole(child.age for child in children),
        child_point=_points(children),
        child_limit=real(_or_none(child.max_distance_km, np.inf) for child in children),
        child_required=_marks([child.required_needs for child in children], needs),
        child_wished=_marks([child.wished_needs for child in children], needs),
        child_group=whole(_or_none(child.max_group_size, NO_LIMIT) for child in children),
        child_protected=np.array([child.protected for child in children], dtype=bool),
        child_compulsory=np.array([c.compulsory_school_age for c in children], dtype=bool),
        child_mode=whole(
            -1 if child.preferred_delivery is None else MODES.index(child.preferred_delivery)
            for child in children
        ),
        child_transport=whole(KINDS.index(child.transport) for child in children),
        child_points=whole(priority_points(child, policy) for child in children),
        child_start=whole(child.start_in for child in children),
        offer_provider=whole(provider_row[offer.provider_id] for offer in offers),
        offer_service=whole(services[offer.service] for offer in offers),
        offer_needs=_marks([offer.needs for offer in offers], needs),
        offer_ages=whole(age for offer in offers for age in (offer.min_age, offer.max_age)).reshape(
            -1, 2
        ),
        offer_point=_points(offers),
        offer_radius=real(_or_none(offer.radius_km, np.inf) for offer in offers),
        offer_modes=np.array(
            [[mode in offer.deliveries for mode in MODES] for offer in offers], dtype=bool
        ).reshape(-1, len(MODES)),
        offer_hours=whole(offer.hours_free for offer in offers),
        offer_places=whole(offer.places_free for offer in offers),
        offer_price=whole(offer.price_pence_per_hour for offer in offers),
        offer_min_hours=whole(offer.min_hours for offer in offers),
        offer_group=whole(offer.group_size for offer in offers),
        offer_sessions=whole(len(offer.sessions) for offer in offers),
        offer_days=_days(offers),
        offer_opens=whole(offer.opens_in for offer in offers),
        provider_registered=np.array([p.registered for p in problem.providers], dtype=bool),
        provider_full_time=whole(full_time_children(p, policy) for p in problem.providers),
        provider_places=whole(_or_none(p.places_free, NO_LIMIT) for p in problem.providers),
        provider_misfit=whole(_standing_misfit(p, policy) for p in problem.providers),
    )


def _days(offers) -> np.ndarray:
    """Days a week that 0, 1, ... 10 half-days take at each offer; few timetables differ."""
    rows = {
        sessions: [days_needed(sessions, half) for half in range(len(HALF_DAYS) + 1)]
        for sessions in {offer.sessions for offer in offers}
    }
    days = np.array([rows[offer.sessions] for offer in offers], dtype=np.int64)
    return days.reshape(-1, len(HALF_DAYS) + 1)


def _or_none(value, otherwise):
    return otherwise if value is None else value


def _standing_misfit(provider, policy) -> int:
    """Pence a week that count against a provider for anyone: judgement, register, share."""
    pence = policy.weights.judgement * ((provider.judgement or 1) - 1)
    if policy.registered_first is RegisteredFirst.PREFER and not provider.registered:
        pence += policy.weights.unregistered
    return pence + fair_share_pence(provider, policy)


@dataclass(frozen=True, slots=True, eq=False)
class Exceptions:
    """What only a few children or providers have, kept sparse: rows of the children concerned.

    barred: child row -> provider rows out of the question. there: child row -> {provider row:
    hours a week already}. ranked: child row -> provider rows in the family's order.
    present: child row -> provider rows the child is with now. family: child row -> provider rows
    where a brother or sister has a place already.
    """

    barred: dict[int, set[int]]
    there: dict[int, dict[int, int]]
    ranked: dict[int, list[int]]
    present: dict[int, set[int]]
    family: dict[int, set[int]]
    careful: frozenset[int]

    def takes_a_place(self, child: int, provider: int) -> bool:
        """Whether a child counts against a provider's places: one who is there already does not."""
        return not self.there.get(child, {}).get(provider)

    def take_places(self, child: np.ndarray, provider: np.ndarray) -> np.ndarray:
        """The same for many at once, by rows of children and of providers."""
        there = [
            who << 32 | where
            for who, known in self.there.items()
            for where, hours in known.items()
            if hours
        ]
        return ~np.isin(child.astype(np.int64) << 32 | provider.astype(np.int64), there)


def read_exceptions(problem: Problem) -> Exceptions:
    """The sparse facts of a problem."""
    child_row = {child.id: row for row, child in enumerate(problem.children)}
    provider_row = {provider.id: row for row, provider in enumerate(problem.providers)}
    barred: dict[int, set[int]] = {}
    there: dict[int, dict[int, int]] = {}
    apart: dict[object, list[int]] = {}
    for row, child in enumerate(problem.children):
        excluded = {provider_row[key] for key in child.excluded_providers if key in provider_row}
        if excluded:
            barred[row] = excluded
        for other in child.keep_apart:
            apart.setdefault(other, []).append(row)
    for column, provider in enumerate(problem.providers):
        for key, hours in provider.hours_by_child.items():
            if key in child_row:
                there.setdefault(child_row[key], {})[column] = hours
            for row in apart.get(key, ()) if hours else ():
                barred.setdefault(row, set()).add(column)
        if provider.must_not_mix and provider.needs_present:
            for row, child in enumerate(problem.children):
                if needs_clashing(child, provider):
                    barred.setdefault(row, set()).add(column)
    return Exceptions(
        barred=barred,
        there=there,
        ranked={
            # -1 keeps the place of a choice that makes no offer now
            row: [provider_row.get(key, -1) for key in child.preferred_providers]
            for row, child in enumerate(problem.children)
            if child.preferred_providers
        },
        present={
            row: {provider_row[key] for key in child.current_providers if key in provider_row}
            for row, child in enumerate(problem.children)
            if child.current_providers
        },
        family={
            row: {provider_row[key] for key in child.sibling_providers if key in provider_row}
            for row, child in enumerate(problem.children)
            if child.sibling_providers
        },
        careful=frozenset(row for row, each in enumerate(problem.providers) if each.must_not_mix),
    )
