"""What a step of annealing adds beyond the limits of offers and providers, in plain loops."""

import numpy as np

from matching.compiled_tools import compiled
from matching.ground import (
    AT,
    FIRST_PART,
    FREE_HOURS,
    FREE_PLACES,
    LAST_PART,
    NEW,
    OFFER,
    OVER_HOUR,
    OVER_PLACE,
    PROVIDER,
    SHARED,
    UNIT,
)


@compiled
def takes(g, part, option):
    """Places of its provider that a part takes with an option beside the rest of its unit: 0, 1.

    Nothing is counted where the provider has no limit over its offers.
    """
    offer = g.offers[g.options[option, OFFER]]
    if not offer[SHARED] or not g.options[option, NEW]:
        return 0
    unit = g.units[g.parts[part, UNIT]]
    for other in range(unit[FIRST_PART], unit[LAST_PART]):
        at = g.parts[other, AT]
        if other == part or at < 0:
            continue
        if g.offers[g.options[at, OFFER], PROVIDER] == offer[PROVIDER]:
            return 0
    return 1


@compiled
def charge(offer, hours, places):
    """What it adds, in pence, that an offer holds so many more hours and places (or fewer)."""
    pence = np.int64(0)
    free = offer[FREE_HOURS]
    if free < hours or free < 0:
        pence += offer[OVER_HOUR] * (max(hours - free, 0) - max(-free, 0))
    free = offer[FREE_PLACES]
    if free < places or free < 0:
        pence += offer[OVER_PLACE] * (max(places - free, 0) - max(-free, 0))
    return pence


@compiled
def charge_provider(g, offer, places):
    """The same for places that a provider has over all its offers, this one among them."""
    if places == 0:
        return 0
    free = g.provider_places[offer[PROVIDER]]
    return offer[OVER_PLACE] * (max(places - free, 0) - max(-free, 0))


@compiled
def charge_providers(g, offers, places):
    """The same for the providers of three offers, each with more places (or fewer) taken there."""
    first, second, third = offers
    here, there, beyond = places
    if third[PROVIDER] == second[PROVIDER]:
        there, beyond = there + beyond, 0
    if third[PROVIDER] == first[PROVIDER]:
        here, beyond = here + beyond, 0
    if second[PROVIDER] == first[PROVIDER]:
        here, there = here + there, 0
    pence = charge_provider(g, first, here) + charge_provider(g, second, there)
    return pence + charge_provider(g, third, beyond)
