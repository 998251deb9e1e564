"""What is left for some units once all others keep their places."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from matching.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Residue:
    """Room left by the placements that stay as they are.

    hours, places by offer; provider_places, full_time by provider (children who may still
    become full-time at an unregistered one); budgets in pence a week by tier; needs: primary
    needs present, by provider row. brought: how many of the children placed bring each of them.
    """

    hours: np.ndarray
    places: np.ndarray
    provider_places: np.ndarray
    full_time: np.ndarray
    budgets: dict[int, int]
    needs: dict[int, frozenset[str]]
    brought: Counter[tuple[int, str]]


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
    brought = primary_needs(table, kept)
    return Residue(
        hours=hours,
        places=places,
        provider_places=provider_places,
        full_time=_full_time_left(table, child, provider, table.hours[kept]),
        budgets=_budgets_left(table, kept),
        needs=needs_there(table, brought),
        brought=brought,
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


def primary_needs(table: Table, columns: np.ndarray) -> Counter[tuple[int, str]]:
    """How many children with each primary need some columns bring to each provider (its row).

    Only providers with needs that must not mix count, and children who were not there already.
    """
    problem, found, careful = table.problem, Counter(), table.exceptions.careful
    if not careful:
        return found
    at = columns[np.isin(table.provider[columns], list(careful))]
    stays = set(zip(table.child[at].tolist(), table.provider[at].tolist(), strict=True))
    for who, where in stays:
        needs = problem.children[who].needs
        if needs and table.exceptions.takes_a_place(who, where):
            found[where, needs[0]] += 1
    return found


def needs_there(table: Table, brought: Counter[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """Primary needs at each provider that has needs which must not mix.

    Those who were there before the run are in `needs_present`, whatever further part they take.
    """
    found = {
        row: set(table.problem.providers[row].needs_present) for row in table.exceptions.careful
    }
    for (row, need), count in brought.items():
        if count > 0:
            found[row].add(need)
    return {row: frozenset(needs) for row, needs in found.items()}
