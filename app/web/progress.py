"""What pages about progress show: the objectives of a plan, rows of exports."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import plan_of
from app.commissioning.plans.models import Objective
from app.commissioning.progress.overview import Overview
from app.commissioning.progress.stepdown import Candidate
from app.commissioning.progress.worklist import Line
from app.web.export import Columns

REVIEWS_HEADER = (
    "Placement",
    "Child",
    "Name",
    "Provider",
    "Service",
    "SEND officer",
    "Last review",
    "Due",
    "Standing",
    "Why",
)
STEP_DOWN_HEADER = (
    "Placement",
    "Child",
    "Name",
    "Provider",
    "Tier",
    "First day",
    "Planned last day",
    "Cost a week (£)",
    "Reasons",
    "Agreed at a review",
    "Less from",
    "Hours a week from then on",
    "Saving (£)",
)

OVERSIGHT: Columns = {
    "Of": lambda row: row[0],
    "Figure": lambda row: row[1],
    "Value": lambda row: row[2],
}


def figures_of_overview(found: Overview) -> Iterator[tuple[str, str, Any]]:
    """Oversight as rows: of whom or what, which figure, its value; "Withheld" where too small."""
    whole = "All tiers"
    yield whole, "Children in placements", found.children
    yield whole, "Live placements", found.placements
    yield whole, "Reviews held in the last year", found.held
    yield whole, "Reviews held in time", found.in_time
    yield whole, "Reviews overdue now", found.overdue
    yield whole, "Urgent reviews now", found.urgent
    for each in found.tiers:
        name = each.tier.label
        yield name, "Children in placements", "Withheld" if each.children is None else each.children
        yield name, "Mean days so far", _rounded(each.so_far)
        yield name, "Mean length of those ended (days)", _rounded(each.length)
        yield name, "Share of sessions attended this half-term", _rounded(each.attendance, 3)
    for destination, count in found.destinations.items():
        shown = "Withheld" if count is None else count
        yield destination.label, "Placements that ended in the last year", shown


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def objectives_of(placement: Placement) -> Sequence[Objective]:
    """The objectives of the plan that a placement is part of."""
    plan = plan_of(placement.proposal)
    return plan.objectives if plan else ()


def review_rows(lines: Iterable[Line]) -> Iterator[tuple[Any, ...]]:
    """A row a live placement and its next review."""
    for line in lines:
        placement = line.placement
        yield (
            *_whose(placement),
            placement.service.name,
            placement.officer.name if placement.officer else "",
            line.last,
            line.timing.due_on,
            line.timing.urgency,
            line.why,
        )


def step_down_rows(found: Iterable[Candidate]) -> Iterator[tuple[Any, ...]]:
    """A row a placement that may be ready to move on."""
    for each in found:
        placement = each.placement
        yield (
            *_whose(placement),
            placement.tier,
            placement.starts_on,
            placement.ends_on,
            placement.whole_pence_a_week / 100,
            "; ".join(each.reasons),
            each.is_agreed,
            each.from_day,
            each.hours,
            each.saving / 100,
        )


def _whose(placement: Placement) -> tuple[str, ...]:
    child = placement.child
    return placement.reference, child.reference, child.full_name, placement.offer.provider.name
