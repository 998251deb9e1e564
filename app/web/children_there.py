"""The children whom a stop at a provider touches: there now, about to start, or just gone."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import around
from app.commissioning.progress.lifecycle import NextStep, ReviewState
from app.commissioning.progress.models import Review
from app.commissioning.progress.reviews import latest_of
from app.kernel.clock import LONDON
from app.kernel.words import in_words
from app.web.formats import plural
from providers.models.provider import Provider
from providers.models.stop import PlacementStop

JUST_GONE = timedelta(days=28)
"""A child who left this long ago or less may have been touched by what was found."""


@dataclass(frozen=True)
class Line:
    """A placement with what is to be done next. tag: words and colour. link: words and address."""

    placement: Placement
    tag: tuple[str, str]
    step: str
    link: tuple[str, str] | None = None


def there(provider: Provider, on: date) -> list[Line]:
    """The placements at a provider that are live, about to start or just ended; three queries."""
    placements = around(provider.id, on - JUST_GONE)
    reviews = latest_of([placement.id for placement in placements])
    return [_line(each, _stop_of(each, provider), reviews.get(each.id)) for each in placements]


def counted(lines: list[Line]) -> str:
    """How many are there, about to start, and just gone, in words."""
    states = [line.placement.state for line in lines]
    live, gone = states.count(PlacementState.LIVE), states.count(PlacementState.ENDED)
    return (
        f"{plural(live, 'placement')} there now, {len(states) - live - gone} about to start, "
        f"{gone} ended in the last four weeks."
    )


def _stop_of(placement: Placement, provider: Provider) -> PlacementStop | None:
    return next((stop for stop in provider.stops if stop.covers(placement.offer)), None)


def _line(placement: Placement, stop: PlacementStop | None, review: Review | None) -> Line:
    if placement.state is PlacementState.ENDED:
        return _gone(placement, stop)
    if placement.state is not PlacementState.LIVE:
        return _to_start(placement, stop)
    if review is not None and review.state is ReviewState.OPEN:
        return _to_review(placement, f"Due on {in_words(review.due_on)}.")
    if stop is None:
        return Line(placement, ("Not touched", "grey"), "Nothing: no stop touches this placement.")
    if review is None or review.held_on < stop.imposed_at.astimezone(LONDON).date():
        return _to_review(placement, f"Due since {in_words(stop.imposed_at.astimezone(LONDON))}.")
    return _reviewed(placement, review)


def _to_review(placement: Placement, due: str) -> Line:
    step = f"Review the placement at once, and end it if that is needed. {due}"
    link = ("Record the review", url_for("progress.review", placement_id=placement.id))
    return Line(placement, ("Urgent review", "red"), step, link)


def _reviewed(placement: Placement, review: Review) -> Line:
    step = f"Reviewed on {in_words(review.held_on)}: {review.next_step.label.lower()}."
    if review.next_step in (NextStep.END, NextStep.REINTEGRATE):
        link = ("End the placement", url_for("progress.end", placement_id=placement.id))
        return Line(placement, ("To end", "yellow"), step, link)
    link = ("Read the review", url_for("progress.show", placement_review_id=review.id))
    return Line(placement, ("Reviewed", "green"), step, link)


def _to_start(placement: Placement, stop: PlacementStop | None) -> Line:
    first = in_words(placement.starts_on)
    if stop is None:
        return Line(placement, ("To start", "blue"), f"Begins on {first}.")
    step = (
        f"Was to begin on {first}, and cannot before the stop is lifted. Tell the family and the "
        "school, and find another place or wait."
    )
    return Line(placement, ("Held", "yellow"), step)


def _gone(placement: Placement, stop: PlacementStop | None) -> Line:
    left = f"Ended on {in_words(placement.ended_on)}."
    if stop is None:
        return Line(placement, ("Ended", "grey"), left)
    step = f"{left} Ask the child and the family whether they saw what was found."
    return Line(placement, ("Ask the child", "yellow"), step)
