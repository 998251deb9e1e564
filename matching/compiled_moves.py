"""Annealing as plain loops for numba: children change offers, and push others on, by the million.

All that a step looks at lies close together: one row for each offer, part and unit, and the
options of a part side by side, the cheapest first. Every change goes through `_set`, which notes
what was there, so that a step that does not pay is taken back exactly. The rules are kept on the
safe side: two components of one child count for two places, and nobody newly becomes full-time
where unregistered.
"""

from typing import NamedTuple

import numpy as np

from matching.compiled_tools import compiled, only_where_compiled

MOST_PUSHED = 3
"""Units that one step may push out of its way."""

# columns of `Ground.options`
OFFER, PENCE, HOURS = range(3)
# columns of `Ground.offers`: the first, those from FREE_HOURS to GUESTS, move
FREE_HOURS, FREE_PLACES, GUESTS, PROVIDER, HALF_DAYS, REGISTERED, FIRST_GUEST, SIDE = range(8)
# columns of `Ground.parts`: AT is the option a part has (-1: none), SEAT its row among the guests
AT, SEAT, NEEDS, UNIT, FIRST, LAST = range(6)
# columns of `Ground.units`: LEAST is the pence of its cheapest options together
FIRST_PART, LAST_PART, PENALTY, MOST_HOURS, LEAST, STAYS = range(6)


class Ground(NamedTuple):
    """A county as annealing sees it; a row for each option, offer, part and unit.

    options: offer, pence and hours a week, those of a part side by side, cheapest first. by_loss:
    the same rows, those with least loss first. offers: hours and places free, how many guests,
    provider, a bit for each half-day open, whether registered, the first of its rows in guests,
    and the side of the cut. parts and units: see the names above; a unit that STAYS is not
    touched. guests: parts at each offer. provider_places: places free, by provider.
    """

    options: np.ndarray
    by_loss: np.ndarray
    offers: np.ndarray
    parts: np.ndarray
    units: np.ndarray
    guests: np.ndarray
    provider_places: np.ndarray


class Hand(NamedTuple):
    """What one worker holds: parts changed in this step with the options they had, how many
    (noted[0]), the units it pushed, and its random state."""

    note: np.ndarray
    noted: np.ndarray
    pushed: np.ndarray
    random: np.ndarray


@compiled
def _below(s, limit):
    """The next random whole number from 0 to limit - 1 (xorshift; limit under 2**31)."""
    x = s.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    s.random[0] = x
    return np.int64(((x >> np.uint64(33)) * np.uint64(limit)) >> np.uint64(31))


@compiled
def _set(g, s, part, option):
    """Give a part another option, or none, and note the one it had."""
    mine = g.parts[part]
    before = mine[AT]
    s.note[s.noted[0], 0] = part
    s.note[s.noted[0], 1] = before
    s.noted[0] += 1
    if before >= 0:
        offer = g.offers[g.options[before, OFFER]]
        offer[FREE_HOURS] += g.options[before, HOURS]
        offer[FREE_PLACES] += 1
        offer[GUESTS] -= 1
        g.provider_places[offer[PROVIDER]] += 1
        last = g.guests[offer[FIRST_GUEST] + offer[GUESTS]]
        g.guests[offer[FIRST_GUEST] + mine[SEAT]] = last
        g.parts[last, SEAT] = mine[SEAT]
    if option >= 0:
        offer = g.offers[g.options[option, OFFER]]
        offer[FREE_HOURS] -= g.options[option, HOURS]
        offer[FREE_PLACES] -= 1
        g.provider_places[offer[PROVIDER]] -= 1
        g.guests[offer[FIRST_GUEST] + offer[GUESTS]] = part
        mine[SEAT] = offer[GUESTS]
        offer[GUESTS] += 1
    mine[AT] = option


@compiled
def _take_back(g, s, to):
    """Undo the changes of this step, the last first, until only `to` are left."""
    while s.noted[0] > to:
        row = s.noted[0] - 1
        _set(g, s, s.note[row, 0], s.note[row, 1])
        s.noted[0] = row


