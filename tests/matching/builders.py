"""Small parties with working defaults, and random small problems, for the matching tests."""

import random

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
    RegisteredFirst,
    Transport,
    Weights,
)

WINCHESTER = Location(51.0632, -1.3080)
SOUTHAMPTON = Location(50.9097, -1.4044)
BASINGSTOKE = Location(51.2667, -1.0876)


def a_child(**changes) -> Child:
    """A 12-year-old in Winchester with SEMH who needs 10 hours of tutoring a week."""
    name = changes.pop("id", "c1")
    values = {
        "components": (Component(f"{name}-k1", "tutoring", 10),),
        "needs": ("SEMH",),
        "age": 12,
        "location": WINCHESTER,
    }
    return Child(name, **{**values, **changes})


def an_offer(**changes) -> Offer:
    """Tutoring for SEMH at a site in Southampton: 40 hours and 4 places free at £45 an hour."""
    values = {
        "id": "o1",
        "provider_id": "p1",
        "service": "tutoring",
        "needs": frozenset({"SEMH"}),
        "min_age": 5,
        "max_age": 16,
        "deliveries": frozenset({Delivery.AT_BASE}),
        "location": SOUTHAMPTON,
        "hours_free": 40,
        "places_free": 4,
        "price_pence_per_hour": 4_500,
    }
    return Offer(**{**values, **changes})


def a_provider(**changes) -> Provider:
    """A registered provider with nobody there yet."""
    return Provider(**{"id": "p1", "registered": True, **changes})


SERVICES = ("tutoring", "mentoring")
NEEDS = ("SEMH", "ASD", "SLCN")


def random_problem(seed: int, children: int = 4, offers: int = 4, rare: bool = True) -> Problem:
    """A small problem in which every rule has a fair chance to bite.

    rare: include pins, exclusions, budgets, siblings, keep-apart pairs and needs not to mix.
    """
    r = random.Random(seed)

    def point(chance: float = 0.9) -> Location | None:
        if r.random() > chance:
            return None
        return Location(r.uniform(50.9, 51.1), r.uniform(-1.5, -1.2))

    providers = [f"p{n}" for n in range(max(1, offers // 2))]
    ids = [f"c{n}" for n in range(children)]
    some = [_random_child(r, key, ids, providers, point, rare) for key in ids]
    open_offers = [_random_offer(r, f"o{n}", r.choice(providers), point) for n in range(offers)]
    policy = Policy(
        full_time_hours=r.choice([8, 12, 18]),
        full_time_children_limit=r.choice([1, 2, 5]),
        registered_first=r.choice(list(RegisteredFirst)),
        partial_packages=rare and r.random() < 0.25,
        tier_budgets={2: r.choice([50_000, 150_000])} if rare and r.random() < 0.3 else {},
        weights=Weights(fair_share=seed % 3 * 1_000),
    )
    parts = [part.id for child in some for part in child.components]
    pairs = [(part, offer.id) for part in parts for offer in open_offers]
    return Problem(
        some,
        open_offers,
        [_random_provider(r, key, ids, rare) for key in providers],
        policy,
        forbidden=frozenset(r.sample(pairs, min(2, len(pairs)))) if rare else frozenset(),
    )


def _random_child(r, key, ids, providers, point, rare) -> Child:
    return Child(
        id=key,
        components=tuple(
            Component(f"{key}-k{n}", r.choice(SERVICES), r.choice([2, 5, 9, 10, 15, 20]))
            for n in range(r.choice([1, 1, 1, 2, 2, 3]))
        ),
        needs=tuple(r.sample(NEEDS, r.choice([1, 2]))),
        age=r.choice([8, 12, 15]),
        location=point(),
        ehcp=r.random() < 0.4,
        looked_after=r.random() < 0.2,
        compulsory_school_age=r.random() < 0.9,
        max_distance_km=r.choice([None, None, 5.0, 12.0]),
        preferred_delivery=r.choice([None, *Delivery]),
        transport=r.choice(list(Transport)),
        preferred_providers=tuple(r.sample(providers, r.choice([0, 0, 1]))),
        excluded_providers=frozenset(r.sample(providers, r.choice([0, 0, 0, 1]))),
        current_providers=frozenset(r.sample(providers, r.choice([0, 0, 1]))),
        days_out_of_education=r.choice([0, 0, 30, 200]),
        max_group_size=r.choice([None, None, None, 1]),
        tier=r.choice([None, 2, 3]),
        keep_apart=_another(r, ids, key, 0.2 * rare),
        siblings=_another(r, ids, key, 0.3 * rare),
    )


def _random_offer(r, key, provider, point) -> Offer:
    return Offer(
        id=key,
        provider_id=provider,
        service=r.choice(SERVICES),
        needs=frozenset(r.sample(NEEDS, r.choice([2, 3, 3, 3]))),
        min_age=r.choice([5, 5, 5, 11]),
        max_age=r.choice([11, 16, 18, 18]),
        deliveries=frozenset(r.sample(list(Delivery), r.choice([1, 2, 3, 4]))),
        location=point(),
        radius_km=r.choice([None, 8.0, 15.0]),
        sessions=frozenset(r.sample(sorted(HALF_DAYS), r.choice([3, 6, 10, 10]))),
        hours_free=r.choice([0, 10, 20, 30, 40, 60]),
        places_free=r.choice([0, 1, 2, 3, 5]),
        price_pence_per_hour=r.choice([3_000, 4_500, 8_000]),
        min_hours=r.choice([0, 0, 5]),
        group_size=r.choice([1, 1, 4]),
    )


def _random_provider(r, key, ids, rare) -> Provider:
    return Provider(
        key,
        recent_hours=len(ids) * 37 % 120,
        turn=int(key[1:]) * 31 % 100,
        registered=r.random() < 0.5,
        hours_by_child={who: r.choice([0, 5, 15]) for who in r.sample(ids, min(1, len(ids)))}
        if r.random() < 0.4
        else {},
        full_time_children=r.choice([0, 0, 1, 3]),
        places_free=r.choice([None, None, 1, 2]),
        judgement=r.choice([None, 1, 3]),
        must_not_mix=frozenset({("ASD", "SEMH")}) if rare and r.random() < 0.3 else frozenset(),
        needs_present=frozenset({"SEMH"}) if rare and r.random() < 0.2 else frozenset(),
    )


def _another(r, ids, key, chance) -> frozenset:
    return frozenset(r.sample(ids, 1)) - {key} if r.random() < chance else frozenset()
