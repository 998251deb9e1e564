"""Half-days: how many a component takes, and whether the parts of a package can all be held.

A component takes whole half-days, and no two components of a child share one.
"""

from collections.abc import Iterable
from itertools import combinations

from matching.vocabulary import DAYS


def half_days_needed(hours: int, hours_per_half_day: int) -> int:
    """Half-days a week that a component of so many hours takes."""
    return -(-hours // hours_per_half_day)


def days_needed(sessions: frozenset[str], half_days: int) -> int:
    """The fewest days a week on which so many of the open half-days can be held."""
    open_by_day = sorted(
        (sum(f"{day}_{half}" in sessions for half in ("am", "pm")) for day in DAYS), reverse=True
    )
    days = held = 0
    for count in open_by_day:
        if held >= half_days:
            break
        held, days = held + count, days + 1
    return days


def fits(demands: Iterable[tuple[frozenset[str], int]]) -> bool:
    """Whether all (open half-days, half-days needed) can be held without sharing any.

    Hall's condition for a transport problem: any group of components together has at least as
    many half-days open to it as it needs.
    """
    parts = list(demands)
    return all(
        len(frozenset().union(*(sessions for sessions, _ in group)))
        >= sum(need for _, need in group)
        for size in range(1, len(parts) + 1)
        for group in combinations(parts, size)
    )