@compiled
def _has_room(g, hours, offer):
    """Whether an offer (its row) has so many hours and a place."""
    return (
        offer[FREE_HOURS] >= hours
        and offer[FREE_PLACES] > 0
        and g.provider_places[offer[PROVIDER]] > 0
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
def _goes_with_rest(g, part, option):
    """Whether an option can be held beside the other parts of the unit: half-days and hours."""
    unit = g.units[g.parts[part, UNIT]]
    first, last = unit[FIRST_PART], unit[LAST_PART]
    if last - first == 1:
        return True
    offer, together = g.offers[g.options[option, OFFER]], g.options[option, HOURS]
    # every group of the other parts with this one has as many half-days open as it needs
    for group in range(1 << (last - first)):
        if not group >> (part - first) & 1:
            continue
        mask, need = offer[HALF_DAYS], g.parts[part, NEEDS]
        for other in range(first, last):
            at = g.parts[other, AT]
            if other != part and group >> (other - first) & 1 and at >= 0:
                mask |= g.offers[g.options[at, OFFER], HALF_DAYS]
                need += g.parts[other, NEEDS]
        if _bits(mask) < need:
            return False
    if offer[REGISTERED]:
        return True
    for other in range(first, last):
        at = g.parts[other, AT]
        if other == part or at < 0:
            continue
        if g.offers[g.options[at, OFFER], PROVIDER] == offer[PROVIDER]:
            together += g.options[at, HOURS]
    return together <= unit[MOST_HOURS]


@compiled
def _settle(g, s, side, unit, most):
    """Place the missing parts of a unit where there is room, for less than `most` pence.

    Returns the pence it costs, or -1 with nothing changed if it cannot be done.
    """
    start, spent = s.noted[0], 0
    for part in range(g.units[unit, FIRST_PART], g.units[unit, LAST_PART]):
        mine = g.parts[part]
        if mine[AT] >= 0:
            continue
        best = -1
        for option in range(mine[FIRST], mine[LAST]):
            if spent + g.options[option, PENCE] >= most:
                break
            offer = g.offers[g.options[option, OFFER]]
            if (
                offer[SIDE] == side
                and _has_room(g, g.options[option, HOURS], offer)
                and _goes_with_rest(g, part, option)
            ):
                best = option
                break
        if best < 0:
            _take_back(g, s, start)
            return -1
        _set(g, s, part, best)
        spent += g.options[best, PENCE]
    return spent


@compiled
def _push_out(g, s, side, offer, unit):
    """Take a random unit out of an offer; returns it, or -1 if that one must stay."""
    if offer[GUESTS] == 0:
        return -1
    part = g.guests[offer[FIRST_GUEST] + _below(s, offer[GUESTS])]
    other = g.parts[part, UNIT]
    if other == unit or g.units[other, STAYS]:
        return -1
    first, last = g.units[other, FIRST_PART], g.units[other, LAST_PART]
    for each in range(first, last):
        if g.offers[g.options[g.parts[each, AT], OFFER], SIDE] != side:
            return -1
    for each in range(first, last):
        _set(g, s, each, -1)
    return other


@compiled
def _held(g, unit):
    """Pence a week of a unit as it is placed."""
    pence = 0
    for part in range(g.units[unit, FIRST_PART], g.units[unit, LAST_PART]):
        pence += g.options[g.parts[part, AT], PENCE]
    return pence


@compiled
def _step(g, s, side, unit, part, option, allowed):
    """Move one part of a unit to an option; what it costs must stay within `allowed` pence.

    Returns False, with all changes still noted, where it does not.
    """
    offer = g.offers[g.options[option, OFFER]]
    hours, spare = g.options[option, HOURS], allowed
    placed = g.parts[g.units[unit, FIRST_PART], AT] >= 0
    spare += _held(g, unit) if placed else g.units[unit, PENALTY]
    # spare is what may still be spent if all who are pushed out find their cheapest places
    spare -= g.options[option, PENCE]
    if placed:
        for other in range(g.units[unit, FIRST_PART], g.units[unit, LAST_PART]):
            if other != part:
                spare -= g.options[g.parts[other, AT], PENCE]
        _set(g, s, part, -1)
    count = 0
    while not _has_room(g, hours, offer):
        if count == MOST_PUSHED:
            return False
        from_here = s.noted[0]
        other = _push_out(g, s, side, offer, unit)
        if other < 0:
            return False
        s.pushed[count] = other
        count += 1
        for row in range(from_here, s.noted[0]):
            spare += g.options[s.note[row, 1], PENCE]
        spare -= min(g.units[other, LEAST], g.units[other, PENALTY])
        if spare < 0:
            return False
    if not _goes_with_rest(g, part, option):
        return False
    _set(g, s, part, option)
    if not placed:
        rest = _settle(g, s, side, unit, spare + 1)
        if rest < 0:
            return False
        spare -= rest
    for k in range(count):
        other = s.pushed[k]
        penalty = g.units[other, PENALTY]
        spare += min(g.units[other, LEAST], penalty)
        pence = _settle(g, s, side, other, min(spare + 1, penalty))
        spare -= pence if pence >= 0 else penalty
        if spare < 0:
            return False
    return True


def anneal(g, s, units, side, steps, warm, cold):
    """So many steps with some units on one side of the cut, from a warm to a cold temperature.

    warm, cold: pence. A step that costs more is taken with a chance that falls as it cools.
    """
    warmth = warm
    cooler = (cold / warm) ** (1.0 / steps)
    for _ in range(steps):
        warmth *= cooler
        unit = units[_below(s, len(units))]
        first, last = g.units[unit, FIRST_PART], g.units[unit, LAST_PART]
        part = first + _below(s, last - first)
        n = g.parts[part, LAST] - g.parts[part, FIRST]
        if n == 0:
            continue
        k = min(_below(s, n), _below(s, n))
        option = g.by_loss[g.parts[part, FIRST] + k]
        before = g.parts[part, AT]
        offer = g.offers[g.options[option, OFFER]]
        if option == before or offer[SIDE] != side:
            continue
        chance = (_below(s, 1 << 30) + 0.5) / (1 << 30)
        allowed = np.int64(-warmth * np.log(chance))
        # with room there is nobody to push, so what it costs is known at once
        if (
            before >= 0
            and g.options[option, PENCE] - g.options[before, PENCE] > allowed
            and _has_room(g, g.options[option, HOURS], offer)
        ):
            continue
        s.noted[0] = 0
        if not _step(g, s, side, unit, part, option, allowed):
            _take_back(g, s, 0)


anneal = only_where_compiled(compiled(anneal))
