"""What is left for some units once all others keep their places."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matching.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Residue:
    """Room left by the placements that stay as they are.

    hours, places by offer; provider_places, full_time by provider (children who may still
    become full-time at an unregistered one); budgets in pence a week by tier; needs: primary
    needs present, by provider row.
    """

    hours: np.ndarray
    places: np.ndarray
    provider_places: np.ndarray
    full_time: np.ndarray
    budgets: dict[int, int]
    needs: dict[int, frozenset[str]]


def residue(table: Table, kept: np.ndarray) -> Residue:
    """The room left when exactly the columns `kept` (row numbers) are chosen."""
    problem, parties = table.problem, table.parties
    offer, provider = table.offer[kept], table.provider[kept]
    child = table.child[kept].astype(np.int64)
    offers, providers = len(problem.offers), len(problem.providers)
    hours = parties.offer_hours - np.bincount(offer, table.hours[kept], offers).astype(np.int64)
    held = np.unique(child * max(1, offers) + offer) % max(1, offers)
    places = parties.offer_places - np.bincount(held, minlength=offers)
    there = np.unique(child * max(1, providers) + provider)
    who, where = np.divmod(there, max(1, providers))
    new = table.exceptions.take_places(who, where)
    provider_places = parties.provider_places - np.bincount(where[new], minlength=providers)
    return Residue(
        hours=hours,
        places=places,
        provider_places=provider_places,
        full_time=_full_time_left(table, child, provider, table.hours[kept]),
        budgets=_budgets_left(table, kept),
        needs=_needs_present(table, who[new], where[new]),
    )


def _full_time_left(table, child, provider, hours) -> np.ndarray:
    """How many more children may become full-time at each unregistered provider."""
    policy, parties = table.problem.policy, table.parties
    left = policy.full_time_children_limit - 1 - parties.provider_full_time
    bound = ~parties.provider_registered[provider] & parties.child_compulsory[child]
    width = max(1, len(left))
    key = child[bound] * width + provider[bound]
    stays, at = np.unique(key, return_inverse=True)
    summed = np.bincount(at, hours[bound], len(stays)).astype(np.int64)
    already = table.exceptions.there
    long = summed > policy.full_time_hours
    if already:
        long |= np.isin(stays // width, list(already))
    for stay, count in zip(stays[long].tolist(), summed[long].tolist(), strict=True):
        who, where = divmod(stay, width)
        there = already.get(who, {}).get(where, 0)
        if there <= policy.full_time_hours < there + count:
            left[where] -= 1
    return left


def _budgets_left(table, kept) -> dict[int, int]:
    """Pence a week left in the budget of each tier that has one."""
    left = dict(table.problem.policy.tier_budgets)
    if left:
        spent = table.cost[kept] + table.transport[kept]
        for who, pence in zip(table.child[kept], spent, strict=True):
            tier = table.problem.children[who].tier
            if tier in left:
                left[tier] -= int(pence)
    return left


def _needs_present(table, child, provider) -> dict[int, frozenset[str]]:
    """Primary needs at each provider that has needs which must not mix.

    child, provider: who is new where. Those who were there before the run are in `needs_present`,
    whatever further part they take.
    """
    found = defaultdict(set)
    careful = {row for row, each in enumerate(table.problem.providers) if each.must_not_mix}
    for row in careful:
        found[row] |= table.problem.providers[row].needs_present
    if not careful:
        return {}
    at = np.isin(provider, list(careful))
    for who, where in zip(child[at].tolist(), provider[at].tolist(), strict=True):
        if table.problem.children[who].needs:
            found[where].add(table.problem.children[who].needs[0])
    return {row: frozenset(needs) for row, needs in found.items()}
