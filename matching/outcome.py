"""Turning chosen columns into the result that is shown, with geopy measuring what is shown."""

import numpy as np

from matching.distance import distance_km
from matching.exact import Found, siblings_apart_pence, value_of
from matching.parties import MODES
from matching.result import Gap, Placement, Result, Status, Totals
from matching.run import Run
from matching.table import Table
from matching.vocabulary import Delivery

ENGINE_VERSION = "1.0"


def result_of(table: Table, run: Run, found: Found) -> Result:
    """The result of a run."""
    status = Status.OPTIMAL if found.optimal else Status.FEASIBLE
    if run.stopped and not found.optimal:
        status = Status.STOPPED
    starts = _starts(table, found.columns)
    placements = tuple(_placement(table, int(column), starts) for column in np.sort(found.columns))
    children = table.problem.children
    complete = _complete_children(table, found.columns)
    return Result(
        status=status,
        placements=placements,
        unplaced=tuple(child.id for row, child in enumerate(children) if row not in complete),
        totals=Totals(
            children=len(children),
            placed=len(complete),
            hours=sum(placement.hours for placement in placements),
            priority_hours=value_of(table, found.columns),
            cost_pence=sum(placement.weekly_cost_pence for placement in placements),
            transport_pence=sum(placement.weekly_transport_pence for placement in placements),
            misfit_pence=sum(placement.weekly_misfit_pence for placement in placements)
            + siblings_apart_pence(table, found.columns),
        ),
        hours_gap=found.hours_gap,
        cost_gap=found.cost_gap,
        seconds=run.seconds,
        seed=run.seed,
        engine_version=ENGINE_VERSION,
        offer_prices=_offer_prices(table, found),
        warm_start=found.warm_start,
    )


def _offer_prices(table: Table, found: Found) -> tuple[tuple[object, float], ...]:
    """What one more hour a week is worth at each offer, in pence."""
    if found.offer_hours is None:
        return ()
    return tuple(
        (offer.id, round(float(pence), 2))
        for offer, pence in zip(table.problem.offers, found.offer_hours, strict=True)
    )


def nothing_to_do(children: tuple, status: Status, run: Run) -> Result:
    """The result when there are no children, or no offers for them."""
    return Result(
        status=status,
        placements=(),
        unplaced=tuple(child.id for child in children),
        totals=Totals(children=len(children)),
        hours_gap=Gap(0, 0),
        cost_gap=Gap(0, 0),
        seconds=run.seconds,
        seed=run.seed,
        engine_version=ENGINE_VERSION,
    )


def _complete_children(table: Table, columns: np.ndarray) -> set[int]:
    """Rows of the children all of whose components are placed."""
    done = np.bincount(table.child[columns], minlength=len(table.problem.children))
    return {
        row
        for row, child in enumerate(table.problem.children)
        if done[row] == len(child.components)
    }


def _starts(table: Table, columns: np.ndarray) -> np.ndarray:
    """By child, the day on which all its chosen offers are open, none before it is asked for."""
    starts = table.parties.child_start.copy()
    np.maximum.at(starts, table.child[columns], table.parties.offer_opens[table.offer[columns]])
    return starts


def _placement(table: Table, column: int, starts: np.ndarray) -> Placement:
    """One chosen column in the terms of the problem."""
    problem = table.problem
    child, offer = problem.children[table.child[column]], problem.offers[table.offer[column]]
    component = child.components[table.part[column] - _first_part(table, table.child[column])]
    delivery = MODES[table.mode[column]]
    return Placement(
        child_id=child.id,
        component_id=component.id,
        offer_id=offer.id,
        provider_id=offer.provider_id,
        delivery=delivery,
        hours=component.hours,
        distance_km=(
            None if delivery is Delivery.ONLINE else distance_km(child.location, offer.location)
        ),
        weekly_cost_pence=int(table.cost[column]),
        weekly_transport_pence=int(table.transport[column]),
        weekly_misfit_pence=int(table.misfit[column]),
        starts_in=int(starts[table.child[column]]),
    )


def _first_part(table: Table, child: int) -> int:
    """The row of a child's first component; components are in order of children."""
    return int(np.searchsorted(table.parties.part_child, child))
