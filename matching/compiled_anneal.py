"""Annealing as plain loops for numba: children change offers, and push others on, by the million.

Every change of the state goes through `_set`, which notes what was there, so that a step that
does not pay is taken back exactly. The rules are kept on the safe side: two components of one
child count for two places, and nobody newly becomes full-time where unregistered.
"""

from typing import NamedTuple

import numpy as np

from matching.compiled_tools import compiled, only_where_compiled

MOST_PUSHED = 3
"""Units that one step may push out of its way."""
LOOKED_AT = 30
"""Columns that a pushed part looks at for a new place."""


class Ground(NamedTuple):
    """What stays as it is: columns, parts and units as arrays.

    wanted holds the columns each part may move to, best first; half_days is a bit for each half-day
    open, by offer; held_there is the hours a part may have where unregistered. stays: units that
    must not be touched. penalty: pence of leaving a unit out.
    """

    offer: np.ndarray
    provider: np.ndarray
    cost: np.ndarray
    wanted: np.ndarray
    wanted_start: np.ndarray
    part_hours: np.ndarray
    part_half_days: np.ndarray
    part_unit: np.ndarray
    unit_start: np.ndarray
    unit_most_hours: np.ndarray
    stays: np.ndarray
    penalty: np.ndarray
    half_days: np.ndarray
    registered: np.ndarray
    guest_start: np.ndarray


class Places(NamedTuple):
    """What moves: the column of each part (-1: none), what is free, and who is at each offer.

    note: parts changed in this step with the columns they had; noted[0] is how many.
    """

    at: np.ndarray
    hours: np.ndarray
    places: np.ndarray
    provider_places: np.ndarray
    guests: np.ndarray
    guest_row: np.ndarray
    guest_count: np.ndarray
    note: np.ndarray
    noted: np.ndarray
    random: np.ndarray


@compiled
def _below(s, limit):
    """The next random whole number from 0 to limit - 1 (xorshift)."""
    x = s.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    s.random[0] = x
    return np.int64((x >> np.uint64(11)) % np.uint64(limit))


@compiled
def _set(g, s, part, column):
    """Give a part another column, or none, and note the one it had."""
    before = s.at[part]
    s.note[s.noted[0], 0] = part
    s.note[s.noted[0], 1] = before
    s.noted[0] += 1
    if before >= 0:
        j = g.offer[before]
        s.hours[j] += g.part_hours[part]
        s.places[j] += 1
        s.provider_places[g.provider[before]] += 1
        s.guest_count[j] -= 1
        last = s.guests[g.guest_start[j] + s.guest_count[j]]
        s.guests[g.guest_start[j] + s.guest_row[part]] = last
        s.guest_row[last] = s.guest_row[part]
    if column >= 0:
        j = g.offer[column]
        s.hours[j] -= g.part_hours[part]
        s.places[j] -= 1
        s.provider_places[g.provider[column]] -= 1
        s.guests[g.guest_start[j] + s.guest_count[j]] = part
        s.guest_row[part] = s.guest_count[j]
        s.guest_count[j] += 1
    s.at[part] = column


@compiled
def _take_back(g, s, to):
    """Undo the changes of this step, the last first, until only `to` are left."""
    while s.noted[0] > to:
        row = s.noted[0] - 1
        _set(g, s, s.note[row, 0], s.note[row, 1])
        s.noted[0] = row


@compiled
def _has_room(g, s, part, column):
    """Whether an offer has the hours and a place for a part."""
    j = g.offer[column]
    return (
        s.hours[j] >= g.part_hours[part]
        and s.places[j] > 0
        and s.provider_places[g.provider[column]] > 0
    )


@compiled
def _bits(x):
    """How many half-days a mask holds."""
    n = 0
    while x:
        x &= x - 1
        n += 1
    return n


@compiled
def _goes_with_rest(g, s, part, column):
    """Whether a column can be held beside the other parts of its unit: half-days and hours."""
    unit = g.part_unit[part]
    first, last = g.unit_start[unit], g.unit_start[unit + 1]
    if last - first == 1:
        return True
    provider = g.provider[column]
    together = g.part_hours[part]
    # every group of the other parts with this one has as many half-days open as it needs
    for group in range(1 << (last - first)):
        if not group >> (part - first) & 1:
            continue
        mask, need = g.half_days[g.offer[column]], g.part_half_days[part]
        for other in range(first, last):
            if other != part and group >> (other - first) & 1 and s.at[other] >= 0:
                mask |= g.half_days[g.offer[s.at[other]]]
                need += g.part_half_days[other]
        if _bits(mask) < need:
            return False
    for other in range(first, last):
        if other != part and s.at[other] >= 0 and g.provider[s.at[other]] == provider:
            together += g.part_hours[other]
    return g.registered[provider] or together <= g.unit_most_hours[unit]


