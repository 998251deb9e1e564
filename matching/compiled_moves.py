"""Annealing as plain loops for numba: components move, enter, leave and swap, by the million.

Limits are soft: hours and places beyond what an offer or a provider has free cost pence, at first
few and in the end more than any child is worth, and a package of which only some components are
placed counts in part at first and not at all in the end. So children can be moved past each other
where no single step within the limits would lead. Two components of one child count for two places
of an offer, and for one of a provider that has a limit over its offers. The rules between the
components of one child always hold, on the safe side: nobody newly becomes full-time where
unregistered.
"""

import numpy as np

from matching.compiled_charges import charge, charge_provider, charge_providers, takes
from matching.compiled_tools import compiled, only_where_compiled
from matching.ground import (
    AT,
    FIRST,
    FIRST_GUEST,
    FIRST_PART,
    FREE_HOURS,
    FREE_PLACES,
    GUESTS,
    HALF_DAYS,
    HOURS,
    LAST,
    LAST_PART,
    MINE,
    MISSING,
    MOST_HOURS,
    NEEDS,
    OFFER,
    PENCE,
    PROVIDER,
    REGISTERED,
    SEAT,
    SEATS,
    SHARE,
    SIDE,
    UNIT,
    WHOLE,
)

LEAVES = 32
"""One try in so many takes a placed part out, with nobody in its stead."""


@compiled
def _below(random, limit):
    """The next random whole number from 0 to limit - 1 (xorshift; limit under 2**31)."""
    x = random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    random[0] = x
    return np.int64(((x >> np.uint64(33)) * np.uint64(limit)) >> np.uint64(31))


@compiled
def _set(g, part, option):
    """Give a part another option, or none (-1)."""
    mine = g.parts[part]
    before = mine[AT]
    if before >= 0:
        offer = g.offers[g.options[before, OFFER]]
        offer[FREE_HOURS] += g.options[before, HOURS]
        offer[FREE_PLACES] += 1
        offer[GUESTS] -= 1
        g.provider_places[offer[PROVIDER]] += takes(g, part, before)
        last = g.guests[offer[FIRST_GUEST] + offer[GUESTS]]
        g.guests[offer[FIRST_GUEST] + mine[SEAT]] = last
        g.parts[last, SEAT] = mine[SEAT]
        g.units[mine[UNIT], MISSING] += 1
    if option >= 0:
        offer = g.offers[g.options[option, OFFER]]
        offer[FREE_HOURS] -= g.options[option, HOURS]
        offer[FREE_PLACES] -= 1
        g.provider_places[offer[PROVIDER]] -= takes(g, part, option)
        g.guests[offer[FIRST_GUEST] + offer[GUESTS]] = part
        mine[SEAT] = offer[GUESTS]
        offer[GUESTS] += 1
        g.units[mine[UNIT], MISSING] -= 1
    mine[AT] = option


@compiled
def sit_down(g, parts, options):
    """Give parts that have none their options (by number)."""
    for row in range(len(parts)):
        _set(g, parts[row], options[row])


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
def _may_come(g, part, option):
    """Whether a part may take an option beside all who are there now, limits of offers apart."""
    offer = g.offers[g.options[option, OFFER]]
    if offer[GUESTS] == offer[SEATS]:
        return False
    return _goes_with_rest(g, part, option)


@compiled
def _entering(g, part):
    """What placing a part that is out spares, in pence."""
    unit = g.units[g.parts[part, UNIT]]
    return g.parts[part, SHARE] + (unit[WHOLE] if unit[MISSING] == 1 else 0)


@compiled
def _leaving(g, part):
    """What taking a placed part out adds, in pence, beside what its place costs."""
    unit = g.units[g.parts[part, UNIT]]
    return g.parts[part, SHARE] + (unit[WHOLE] if unit[MISSING] == 0 else 0)


@compiled
def _some_option(g, random, part):
    """An option of a part, more often one with little loss."""
    first, last = g.parts[part, FIRST], g.parts[part, LAST]
    return first + min(_below(random, last - first), _below(random, last - first))


@compiled
def _some_guest(g, random, side, offer, unit):
    """A part at an offer (its row) that may be moved and is not of this unit, or -1."""
    if offer[GUESTS] == 0:
        return -1
    guest = g.guests[offer[FIRST_GUEST] + _below(random, offer[GUESTS])]
    other = g.parts[guest, UNIT]
    return -1 if other == unit or g.units[other, MINE] != side else guest


@compiled
def _enter_whole(g, random, side, unit, allowed):
    """Place all parts of a unit at once, if that adds no more than `allowed` pence."""
    first, last = g.units[unit, FIRST_PART], g.units[unit, LAST_PART]
    pence = -g.units[unit, WHOLE]
    for part in range(first, last):
        pence -= g.parts[part, SHARE]
    for part in range(first, last):
        option = _some_option(g, random, part)
        offer = g.offers[g.options[option, OFFER]]
        pence += g.options[option, PENCE] + charge(offer, g.options[option, HOURS], 1)
        pence += charge_provider(g, offer, takes(g, part, option))
        if pence > allowed or offer[SIDE] != side or not _may_come(g, part, option):
            for done in range(first, part):
                _set(g, done, -1)
            return
        _set(g, part, option)


