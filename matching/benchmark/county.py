"""Made-up counties for measuring: clustered towns, real-looking hours and prices, scarce places.

Seeded: the same arguments give the same county. Nothing in it is about a real child or provider.
"""

from dataclasses import dataclass

import numpy as np

from matching.problem import (
    HALF_DAYS,
    Child,
    Component,
    Delivery,
    Location,
    Offer,
    Policy,
    Problem,
    Provider,
    Transport,
)

SOUTH, WEST, NORTH, EAST = 50.70, -1.95, 51.42, -0.73
TOWNS = np.array(
    # latitude, longitude, share of the population, spread in km
    [
        (50.91, -1.40, 0.22, 6),
        (50.82, -1.08, 0.19, 5),
        (51.26, -1.09, 0.13, 6),
        (51.06, -1.31, 0.07, 4),
        (51.21, -1.48, 0.06, 4),
        (51.27, -0.76, 0.10, 5),
        (50.85, -1.18, 0.09, 5),
        (51.15, -0.97, 0.05, 5),
        (50.85, -1.78, 0.05, 6),
        (51.00, -0.94, 0.04, 4),
    ]
)
SERVICES = ("tutoring", "mentoring", "vocational", "therapy", "forest school")
SHARE = np.array([0.42, 0.20, 0.16, 0.12, 0.10])
PRICE = np.array([4_800, 4_200, 3_200, 9_500, 3_400])
NEEDS = ("SEMH", "ASD", "SLCN", "MLD", "SPLD", "SLD", "PD", "HI", "VI", "OTH")
NEED_SHARE = np.array([0.34, 0.30, 0.10, 0.09, 0.06, 0.03, 0.03, 0.02, 0.02, 0.01])
HOURS = np.array([2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 18, 20, 25])
HOURS_SHARE = np.array([4, 6, 5, 12, 8, 6, 5, 18, 8, 14, 4, 6, 4]) / 100
KM_PER_DEGREE = 111.2
MEAN_HOURS = 9
"""Hours a week of a component on average: places are scarce where hours are."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county to make: children, offers and free hours as a share of those asked."""

    children: int
    offers: int
    load: float = 0.95

    def __str__(self) -> str:
        return f"{self.children:,} x {self.offers:,} at {self.load:.0%}"


def county(size: Size, seed: int = 0) -> Problem:
    """A county of the size, from the seed alone."""
    r = np.random.default_rng([seed, size.children, size.offers, round(size.load * 1_000)])
    providers, offer_rows = _providers(r, size.offers)
    children = _children(r, size.children, [provider.id for provider in providers])
    asked = dict.fromkeys(SERVICES, 0)
    for child in children:
        for part in child.components:
            asked[part.service] += part.hours
    offers = _offers(r, offer_rows, asked, size.load)
    return Problem(children, offers, providers, Policy())


def _places_on_the_map(r, count: int) -> np.ndarray:
    """Points near the towns, one in eight anywhere in the county."""
    town = TOWNS[r.choice(len(TOWNS), count, p=TOWNS[:, 2] / TOWNS[:, 2].sum())]
    spread = town[:, 3:4] / KM_PER_DEGREE
    points = town[:, :2] + r.normal(0, 1, (count, 2)) * spread * [1, 1.58]
    rural = r.random(count) < 0.12
    points[rural] = r.uniform((SOUTH, WEST), (NORTH, EAST), (int(rural.sum()), 2))
    return np.clip(points, (SOUTH, WEST), (NORTH, EAST)).round(5)


def _providers(r, offers: int) -> tuple[list[Provider], list[tuple]]:
    """Providers with one to three services each, until there are enough offers."""
    providers, rows = [], []
    while len(rows) < offers:
        number = len(providers)
        count = min(int(r.choice([1, 2, 3], p=[0.3, 0.45, 0.25])), offers - len(rows))
        point = _places_on_the_map(r, 1)[0]
        services = r.choice(len(SERVICES), count, replace=False, p=SHARE)
        needs = frozenset(np.array(NEEDS)[r.random(len(NEEDS)) < 0.75].tolist()) | {"SEMH"}
        low = int(r.choice([5, 5, 7, 11, 14], p=[0.3, 0.2, 0.1, 0.3, 0.1]))
        high = max(low + 2, int(r.choice([11, 16, 18, 19], p=[0.1, 0.4, 0.3, 0.2])))
        rows += [
            (f"o{len(rows) + n}", f"p{number}", int(service), point, needs, low, high)
            for n, service in enumerate(services)
        ]
        providers.append(
            Provider(
                f"p{number}",
                registered=bool(r.random() < 0.55),
                full_time_children=int(r.choice([0, 0, 0, 2, 3])),
                judgement=[None, 1, 2, 3, 4][r.choice(5, p=[0.1, 0.25, 0.45, 0.17, 0.03])],
                must_not_mix=frozenset({("SEMH", "VI")}) if r.random() < 0.02 else frozenset(),
            )
        )
    return providers, rows


