"""The way by road to each place that a match recommends, in words for the child's page."""

from functools import cache

from flask import current_app

from app.commissioning.models.match import MatchOutcome
from app.commissioning.policies import rules_of
from app.commissioning.roads import Road, RoadServer, by_road
from app.web.formats import distance, number


def roads_of(outcome: MatchOutcome) -> dict[int, str]:
    """For each recommendation that is travelled to, by its id, the way by road in words."""
    child = outcome.child
    reached = [
        found
        for found in outcome.recommendations
        if found.distance_km is not None and found.offer.site.latitude is not None
    ]
    if child.latitude is None or not reached:
        return {}
    sites = [
        ((found.offer.site.latitude, found.offer.site.longitude), found.distance_km)
        for found in reached
    ]
    factor = rules_of(outcome.run.policy)["road_factor"]
    roads = by_road((child.latitude, child.longitude), sites, factor, _server())
    return {found.id: _in_words(road) for found, road in zip(reached, roads, strict=True)}


def _in_words(road: Road) -> str:
    if not road.measured:
        return f"About {distance(road.km)}, estimated"
    return f"{distance(road.km)}, {number(road.minutes)} minutes"


def _server() -> RoadServer | None:
    address = current_app.config["ROADS_URL"]
    return _at(address, current_app.config["ROADS_SECONDS"]) if address else None


@cache
def _at(address: str, seconds: float) -> RoadServer:
    """One server for the whole process, so that it remembers when the server was away."""
    return RoadServer(address, seconds)