@compiled
def _enter(g, random, side, part, allowed):
    """Place a part that is out, beside the others there or in the stead of one of them."""
    option = _some_option(g, random, part)
    offer = g.offers[g.options[option, OFFER]]
    hours = g.options[option, HOURS]
    pence = g.options[option, PENCE] - _entering(g, part)
    if pence > allowed or offer[SIDE] != side:
        return
    places = takes(g, part, option)
    if pence + charge(offer, hours, 1) + charge_provider(g, offer, places) <= allowed:
        if _may_come(g, part, option):
            _set(g, part, option)
        return
    guest = _some_guest(g, random, side, offer, g.parts[part, UNIT])
    if guest < 0:
        return
    at = g.parts[guest, AT]
    pence += _leaving(g, guest) - g.options[at, PENCE]
    pence += charge(offer, hours - g.options[at, HOURS], 0)
    pence += charge_provider(g, offer, places - takes(g, guest, at))
    if pence <= allowed and _goes_with_rest(g, part, option):
        _set(g, guest, -1)
        _set(g, part, option)


@compiled
def _option_at(g, part, offer):
    """The option of a part at an offer (its number), or -1."""
    for option in range(g.parts[part, FIRST], g.parts[part, LAST]):
        if g.options[option, OFFER] == offer:
            return option
    return -1


@compiled
def _move(g, random, side, part, allowed):
    """Move a placed part to another offer: to its free room, in exchange, or pushing one on."""
    option, before = _some_option(g, random, part), g.parts[part, AT]
    there, here = g.options[option, OFFER], g.options[before, OFFER]
    if there == here or g.offers[there, SIDE] != side:
        return
    to, source = g.offers[there], g.offers[here]
    hours, fewer = g.options[option, HOURS], g.options[before, HOURS]
    pence = g.options[option, PENCE] - g.options[before, PENCE]
    relief = charge(source, -fewer, -1)
    left, taken = takes(g, part, before), takes(g, part, option)
    moved = charge_providers(g, (source, to, to), (-left, taken, 0))
    if pence + relief + charge(to, hours, 1) + moved <= allowed:
        if _may_come(g, part, option):
            _set(g, part, option)
        return
    guest = _some_guest(g, random, side, to, g.parts[part, UNIT])
    if guest < 0:
        return
    at = g.parts[guest, AT]
    back = _option_at(g, guest, here)
    swap = pence + charge(to, hours - g.options[at, HOURS], 0)
    taken -= takes(g, guest, at)
    if back >= 0:
        more = g.options[back, PENCE] - g.options[at, PENCE]
        more += charge(source, g.options[back, HOURS] - fewer, 0)
        places = (takes(g, guest, back) - left, taken, 0)
        more += charge_providers(g, (source, to, to), places)
        if swap + more <= allowed:
            if _goes_with_rest(g, part, option) and _goes_with_rest(g, guest, back):
                _set(g, part, -1)
                _set(g, guest, back)
                _set(g, part, option)
            return
    onward = _some_option(g, random, guest)
    third = g.options[onward, OFFER]
    if third in (here, there) or g.offers[third, SIDE] != side:
        return
    more = relief + g.options[onward, PENCE] - g.options[at, PENCE]
    more += charge(g.offers[third], g.options[onward, HOURS], 1)
    places = (-left, taken, takes(g, guest, onward))
    more += charge_providers(g, (source, to, g.offers[third]), places)
    if swap + more > allowed or not _may_come(g, guest, onward):
        return
    if _goes_with_rest(g, part, option):
        _set(g, guest, onward)
        _set(g, part, option)


def anneal(g, random, parts, side, steps, warm, cold):
    """So many steps with some parts on one side of the cut, from a warm to a cold temperature.

    random: the state of the random numbers, one of 64 bits. warm, cold: pence. A step that costs
    more is taken with a chance that falls as it cools.
    """
    warmth = warm
    cooler = (cold / warm) ** (1.0 / steps)
    for _ in range(steps):
        warmth *= cooler
        part = parts[_below(random, len(parts))]
        unit = g.parts[part, UNIT]
        allowed = np.int64(-warmth * np.log((_below(random, 1 << 30) + 0.5) / (1 << 30)))
        if g.parts[part, AT] >= 0:
            if _below(random, LEAVES) == 0:
                before = g.options[g.parts[part, AT]]
                pence = _leaving(g, part) - before[PENCE]
                offer = g.offers[before[OFFER]]
                pence += charge(offer, -before[HOURS], -1)
                pence += charge_provider(g, offer, -takes(g, part, g.parts[part, AT]))
                if pence <= allowed:
                    _set(g, part, -1)
            else:
                _move(g, random, side, part, allowed)
            continue
        several = g.units[unit, LAST_PART] - g.units[unit, FIRST_PART]
        if several > 1 and g.units[unit, MISSING] == several and _below(random, 2):
            _enter_whole(g, random, side, unit, allowed)
        else:
            _enter(g, random, side, part, allowed)


anneal = only_where_compiled(compiled(anneal))
