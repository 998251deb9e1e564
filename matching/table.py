"""Every eligible pair of a problem, as sparse columns: the only form the engine works on.

The rules are those of `eligibility` and the pence those of `scoring`, taken over arrays; a test
holds the two to the same answer on random problems. Columns are stored in order of component.
"""

from dataclasses import dataclass

import numpy as np

from matching.distance import SPHERE_ERROR, geodesics_km, great_circles_km
from matching.parties import KINDS, MODES, Exceptions, Parties, read_exceptions, read_parties
from matching.policy import RegisteredFirst
from matching.problem import Problem
from matching.together import can_be_held
from matching.vocabulary import Delivery, Transport

CHUNK = 1_000_000
"""Pairs looked at together: bounds the memory of pruning."""
STRETCH = 200_000
"""Columns priced together."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The eligible pairs ("columns") of a problem and what they use and cost.

    A unit is what is placed together: a child's whole package, or one component where the
    policy allows partial packages. Part p has the columns part_start[p]:part_start[p + 1];
    unit u has the parts unit_start[u]:unit_start[u + 1]. value is priority points times hours.
    A column's place is 0 where another component of the same child may already hold the place.
    """

    problem: Problem
    parties: Parties
    exceptions: Exceptions
    unit_start: np.ndarray
    unit_child: np.ndarray
    unit_value: np.ndarray
    unit_pinned: np.ndarray
    part_start: np.ndarray
    part_unit: np.ndarray
    part: np.ndarray
    unit: np.ndarray
    child: np.ndarray
    offer: np.ndarray
    provider: np.ndarray
    hours: np.ndarray
    place: np.ndarray
    cost: np.ndarray
    transport: np.ndarray
    misfit: np.ndarray
    total: np.ndarray
    mode: np.ndarray
    km: np.ndarray

    @property
    def columns(self) -> int:
        """How many eligible pairs there are."""
        return len(self.part)

    @property
    def units(self) -> int:
        """How many packages (or components, one by one) are to be placed."""
        return len(self.unit_child)

    @property
    def parts(self) -> int:
        """How many components there are."""
        return len(self.part_unit)


