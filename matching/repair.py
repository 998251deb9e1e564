"""Making a quick draft keep the rare rules: units that break one are left out again.

A draft knows only hours and places. What it breaks beyond them is rare, so dropping the offender
costs little and the search places it again.
"""

from collections import Counter, defaultdict

import numpy as np

from matching.residue import residue
from matching.table import Table
from matching.timetable import fits


def keep_the_rules(table: Table, columns: np.ndarray) -> np.ndarray:
    """The chosen columns without the units that break a rare rule."""
    for rule in (_half_days, _hours_at_unregistered, _places_of_providers, _company, _budgets):
        bad = rule(table, columns)
        if bad:
            columns = columns[~np.isin(table.unit[columns], list(bad))]
    return columns


def _weakest_first(table: Table, groups: list[set[int]]) -> list[set[int]]:
    """Groups of units with none that is pinned first, and of those the least valuable."""

    def weight(units: set[int]):
        mine = sorted(units)
        return table.unit_pinned[mine].any(), table.unit_value[mine].sum(), mine

    return sorted(groups, key=weight)


def _half_days(table: Table, columns) -> set[int]:
    """Units whose child's components cannot all be held on separate half-days."""
    by_child = defaultdict(list)
    count = np.bincount(table.child[columns], minlength=len(table.problem.children))
    for column in columns[count[table.child[columns]] > 1]:
        by_child[int(table.child[column])].append(int(column))
    offers, needs = table.problem.offers, table.parties.part_half_days
    bad = set()
    for chosen in by_child.values():
        left = _pinned_first(table, chosen)
        while not fits((offers[table.offer[c]].sessions, int(needs[table.part[c]])) for c in left):
            bad.add(int(table.unit[left.pop()]))
    return bad


def _pinned_first(table: Table, columns: list[int]) -> list[int]:
    """Columns in order, but those of units that an officer has pinned before all others."""
    return sorted(columns, key=lambda column: (not table.unit_pinned[table.unit[column]], column))


def _hours_at_unregistered(table: Table, columns) -> set[int]:
    """Units that make a protected child, or one child too many, full-time where unregistered."""
    parties, policy = table.parties, table.problem.policy
    where = table.provider[columns]
    concerned = columns[
        ~parties.provider_registered[where] & parties.child_compulsory[table.child[columns]]
    ]
    stays = defaultdict(list)
    for column in concerned:
        stays[int(table.child[column]), int(table.provider[column])].append(int(column))
    bad, becoming = set(), defaultdict(list)
    for (child, provider), chosen in stays.items():
        there = table.exceptions.there.get(child, {}).get(provider, 0)
        if there + int(table.hours[chosen].sum()) <= policy.full_time_hours:
            continue
        left, going = _pinned_first(table, chosen), set()
        while left and there + int(table.hours[left].sum()) > policy.full_time_hours:
            going.add(int(table.unit[left.pop()]))
        if parties.child_protected[child]:
            bad |= going
        elif there <= policy.full_time_hours:
            becoming[provider].append(going)
    for provider, children in becoming.items():
        room = policy.full_time_children_limit - 1 - int(parties.provider_full_time[provider])
        excess = len(children) - max(0, room)
        bad = bad.union(*_weakest_first(table, children)[: max(0, excess)])
    return bad


def _places_of_providers(table: Table, columns) -> set[int]:
    """Units of children new to a provider beyond its places."""
    room = residue(table, columns).provider_places
    bad = set()
    for provider in np.flatnonzero(room < 0):
        units = {int(unit) for unit in table.unit[columns[table.provider[columns] == provider]]}
        by_child = defaultdict(set)
        for unit in units:
            child = int(table.unit_child[unit])
            if table.exceptions.takes_a_place(child, int(provider)):
                by_child[child].add(unit)
        weakest = sorted(
            by_child,
            key=lambda child: max(
                (bool(table.unit_pinned[u]), int(table.unit_value[u])) for u in by_child[child]
            ),
        )
        for child in weakest[: -int(room[provider])]:
            bad |= by_child[child]
    return bad


def _company(table: Table, columns) -> set[int]:
    """Units of children who must be kept apart, or whose needs must not mix, at one provider."""
    children = table.problem.children
    row = {child.id: number for number, child in enumerate(children)}
    apart = defaultdict(set)
    for number, child in enumerate(children):
        for other in {row[key] for key in child.keep_apart if key in row} - {number}:
            # either may have named the other
            apart[number].add(other)
            apart[other].add(number)
    stays = defaultdict(lambda: defaultdict(set))
    for column in columns:
        stays[int(table.provider[column])][int(table.child[column])].add(int(table.unit[column]))
    bad = set()
    for provider, units in stays.items():
        # of two who must be apart the first here goes: never one who is pinned before the other
        here = sorted(units, key=lambda child: table.unit_pinned[list(units[child])].any())
        for at, child in enumerate(here):
            if apart[child].intersection(here[at + 1 :]):
                bad |= units[child]
        pairs = table.problem.providers[provider].must_not_mix
        if pairs:
            newcomers = {
                child: mine
                for child, mine in units.items()
                if table.exceptions.takes_a_place(child, provider)
            }
            bad |= _mixed(table, newcomers, pairs)
    return bad


def _mixed(table: Table, units: dict[int, set[int]], pairs) -> set[int]:
    """Units at one provider that carry the rarer of two needs which must not mix.

    A need that a pinned unit brings stays, however rare.
    """
    children = table.problem.children
    primary = {child: children[child].needs[0] for child in units if children[child].needs}
    count, bad = Counter(primary.values()), set()
    pinned = {
        need for child, need in primary.items() if table.unit_pinned[list(units[child])].any()
    }
    for a, b in sorted(pairs):
        if count[a] and count[b]:
            rarer = min(a, b, key=lambda need: (need in pinned, count[need], need))
            going = [units[child] for child, need in primary.items() if need == rarer]
            bad = bad.union(*going)
    return bad


def _budgets(table: Table, columns) -> set[int]:
    """Units beyond the budget of their tier, dearest for their value first."""
    left = {tier: room for tier, room in residue(table, columns).budgets.items() if room < 0}
    bad = set()
    for tier, room in left.items():
        spent = Counter()
        for column in columns:
            if table.problem.children[table.child[column]].tier == tier:
                spent[int(table.unit[column])] += int(table.cost[column] + table.transport[column])
        for unit in sorted(
            spent, key=lambda u: (table.unit_pinned[u], -spent[u] / max(1, table.unit_value[u]))
        ):
            if room >= 0:
                break
            bad.add(unit)
            room += spent[unit]
    return bad
