"""Small problems with each rule of docs/matching.md switched on or off, for property tests."""

import random
from collections.abc import Set
from dataclasses import replace

from matching.problem import (
    HALF_DAYS,
    Child,
    Component,
    Delivery,
    InvalidProblem,
    Location,
    Offer,
    Policy,
    Priority,
    Problem,
    Provider,
    Transport,
    Weights,
)

RULES = (
    "packages", "half_days", "common_start", "offer_hours", "offer_places", "provider_places",
    "ages", "needs_must", "needs_prefer", "group_size", "delivery", "preferred_delivery",
    "home_radius", "travel_limit", "unknown_places", "transport", "min_hours", "must_register",
    "full_time_children", "registered_first", "budgets", "exclusions", "keep_apart", "needs_mix",
    "siblings", "family_choice", "continuity", "pinned", "forbidden", "waiting", "priority",
    "fair_share", "quality", "partial_packages", "hours_tolerance", "weights",
)  # fmt: skip
SERVICES = ("tutoring", "mentoring")
NEEDS = ("SEMH", "ASD", "SLCN")


def problem_with(rules: Set[str], seed: int, children: int = 3, offers: int = 4) -> Problem:
    """A small problem in which the named rules can bite and the others cannot."""
    return _Maker(rules, seed, children, offers).problem()