@compiled
def _settle(g, s, mine, unit, most):
    """Place the missing parts of a unit where there is room, for less than `most` pence.

    Returns the pence it costs, or -1 with nothing changed if it cannot be done.
    """
    start, spent = s.noted[0], 0.0
    for part in range(g.unit_start[unit], g.unit_start[unit + 1]):
        if s.at[part] >= 0:
            continue
        first, n = g.wanted_start[part], g.wanted_start[part + 1] - g.wanted_start[part]
        best, pence = -1, most - spent
        at = _below(s, n) if n > LOOKED_AT else 0
        for k in range(min(n, LOOKED_AT)):
            column = g.wanted[first + (at + k) % n]
            if (
                g.cost[column] < pence
                and mine[g.offer[column]]
                and _has_room(g, s, part, column)
                and _goes_with_rest(g, s, part, column)
            ):
                best, pence = column, g.cost[column]
        if best < 0:
            _take_back(g, s, start)
            return -1.0
        _set(g, s, part, best)
        spent += pence
    return spent


@compiled
def _push_out(g, s, mine, j, unit):
    """Take a random unit out of an offer; returns it, or -1 if that one must stay."""
    if s.guest_count[j] == 0:
        return -1
    part = s.guests[g.guest_start[j] + _below(s, s.guest_count[j])]
    other = g.part_unit[part]
    if other == unit or g.stays[other]:
        return -1
    for each in range(g.unit_start[other], g.unit_start[other + 1]):
        if not mine[g.offer[s.at[each]]]:
            return -1
    for each in range(g.unit_start[other], g.unit_start[other + 1]):
        _set(g, s, each, -1)
    return other


@compiled
def _held(g, s, unit):
    """Pence a week of a unit as it is placed."""
    pence = 0.0
    for part in range(g.unit_start[unit], g.unit_start[unit + 1]):
        pence += g.cost[s.at[part]]
    return pence


@compiled
def _step(g, s, mine, pushed, unit, part, column, allowed):
    """Move one part of a unit to a column; what it costs must stay within `allowed` pence.

    Returns False, with all changes still noted, where it does not.
    """
    j = g.offer[column]
    first = g.unit_start[unit]
    change = -_held(g, s, unit) if s.at[first] >= 0 else -g.penalty[unit]
    if s.at[part] >= 0:
        _set(g, s, part, -1)
    count = 0
    while not _has_room(g, s, part, column):
        if count == MOST_PUSHED:
            return False
        other = _push_out(g, s, mine, j, unit)
        if other < 0:
            return False
        pushed[count] = other
        count += 1
        change += g.penalty[other]
        for row in range(s.noted[0]):
            if g.part_unit[s.note[row, 0]] == other and s.note[row, 1] >= 0:
                change -= g.cost[s.note[row, 1]]
    if not _goes_with_rest(g, s, part, column):
        return False
    _set(g, s, part, column)
    if _settle(g, s, mine, unit, 1e15) < 0:
        return False
    change += _held(g, s, unit)
    for k in range(count):
        pence = _settle(g, s, mine, pushed[k], g.penalty[pushed[k]])
        if pence >= 0:
            change += pence - g.penalty[pushed[k]]
    return change <= allowed


def anneal(g, s, units, mine, steps, warm, cold):
    """So many steps with units and offers that are `mine`, from a warm to a cold temperature.

    warm, cold: pence. A step that costs more is taken with a chance that falls as it cools.
    """
    pushed = np.zeros(MOST_PUSHED, np.int64)
    warmth = warm
    cooler = (cold / warm) ** (1.0 / steps)
    for _ in range(steps):
        warmth *= cooler
        unit = units[_below(s, len(units))]
        first, last = g.unit_start[unit], g.unit_start[unit + 1]
        part = first + _below(s, last - first)
        n = g.wanted_start[part + 1] - g.wanted_start[part]
        if n == 0:
            continue
        k = min(_below(s, n), _below(s, n))
        column = g.wanted[g.wanted_start[part] + k]
        before = s.at[part]
        if column == before or not mine[g.offer[column]]:
            continue
        chance = (_below(s, 1 << 30) + 0.5) / (1 << 30)
        allowed = -warmth * np.log(chance)
        # with room there is nobody to push, so what it costs is known at once
        if (
            before >= 0
            and g.cost[column] - g.cost[before] > allowed
            and _has_room(g, s, part, column)
        ):
            continue
        s.noted[0] = 0
        if not _step(g, s, mine, pushed, unit, part, column, allowed):
            _take_back(g, s, 0)


anneal = only_where_compiled(compiled(anneal))