def _children(r, count: int, providers: list[str]) -> list[Child]:
    """Children with packages of one to three components."""
    points = _places_on_the_map(r, count)
    children = []
    for number in range(count):
        parts = int(r.choice([1, 2, 3], p=[0.72, 0.23, 0.05]))
        services = r.choice(len(SERVICES), parts, replace=False, p=SHARE)
        hours = r.choice(HOURS, parts, p=HOURS_SHARE)
        if parts > 1:
            hours = np.minimum(hours, 9 if parts == 2 else 6)
        needs = r.choice(len(NEEDS), int(r.choice([1, 2, 3])), replace=False, p=NEED_SHARE)
        age = int(r.integers(5, 18))
        known = r.random() < 0.08
        others = {f"c{number - 1}"} if number and r.random() < 0.03 else set()
        children.append(
            Child(
                id=f"c{number}",
                components=tuple(
                    Component(f"c{number}-{n}", SERVICES[service], int(hours[n]))
                    for n, service in enumerate(services)
                ),
                needs=tuple(NEEDS[need] for need in needs),
                age=age,
                location=Location(*map(float, points[number])),
                ehcp=bool(r.random() < 0.6),
                looked_after=bool(r.random() < 0.08),
                compulsory_school_age=age <= 16,
                max_distance_km=[None, 12.0, 20.0, 30.0][r.choice(4, p=[0.1, 0.25, 0.4, 0.25])],
                preferred_delivery=list(Delivery)[r.integers(4)] if r.random() < 0.2 else None,
                transport=list(Transport)[r.choice(4, p=[0.55, 0.2, 0.17, 0.08])],
                preferred_providers=_some(r, providers, 0.1),
                excluded_providers=frozenset(_some(r, providers, 0.03)),
                current_providers=frozenset(_some(r, providers, 0.08)),
                days_out_of_education=int(r.gamma(1.6, 45)),
                max_group_size=1 if known else None,
                keep_apart=frozenset(others if r.random() < 0.3 else ()),
                siblings=frozenset(others),
            )
        )
    return children


def _some(r, ids: list[str], chance: float) -> tuple[str, ...]:
    """One or two of the ids, now and then."""
    if r.random() >= chance:
        return ()
    return tuple(ids[n] for n in r.choice(len(ids), min(len(ids), 2), replace=False))


def _offers(r, rows: list[tuple], asked: dict[str, int], load: float) -> list[Offer]:
    """Offers whose free hours, service by service, are the given share of those asked for."""
    service = np.array([row[2] for row in rows])
    size = r.lognormal(0, 0.6, len(rows))
    total = np.bincount(service, size, len(SERVICES))
    hours = [
        max(5, int(load * asked[SERVICES[kind]] * size[n] / total[kind]))
        for n, kind in enumerate(service)
    ]
    offers = []
    for n, (key, provider, kind, point, needs, low, high) in enumerate(rows):
        modes = _modes(r, kind)
        offers.append(
            Offer(
                id=key,
                provider_id=provider,
                service=SERVICES[kind],
                needs=needs,
                min_age=low,
                max_age=high,
                deliveries=modes,
                location=Location(float(point[0]), float(point[1])),
                radius_km=float(r.choice([12, 20, 30])),
                sessions=HALF_DAYS
                if r.random() < 0.7
                else frozenset(
                    r.choice(sorted(HALF_DAYS), int(r.integers(5, 10)), replace=False).tolist()
                ),
                hours_free=hours[n],
                places_free=max(1, int(hours[n] / MEAN_HOURS * r.uniform(0.85, 1.35))),
                price_pence_per_hour=int(PRICE[kind] * r.uniform(0.7, 1.35)),
                min_hours=int(r.choice([0, 0, 0, 3])),
                group_size=int(r.choice([1, 1, 3, 5])),
            )
        )
    return offers


def _modes(r, kind: int) -> frozenset[Delivery]:
    """Ways of delivery that suit the service."""
    if SERVICES[kind] in ("vocational", "forest school"):
        return frozenset({Delivery.AT_BASE})
    choices = [
        {Delivery.AT_BASE},
        {Delivery.AT_HOME},
        {Delivery.AT_BASE, Delivery.AT_HOME},
        {Delivery.AT_BASE, Delivery.ONLINE},
        {Delivery.IN_COMMUNITY},
    ]
    return frozenset(choices[r.choice(5, p=[0.45, 0.2, 0.15, 0.05, 0.15])])