class _Maker:
    """Draws the parties of one problem."""

    def __init__(self, rules: Set[str], seed: int, children: int, offers: int) -> None:
        self.r, self.rules = random.Random(seed), rules
        self.children = [f"c{n}" for n in range(children)]
        self.offers = [f"o{n}" for n in range(offers)]
        self.providers = [f"p{n}" for n in range(max(1, offers // 2))]

    def pick(self, rule: str, plain, *others):
        """One of all values where the rule is on, else the plain one."""
        return self.r.choice([plain, *others]) if rule in self.rules else plain

    def some(self, rule: str, items, most: int = 1) -> list:
        """A few of the items where the rule is on, else none."""
        count = self.r.randint(0, min(most, len(items))) if rule in self.rules else 0
        return self.r.sample(list(items), count)

    def place(self) -> Location | None:
        if self.pick("unknown_places", False, False, False, True):
            return None
        return Location(self.r.uniform(50.9, 51.1), self.r.uniform(-1.5, -1.2))

    def problem(self) -> Problem:
        policy = self.policy()
        problem = Problem(
            [self.child(key) for key in self.children],
            [self.offer(key) for key in self.offers],
            [self.provider(key) for key in self.providers],
            policy,
        )
        parts = [part.id for child in problem.children for part in child.components]
        pairs = [(part, offer) for part in parts for offer in self.offers]
        forbidden = frozenset(self.some("forbidden", pairs, 3))
        problem = replace(problem, forbidden=forbidden)
        pinned = dict(self.some("pinned", [pair for pair in pairs if pair not in forbidden], 2))
        try:
            return replace(problem, pinned=frozenset(pinned.items()))
        except InvalidProblem:  # more hours pinned than an offer has: refused at the door
            return problem

    def policy(self) -> Policy:
        r = self.r
        drawn = [Weights(*(r.choice([0, 1, 700, 9_000]) for _ in range(11))) for _ in range(3)]
        weights = self.pick("weights", Weights(), *drawn)
        return Policy(
            full_time_hours=self.pick(
                "full_time_children", self.pick("must_register", 18, 8, 12), 8
            ),
            full_time_children_limit=self.pick("full_time_children", 100, 1, 2, 2, 3),
            longest_start_wait=self.pick("common_start", 28, 0, 7, 28),
            registered_first=self.pick("registered_first", "off", "prefer", "require"),
            partial_packages=self.pick("partial_packages", False, True),
            hours_tolerance=self.pick("hours_tolerance", 0.0, 0.1, 0.2),
            tier_budgets=self.pick("budgets", {}, {2: 20_000}, {2: 60_000, 3: 30_000}),
            weights=replace(weights, fair_share=self.pick("fair_share", 0, 100, 3_000)),
            priority=self.pick("priority", Priority(), Priority(1, 0), Priority(7, 5, 30, 90, 0)),
        )

    def child(self, key: str) -> Child:
        r, needs = self.r, self.r.sample(NEEDS, self.r.choice([1, 2, 3]))
        count = self.pick("packages", 1, 2, 2, 3)
        others = [other for other in self.children if other != key]
        return Child(
            id=key,
            components=tuple(
                Component(f"{key}-k{n}", SERVICES[n % 2], r.choice([2, 5, 9, 10, 15, 20]))
                for n in range(count)
            ),
            needs=tuple(needs if "needs_prefer" in self.rules else needs[:1]),
            must_needs=self.pick("needs_must", (), None, tuple(needs[:1]), tuple(needs[-1:])),
            age=self.pick("ages", 12, 7, 15),
            location=self.place(),
            ehcp=self.pick("must_register", False, True),
            looked_after=self.pick("must_register", False, False, True),
            compulsory_school_age=self.pick("must_register", True, True, False),
            max_distance_km=self.pick("travel_limit", None, 5.0, 12.0),
            preferred_delivery=self.pick("preferred_delivery", None, *Delivery),
            transport=self.pick("transport", Transport.NONE, *Transport),
            preferred_providers=tuple(self.some("family_choice", self.providers, 2)),
            excluded_providers=frozenset(self.some("exclusions", self.providers)),
            current_providers=frozenset(self.some("continuity", self.providers)),
            days_out_of_education=self.pick("waiting", 0, 30, 200, 900),
            max_group_size=self.pick("group_size", None, 1, 3),
            tier=self.pick("budgets", None, 2, 3),
            keep_apart=frozenset(self.some("keep_apart", others)),
            siblings=frozenset(self.some("siblings", others)),
            sibling_providers=frozenset(self.some("siblings", self.providers)),
            start_in=self.pick("common_start", 0, 0, 10),
        )

    def offer(self, key: str) -> Offer:
        r, few = self.r, frozenset(self.r.sample(sorted(HALF_DAYS), self.r.choice([3, 5, 6])))
        ways = frozenset(r.sample(list(Delivery), r.choice([1, 2, 3])))
        return Offer(
            id=key,
            provider_id=r.choice(self.providers),
            service=SERVICES[int(key[1:]) % 2] if "packages" in self.rules else SERVICES[0],
            needs=frozenset(NEEDS)
            if not {"needs_must", "needs_prefer"} & set(self.rules)
            else frozenset(r.sample(NEEDS, r.choice([1, 2, 3]))),
            min_age=self.pick("ages", 5, 11),
            max_age=self.pick("ages", 18, 11),
            deliveries=self.pick("delivery", frozenset({Delivery.AT_BASE}), ways),
            location=self.place(),
            radius_km=self.pick("home_radius", None, 6.0, 12.0),
            sessions=self.pick("half_days", HALF_DAYS, few),
            hours_free=self.pick("offer_hours", 1_000, 0, 10, 20, 30),
            places_free=self.pick("offer_places", 100, 0, 1, 2),
            price_pence_per_hour=r.choice([3_000, 4_500, 8_000]),
            min_hours=self.pick("min_hours", 0, 5, 10),
            group_size=self.pick("group_size", 1, 4),
            opens_in=self.pick("common_start", 0, 5, 14, 40),
        )

    def provider(self, key: str) -> Provider:
        r, here = self.r, self.r.sample(self.children, 1)
        return Provider(
            key,
            registered=r.random() < 0.3,
            hours_by_child={who: r.choice([0, 5, 15]) for who in here}
            if {"must_register", "keep_apart", "provider_places", "needs_mix"} & set(self.rules)
            and r.random() < 0.5
            else {},
            full_time_children=self.pick("full_time_children", 0, 1),
            places_free=self.pick("provider_places", None, 0, 1, 2),
            judgement=self.pick("quality", None, 1, 3),
            must_not_mix=self.pick("needs_mix", frozenset(), frozenset({("ASD", "SEMH")})),
            needs_present=self.pick("needs_mix", frozenset(), frozenset(), frozenset({"SEMH"})),
            recent_hours=self.pick("fair_share", 0, 37, 250),
            turn=self.pick("fair_share", 0, 8, 99),
        )
