"""Starting from an earlier run: its placements, its prices, and where things have changed."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from matching.bound import Prices
from matching.core import Core
from matching.draft import fits_with
from matching.marks import Marks, marks_of
from matching.repair import keep_the_rules
from matching.result import Result, WarmStart
from matching.table import Table

OFFERS_OF_PART = 2
MOST_GROUPS = 40
"""Children around whom to look again; with more of them a match from nothing is better."""


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What an earlier run knew, in the terms of the table of this one.

    columns: its placements that still stand. hours_price and pence_price by live part, then by
    shared limit. point: its price of a point of priority. changed: groups of offers around which
    something is different.
    """

    columns: np.ndarray
    hours_price: np.ndarray
    pence_price: np.ndarray
    point: float
    changed: list[list[int]]


def component_ids(table: Table) -> list[Hashable]:
    """The id of each part of a table."""
    return [part.id for child in table.problem.children for part in child.components]


def keep_warm(table: Table, core: Core, hours: Prices, pence: Prices, point: float) -> WarmStart:
    """What a later run may start from."""
    ids = component_ids(table)
    live = core.live_parts
    children, offers, policy = marks_of(table.problem)
    return WarmStart(
        point=point,
        hours_price={ids[part]: float(p) for part, p in zip(live, hours.price, strict=True)},
        pence_price={ids[part]: float(p) for part, p in zip(live, pence.price, strict=True)},
        children=children,
        offers=offers,
        policy=policy,
        hours_shared=_named(core, hours),
        pence_shared=_named(core, pence),
    )


def _named(core: Core, prices: Prices) -> dict[Hashable, float]:
    """The prices of shared limits by the limits' names."""
    return dict(zip(core.shared.names, prices.shared.tolist(), strict=True))


def read_before(table: Table, core: Core, previous: Result) -> Before | None:
    """What the earlier result offers this run.

    None if it kept no prices, or if so much has changed that a run from nothing is better: the
    policy, or more children and offers than can be looked around.
    """
    warm = previous.warm_start
    if warm is None:
        return None
    children, offers, policy = marks_of(table.problem)
    if warm.policy not in (0, policy):
        return None
    ids = component_ids(table)
    columns = _standing(table, previous, ids)
    share = core.value / np.bincount(core.part_unit, minlength=core.units)
    fresh = share[core.part_unit]
    names = [ids[part] for part in core.live_parts]
    hours_price = np.array([warm.hours_price.get(n, v) for n, v in zip(names, fresh, strict=True)])
    pence_price = np.array(
        [warm.pence_price.get(n, v * warm.point) for n, v in zip(names, fresh, strict=True)]
    )
    other = {key for key, mark in children.items() if warm.children.get(key, mark) != mark}
    hours_shared, pence_shared = (
        np.array([prices.get(name, 0.0) for name in core.shared.names])
        for prices in (warm.hours_shared, warm.pence_shared)
    )
    asking = _children_to_place(table, core, previous, columns, other)
    opened = _offers_to_fill(table, previous, columns, offers)
    if len(asking) + len(opened) > MOST_GROUPS:
        return None
    return Before(
        columns,
        np.r_[hours_price, hours_shared],
        np.r_[pence_price, pence_shared],
        warm.point,
        asking + opened,
    )


def _standing(table: Table, previous: Result, ids: list[Hashable]) -> np.ndarray:
    """The earlier placements that every rule still allows."""
    part_row = {key: row for row, key in enumerate(ids)}
    offer_row = {offer.id: row for row, offer in enumerate(table.problem.offers)}
    width = max(1, len(offer_row))
    known = table.part.astype(np.int64) * width + table.offer
    asked = np.array(
        sorted(
            part_row[each.component_id] * width + offer_row[each.offer_id]
            for each in previous.placements
            if each.component_id in part_row and each.offer_id in offer_row
        ),
        dtype=np.int64,
    )
    if not len(asked) or not len(known):
        return np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    columns = at[known[at] == asked]
    placed = np.bincount(table.part_unit[table.part[columns]], minlength=table.units)
    whole = placed == np.diff(table.unit_start)
    columns = columns[whole[table.unit[columns]]]
    return keep_the_rules(table, fits_with(table, columns))


def _children_to_place(table, core, previous, columns, other) -> list[list[int]]:
    """For each child who is new, changed or has lost a place, the offers that suit it best.

    other: ids of children who are not what they were.
    """
    placed_before = {each.component_id for each in previous.placements}
    known, ids = previous.warm_start.pence_price, component_ids(table)
    standing = set(table.part[columns].tolist())
    children = table.problem.children
    groups: dict[int, dict[int, None]] = {}
    for part in core.live_parts:
        name, unit = ids[part], int(table.part_unit[part])
        is_other = children[table.unit_child[unit]].id in other
        lost = part not in standing and (name in placed_before or name not in known)
        if not (is_other or lost):
            continue
        some = np.arange(table.part_start[part], table.part_start[part + 1])
        for column in some[np.argsort(table.total[some], kind="stable")[:OFFERS_OF_PART]]:
            groups.setdefault(unit, {})[int(table.offer[column])] = None
    return [list(offers) for offers in groups.values()]


def _offers_to_fill(table: Table, previous: Result, columns, marks: Marks) -> list[list[int]]:
    """Each offer that is new or not what it was, and each that a child of the earlier run left.

    A package that has lost one place has left the others, too.
    """
    warm, ids = previous.warm_start, component_ids(table)
    priced = {key for key, _ in previous.offer_prices}
    standing = {ids[part] for part in table.part[columns]}
    left = {each.offer_id for each in previous.placements if each.component_id not in standing}
    found = []
    for row, offer in enumerate(table.problem.offers):
        was = warm.offers.get(offer.id)
        other = was != marks[offer.id] if warm.offers else bool(priced) and offer.id not in priced
        if other or offer.id in left:
            found.append([row])
    return found