def build_table(problem: Problem) -> Table:
    """Prune all pairs by the hard rules and price what is left."""
    parties, exceptions = read_parties(problem), read_exceptions(problem)
    found = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))]
    for service in np.unique(parties.part_service):
        offers = np.flatnonzero(parties.offer_service == service)
        parts = np.flatnonzero(parties.part_service == service)
        step = max(1, CHUNK // max(1, len(offers)))
        for start in range(0, len(parts) if len(offers) else 0, step):
            found.append(
                _eligible(problem, parties, exceptions, parts[start : start + step], offers)
            )
    part, offer, km = (np.concatenate(rows) for rows in zip(*found, strict=True))
    del found
    part, offer, km = _officer_rules(problem, part, offer, km)
    part, offer, km = _registered_first(problem, parties, part, offer, km)
    partial = problem.policy.partial_packages
    part_unit = np.arange(len(parties.part_child)) if partial else parties.part_child
    order = np.lexsort((offer, part))
    part, offer, km = part[order], offer[order], km[order]
    keep = _complete_units(part_unit, part)[part_unit[part]]
    part, offer, km = part[keep], offer[keep], km[keep]
    keep = can_be_held(problem, parties, part_unit, part, offer)
    part, offer, km = part[keep], offer[keep], km[keep]
    keep = _complete_units(part_unit, part)[part_unit[part]]
    part, offer, km = part[keep], offer[keep], km[keep]
    return _assemble(problem, parties, exceptions, part_unit, part, offer, km)


def _eligible(problem, parties, exceptions, parts, offers) -> tuple[np.ndarray, ...]:
    """Part, offer and km of the pairs of these parts and offers that break no hard rule."""
    p, child, provider = parties, parties.part_child[parts], parties.offer_provider[offers]
    hours = p.part_hours[parts][:, None]
    ages = p.child_age[child][:, None]
    ok = (ages >= p.offer_ages[offers, 0]) & (ages <= p.offer_ages[offers, 1])
    ok &= p.child_required[child] @ (1 - p.offer_needs[offers]).T < 0.5
    ok &= p.child_group[child][:, None] >= p.offer_group[offers]
    ok &= (hours >= p.offer_min_hours[offers]) & (hours <= p.offer_hours[offers])
    ok &= p.part_half_days[parts][:, None] <= p.offer_sessions[offers]
    latest = p.child_start[child] + problem.policy.longest_start_wait
    ok &= p.offer_opens[offers] <= latest[:, None]
    there = _hours_there(exceptions, child, provider)
    ok &= (p.offer_places[offers] > 0) & ((p.provider_places[provider] > 0) | (there > 0))
    for row, who in enumerate(child):
        if who in exceptions.barred:
            ok[row] &= ~np.isin(provider, list(exceptions.barred[who]))
    ok &= _may_teach(problem, parties, child, there, hours, provider)
    online = p.offer_modes[offers, MODES.index(Delivery.ONLINE)]
    # nan compares false, so an unknown place leaves only what is online
    reach = _reach(
        parties,
        child[:, None],
        offers[None, :],
        great_circles_km(p.child_point[child], p.offer_point[offers]),
        SPHERE_ERROR,
    )
    row, column = np.nonzero(ok & (reach | online))
    child, offer = child[row], offers[column]
    km = geodesics_km_or_nan(p.child_point[child], p.offer_point[offer])
    keep = _reach(parties, child, offer, km, 0.0) | online[column]
    part = parts[row[keep]]
    return part.astype(np.int32), offer[keep].astype(np.int32), km[keep]


def geodesics_km_or_nan(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Geodesic kilometres between rows of points; nan where either is unknown."""
    km = np.full(len(here), np.nan)
    known = ~(np.isnan(here[:, 0]) | np.isnan(there[:, 0]))
    if known.any():
        km[known] = geodesics_km(here[known], there[known])
    return km


def _modes_possible(parties, child, offer, km, slack):
    """For each mode but online, whether it reaches; `slack` widens the limits by that share."""
    least = km * (1 - slack)
    travels = least <= parties.child_limit[child]
    reached = least <= parties.offer_radius[offer]
    modes = parties.offer_modes[offer]
    return {
        Delivery.AT_BASE: modes[..., MODES.index(Delivery.AT_BASE)] & travels,
        Delivery.AT_HOME: modes[..., MODES.index(Delivery.AT_HOME)] & reached,
        Delivery.IN_COMMUNITY: modes[..., MODES.index(Delivery.IN_COMMUNITY)] & travels & reached,
    }


def _reach(parties, child, offer, km, slack) -> np.ndarray:
    """Whether the offer reaches the child in some way other than online."""
    possible = _modes_possible(parties, child, offer, km, slack)
    return possible[Delivery.AT_BASE] | possible[Delivery.AT_HOME] | possible[Delivery.IN_COMMUNITY]


def _hours_there(exceptions, child, provider) -> np.ndarray:
    """Hours a week that each child (rows) has at each provider (columns) already."""
    there = np.zeros((len(child), len(provider)), dtype=np.int64)
    for row, who in enumerate(child):
        for column, count in exceptions.there.get(who, {}).items():
            there[row, provider == column] = count
    return there


def _may_teach(problem, parties, child, there, hours, provider) -> np.ndarray:
    """The must-register rule for one component alone. there: hours already, by child and offer."""
    policy, p = problem.policy, parties
    free = p.provider_registered[provider][None, :] | ~p.child_compulsory[child][:, None]
    part_time = there + hours <= policy.full_time_hours
    counted = there > policy.full_time_hours
    room = p.provider_full_time[provider] + 1 < policy.full_time_children_limit
    return free | part_time | (~p.child_protected[child][:, None] & (counted | room))


def _officer_rules(problem, part, offer, km):
    """Drop forbidden pairs, and for a pinned component all but its pin."""
    if not problem.pinned and not problem.forbidden:
        return part, offer, km
    ids = [component.id for child in problem.children for component in child.components]
    part_row = {key: row for row, key in enumerate(ids)}
    offer_row = {each.id: row for row, each in enumerate(problem.offers)}
    width = len(problem.offers)
    pair = part.astype(np.int64) * width + offer
    forbidden = [part_row[a] * width + offer_row[b] for a, b in problem.forbidden]
    pins = [part_row[a] * width + offer_row[b] for a, b in problem.pinned]
    keep = ~np.isin(pair, forbidden)
    keep &= ~np.isin(part, [pin // width for pin in pins]) | np.isin(pair, pins)
    return part[keep], offer[keep], km[keep]


def _registered_first(problem, parties, part, offer, km):
    """Under "require", an unregistered offer only where no registered one may take the part."""
    if problem.policy.registered_first is not RegisteredFirst.REQUIRE:
        return part, offer, km
    registered = parties.provider_registered[parties.offer_provider[offer]]
    served = np.bincount(part[registered], minlength=len(parties.part_child)) > 0
    pins = {component for component, _ in problem.pinned}
    pinned = np.array(
        [part.id in pins for child in problem.children for part in child.components], dtype=bool
    )
    keep = registered | ~served[part] | pinned[part]
    return part[keep], offer[keep], km[keep]


def _complete_units(part_unit, part) -> np.ndarray:
    """Which units have at least one column for every one of their parts."""
    has = np.bincount(part, minlength=len(part_unit)) > 0
    units = int(part_unit.max()) + 1 if len(part_unit) else 0
    return np.bincount(part_unit[~has], minlength=units) == 0


def _assemble(problem, parties, exceptions, part_unit, part, offer, km) -> Table:
    """The finished table: prices, places and index arrays."""
    units = int(part_unit.max()) + 1 if len(part_unit) else 0
    unit_start = np.searchsorted(part_unit, np.arange(units + 1))
    unit_child = parties.part_child[unit_start[:-1]]
    points = parties.child_points[parties.part_child] * parties.part_hours
    child = parties.part_child[part].astype(np.int32)
    hours = parties.part_hours[part].astype(np.int32)
    mode, transport, misfit = _price(problem, parties, exceptions, part, offer, km)
    cost = hours * parties.offer_price[offer]
    pins = {component for component, _ in problem.pinned}
    pinned = np.array(
        [c.id in pins for each in problem.children for c in each.components], dtype=bool
    )
    loose = np.bincount(part_unit[~pinned], minlength=units)
    dead = ~_complete_units(part_unit, part)
    place = np.zeros(len(part), dtype=np.int32)
    place[_first_of_pair(child, offer, len(problem.offers))] = 1
    return Table(
        problem=problem,
        parties=parties,
        exceptions=exceptions,
        unit_start=unit_start,
        unit_child=unit_child,
        unit_value=np.bincount(part_unit, points, units).astype(np.int64),
        unit_pinned=(loose == 0) & ~dead,
        part_start=np.searchsorted(part, np.arange(len(part_unit) + 1)),
        part_unit=part_unit,
        part=part,
        unit=part_unit[part].astype(np.int32),
        child=child,
        offer=offer,
        provider=parties.offer_provider[offer].astype(np.int32),
        hours=hours,
        place=place,
        cost=cost,
        transport=transport,
        misfit=misfit,
        total=cost + transport + misfit,
        mode=mode,
        km=km,
    )


def _first_of_pair(child, offer, offers: int) -> np.ndarray:
    """The first column of each child and offer."""
    return np.unique(child.astype(np.int64) * max(1, offers) + offer, return_index=True)[1]


def _price(problem, parties, exceptions, part, offer, km):
    """Mode, transport and misfit of each column; a stretch at a time, to keep memory low."""
    mode = np.zeros(len(part), dtype=np.int8)
    transport, misfit = np.zeros((2, len(part)), dtype=np.int64)
    for start in range(0, len(part), STRETCH):
        some = slice(start, start + STRETCH)
        mode[some], transport[some], misfit[some] = _price_some(
            problem, parties, exceptions, part[some], offer[some], km[some]
        )
    return mode, transport, misfit


def _price_some(problem, parties, exceptions, part, offer, km):
    """The cheapest possible mode of each column, with its transport and misfit in pence a week."""
    policy, p = problem.policy, parties
    weights, child = policy.weights, parties.part_child[part]
    provider = p.offer_provider[offer]
    rates = np.array([policy.transport_pence_per_km[kind] for kind in KINDS], dtype=np.int64)
    kind = p.child_transport[child]
    rate = np.where(kind == KINDS.index(Transport.NONE), 0, rates[kind])
    journeys = 2 * p.offer_days[offer, p.part_half_days[part]]
    known = np.nan_to_num(km)
    by_road = np.rint(known * policy.road_factor * (journeys * rate)).astype(np.int64)
    travel = np.rint(weights.distance * known).astype(np.int64)
    possible = _modes_possible(parties, child, offer, km, 0.0)
    possible[Delivery.ONLINE] = p.offer_modes[offer, MODES.index(Delivery.ONLINE)]
    best = np.full(len(part), np.iinfo(np.int64).max)
    mode = np.full(len(part), -1, dtype=np.int8)
    for number, name in enumerate(MODES):
        at_base = name is Delivery.AT_BASE
        wished = (p.child_mode[child] < 0) | (p.child_mode[child] == number)
        pence = np.where(wished, 0, weights.other_delivery) + (by_road + travel) * at_base
        better = possible[name] & (pence < best)
        best[better], mode[better] = pence[better], number
    transport = np.where(mode == MODES.index(Delivery.AT_BASE), by_road, 0)
    misfit = best - transport + p.provider_misfit[provider]
    unmet = _unmet(p.child_wished, 1 - p.offer_needs, child, offer)
    misfit += weights.secondary_need * unmet
    misfit += weights.later_start * np.maximum(0, p.offer_opens[offer] - p.child_start[child])
    return mode, transport, misfit + _family_misfit(exceptions, weights, child, provider)


def _unmet(wished, lacking, child, offer) -> np.ndarray:
    """How many wished needs each pair leaves unmet; one need at a time, to keep memory low."""
    count = np.zeros(len(child), dtype=np.int64)
    for need in range(wished.shape[1]):
        count += (wished[child, need] * lacking[offer, need]).astype(np.int64)
    return count


def _family_misfit(exceptions, weights, child, provider) -> np.ndarray:
    """Pence for the family's ranked choice, leaving a present provider and siblings elsewhere."""
    pence = np.zeros(len(child), dtype=np.int64)
    # the columns of a child lie together, because components are in order of children
    ties = exceptions.ranked, exceptions.present, exceptions.family
    concerned = sorted(set().union(*ties))
    edges = np.searchsorted(child, [[who, who + 1] for who in concerned]).reshape(-1, 2)
    for who, (start, end) in zip(concerned, edges, strict=True):
        rows = slice(start, end)
        if who in exceptions.ranked:
            pence[rows] += weights.not_chosen
            chosen = exceptions.ranked[who]
            for rank in range(len(chosen) - 1, -1, -1):
                pence[rows][provider[rows] == chosen[rank]] = weights.lower_choice * rank
        if who in exceptions.present:
            away = ~np.isin(provider[rows], list(exceptions.present[who]))
            pence[rows][away] += weights.new_provider
        if who in exceptions.family:
            apart = ~np.isin(provider[rows], list(exceptions.family[who]))
            pence[rows][apart] += weights.sibling_apart
    return pence
