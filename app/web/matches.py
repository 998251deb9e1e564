"""What the pages about a match show: its figures, its map, its spreadsheet."""

from collections.abc import Iterator
from typing import Any

from flask import current_app
from markupsafe import Markup

from app.commissioning import clashes, queries
from app.commissioning.disclosure import withheld
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.kernel import reach
from app.kernel.database import db
from app.web import map as drawing
from app.web.formats import distance, money, number, per_cent
from providers.places import sector_centres

WEEKS_A_YEAR = 38
"""School weeks in a year: what a weekly cost is multiplied by to show a year's."""


def smallest_for_reader() -> int:
    """Children below which no number of a match may be told to who reads; 0 where they see all."""
    return 0 if reach.current().is_all else current_app.config["SMALLEST_GROUP"]


def figures(run: MatchRun) -> dict[str, Any]:
    """The figures at the top of a match, and its cost by service."""
    return {
        "tiles": [
            {
                "label": "Children placed",
                "value": f"{number(run.placed)} of {number(run.children)}",
            },
            {
                "label": "Hours a week placed",
                "value": f"{number(run.hours_placed)} of {number(run.hours_asked)}",
            },
            {
                "label": "Cost a week",
                "value": money(run.weekly_cost_pence, whole=True),
                "note": f"{money(run.weekly_cost_pence * WEEKS_A_YEAR, whole=True)} "
                f"a year of {WEEKS_A_YEAR} school weeks",
            },
            {
                "label": "Transport a week, estimated",
                "value": money(run.weekly_transport_pence, whole=True),
            },
            {"label": "Mean distance", "value": distance(run.mean_distance_km)},
            {
                "label": "Proven gap to the best possible",
                "value": per_cent(run.hours_gap, 2),
                "note": f"in hours placed; {per_cent(run.cost_gap, 2)} in cost",
            },
        ],
        "by_service": _by_service(run, smallest := smallest_for_reader()),
        "smallest": smallest,
        "not_kept": clashes.told_to_reader(run.summary.get("rulings_not_kept", [])),
    }


def _by_service(run: MatchRun, smallest: int) -> list[tuple[str, int, int, int]]:
    """The cost by service, without what would tell whoever reads of a few children."""
    rows = queries.cost_by_service(run)
    hidden = withheld({name: placed for name, placed, *_ in rows}, smallest) if smallest else set()
    return [row for row in rows if row[0] not in hidden]


def map_of_match(run: MatchRun) -> Markup:
    """The map of a match; empty where no home's position is known.

    A home is drawn at the middle of its postcode sector, never where it is.
    """
    outcomes = queries.whole_outcomes(run)
    centres = sector_centres({outcome.child.postcode for outcome in outcomes})
    points, lines = [], []
    for outcome in outcomes:
        home = centres.get(outcome.child.postcode)
        if home is None:
            continue
        kind = "child" if outcome.placed else "unplaced"
        points.append(drawing.Point(home.latitude, home.longitude, kind, outcome.child.reference))
        for recommendation in outcome.recommendations:
            site = recommendation.offer.site
            if site.latitude is not None and recommendation.distance_km is not None:
                ends = (home.latitude, home.longitude), (site.latitude, site.longitude)
                lines.append(drawing.Line(*ends))
    points += _providers(outcomes)
    return _draw(run, points, lines)


def _providers(outcomes) -> list[drawing.Point]:
    sites = {r.offer.site: r.offer.provider for o in outcomes for r in o.recommendations}
    return [
        drawing.Point(
            site.latitude, site.longitude, "provider", provider.name, area=site.postcode[:-3]
        )
        for site, provider in sites.items()
        if site.latitude is not None
    ]


def _draw(run: MatchRun, points: list[drawing.Point], lines: list[drawing.Line]):
    whom = (
        f"{run.placed} of {run.children} children placed"
        if reach.current().is_all
        else "The children you work with"
    )
    return drawing.draw(
        points,
        lines,
        title=f"Map of match {run.id}",
        description=f"{whom}, each at the middle of the "
        "home’s postcode sector, joined to the provider recommended. "
        "The table below holds the same facts.",
    )


EXPORT_HEADER = (
    "Child reference", "Child", "Year of birth", "Primary need", "Result", "Service",
    "Hours a week", "Provider", "Provider reference", "Delivery", "Distance (miles)",
    "Price an hour (£)", "Cost a week (£)", "Transport a week, estimated (£)", "Why", "Next best",
)  # fmt: skip


def rows_to_export(
    run: MatchRun, criteria: queries.OutcomeCriteria
) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """The heading and the rows of a match as a spreadsheet: one row a component."""
    statement = queries.outcomes(run, criteria).execution_options(yield_per=500)
    return EXPORT_HEADER, (
        row for outcome in db.session.scalars(statement) for row in _export_rows(outcome)
    )


def _export_rows(outcome: MatchOutcome) -> Iterator[list[Any]]:
    child = outcome.child
    need = child.need_types[0].label if child.need_types else ""
    start = [child.reference, child.full_name, child.born_on.year, need]
    if not outcome.placed:
        reasons = " ".join(outcome.reasons.get("summary", []))
        for part in outcome.reasons.get("components", []):
            gap = [None] * 7
            yield [*start, "Not placed", part["service"], part["hours"], *gap, reasons, ""]
    for recommendation in outcome.recommendations:
        yield [*start, "Placed", *_recommended(recommendation)]


def _recommended(found: Recommendation) -> list[Any]:
    km = found.distance_km
    return [
        found.offer.service.name,
        found.hours,
        found.offer.provider.name,
        found.offer.provider.reference,
        found.delivery.label,
        None if km is None else round(km / 1.609344, 1),
        found.pence_per_hour / 100,
        found.weekly_cost_pence / 100,
        found.weekly_transport_pence / 100,
        " ".join(found.why),
        found.next_best[0]["provider"] if found.next_best else "",
    ]
