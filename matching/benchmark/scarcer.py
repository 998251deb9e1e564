"""Counties with limits over several offers: places of a provider over all its offers, budgets."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from matching.problem import Problem

LOW, HIGH = 0.6, 1.1
"""A provider's places over all its offers, as shares of what these hold together."""
BUDGET_FOR_A_CHILD = 40_000
"""Pence a week for each child of a tier with a budget: about four fifths of what is asked."""
TIERS = 3


def with_places_of_providers(problem: Problem, seed: int) -> Problem:
    """The same county, its providers short of places over all their offers."""
    r = np.random.default_rng([seed, 1])
    places = defaultdict(int)
    for offer in problem.offers:
        places[offer.provider_id] += offer.places_free
    providers = [
        replace(each, places_free=max(1, int(places[each.id] * r.uniform(LOW, HIGH))))
        for each in problem.providers
    ]
    return replace(problem, providers=providers)


def with_budgets(problem: Problem, _seed: int) -> Problem:
    """The same county, every third child in a tier, and budgets for all tiers but one."""
    children = [
        replace(child, tier=1 + number % TIERS) for number, child in enumerate(problem.children)
    ]
    budget = BUDGET_FOR_A_CHILD * len(children) // TIERS
    policy = replace(problem.policy, tier_budgets=dict.fromkeys(range(1, TIERS), budget))
    return replace(problem, children=children, policy=policy)


LIMITS = {"places of providers": with_places_of_providers, "budgets": with_budgets}
