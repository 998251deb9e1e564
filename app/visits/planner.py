"""The day planner: visits put into the order that takes the least travel within working hours.

Pure: plain data in, plain data out. The one room that asks OR-Tools about visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

EARTH_KM = 6371.0088
_DROPPED = 10_000_000  # metres: leaving a visit out costs more than any way of making it
SEARCH_MILLISECONDS = 250


@dataclass(frozen=True)
class Place:
    """A point on the earth: degrees, WGS84."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Stop:
    """A visit to be made. number: the caller's own. minutes: how long it takes there."""

    number: int
    place: Place
    minutes: int


@dataclass(frozen=True)
class Day:
    """A day to be planned. starts, ends: minutes after midnight. base: where it begins and ends.

    road_factor: how much longer the road is than the straight line. speed: kilometres an hour.
    """

    base: Place
    stops: tuple[Stop, ...]
    starts: int = 9 * 60
    ends: int = 17 * 60
    road_factor: float = 1.3
    speed: float = 50.0

    def __post_init__(self) -> None:
        if not self.starts < self.ends or self.speed <= 0 or self.road_factor < 1:
            raise ValueError("A day needs hours, a speed, and a road factor of 1 or more.")
        if len({stop.number for stop in self.stops}) != len(self.stops):
            raise ValueError("Each stop needs a number of its own.")

    def metres(self, start: Place, end: Place) -> int:
        """The way by road, estimated, in whole metres."""
        return round(straight_km(start, end) * self.road_factor * 1000)

    def minutes(self, metres: int) -> int:
        """How long a way takes, in whole minutes, rounded up."""
        return -(-metres * 60 // round(self.speed * 1000))


@dataclass(frozen=True)
class Leg:
    """One stop of a planned day. metres, travel: of the way there. arrives, leaves: minutes."""

    stop: Stop
    metres: int
    travel: int
    arrives: int
    leaves: int


@dataclass(frozen=True)
class Plan:
    """A day in order. left_out: visits for which the day is too short. back: of the way home."""

    legs: tuple[Leg, ...]
    left_out: tuple[Stop, ...]
    back_metres: int
    ends: int

    @property
    def metres(self) -> int:
        """The whole way, home again included."""
        return sum(leg.metres for leg in self.legs) + self.back_metres


def plan_day(day: Day) -> Plan:
    """The order with the least travel in which as many visits as possible are made.

    Never longer than the order that always goes to the nearest next, which is where the search
    begins.
    """
    nearest = nearest_first(day)
    if len(day.stops) < 2:
        return nearest
    found = _search(day, [leg.stop for leg in nearest.legs])
    if found is None:
        return nearest
    best = in_order(day, found)
    return min((best, nearest), key=lambda plan: (len(plan.left_out), plan.metres))


def nearest_first(day: Day) -> Plan:
    """The order that always goes to the nearest visit that still fits: what a person would do."""
    order: list[Stop] = []
    here, clock, waiting = day.base, day.starts, list(day.stops)
    while waiting:
        waiting.sort(key=lambda stop: (day.metres(here, stop.place), stop.number))
        fitting = next((stop for stop in waiting if _fits(day, here, clock, stop)), None)
        if fitting is None:
            break
        clock += day.minutes(day.metres(here, fitting.place)) + fitting.minutes
        here = fitting.place
        waiting.remove(fitting)
        order.append(fitting)
    return in_order(day, order)


def in_order(day: Day, order: Sequence[Stop]) -> Plan:
    """The day with its visits in a given order; the others are left out."""
    legs, here, clock = [], day.base, day.starts
    for stop in order:
        metres = day.metres(here, stop.place)
        travel = day.minutes(metres)
        arrives = clock + travel
        clock = arrives + stop.minutes
        legs.append(Leg(stop, metres, travel, arrives, clock))
        here = stop.place
    made = {stop.number for stop in order}
    left_out = tuple(stop for stop in day.stops if stop.number not in made)
    back = day.metres(here, day.base) if legs else 0
    return Plan(tuple(legs), left_out, back, clock + day.minutes(back))


def straight_km(start: Place, end: Place) -> float:
    """The straight distance between two places on the sphere, in kilometres."""
    lat1, lat2 = radians(start.lat), radians(end.lat)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(end.lon - start.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def _fits(day: Day, here: Place, clock: int, stop: Stop) -> bool:
    there = clock + day.minutes(day.metres(here, stop.place)) + stop.minutes
    return there + day.minutes(day.metres(stop.place, day.base)) <= day.ends


def _search(day: Day, hint: Sequence[Stop]) -> list[Stop] | None:
    """The solver's order, None where it found none. hint: the order that it begins with."""
    places = [day.base, *(stop.place for stop in day.stops)]
    stay = [0, *(stop.minutes for stop in day.stops)]
    metres = [[day.metres(a, b) for b in places] for a in places]
    manager = pywrapcp.RoutingIndexManager(len(places), 1, 0)
    routing = pywrapcp.RoutingModel(manager)

    def way(a: int, b: int) -> int:
        return metres[manager.IndexToNode(a)][manager.IndexToNode(b)]

    def spent(a: int, b: int) -> int:
        here = manager.IndexToNode(a)
        return stay[here] + day.minutes(metres[here][manager.IndexToNode(b)])

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(way))
    _keep_to_hours(routing, spent, day)
    for node in range(1, len(places)):
        routing.AddDisjunction([manager.NodeToIndex(node)], _DROPPED)
    begun = [[day.stops.index(stop) + 1 for stop in hint]]
    settings = pywrapcp.DefaultRoutingSearchParameters()
    settings.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    settings.time_limit.FromMilliseconds(SEARCH_MILLISECONDS)
    routing.CloseModelWithParameters(settings)
    first = routing.ReadAssignmentFromRoutes(begun, True)
    solution = routing.SolveFromAssignmentWithParameters(first, settings) if first else None
    solution = solution or routing.SolveWithParameters(settings)
    return _read(day, manager, routing, solution) if solution else None


def _keep_to_hours(routing, spent, day: Day) -> None:
    """Let no way of making the visits end after the working day."""
    length = day.ends - day.starts
    routing.AddDimension(routing.RegisterTransitCallback(spent), 0, length, True, "minutes")


def _read(day: Day, manager, routing, solution) -> list[Stop]:
    order, index = [], routing.Start(0)
    while not routing.IsEnd(index):
        node = manager.IndexToNode(index)
        if node:
            order.append(day.stops[node - 1])
        index = solution.Value(routing.NextVar(index))
    return order
