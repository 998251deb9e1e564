"""Alternative provision as a whole, for the AP lead: numbers by tier, length, attendance, reviews
in time, destinations. Groups that are too small to be shown are withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from app.children.terms import calendar
from app.commissioning.attendance.codes import Meaning
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.progress.lifecycle import ReviewState
from app.commissioning.progress.models import Review
from app.commissioning.progress.schedule import Urgency
from app.commissioning.progress.worklist import lines
from app.kernel.database import db
from app.kernel.reach import whole
from providers.needs import Tier

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class TierFigures:
    """One tier. children: in live placements, None where withheld; so are the means of a withheld
    tier. so_far: mean days of live placements. length: of those that ended in the last year.
    attendance: share of sessions attended in this half-term."""

    tier: Tier
    children: int | None
    so_far: float | None
    length: float | None
    attendance: float | None


@dataclass(frozen=True)
class Overview:
    """All of it on one day. destinations: how many endings of the last year, None where withheld.
    in_time, held: reviews of the last year. overdue, urgent: reviews now."""

    tiers: list[TierFigures]
    children: int
    placements: int
    destinations: dict[Destination, int | None]
    ended: int
    in_time: int
    held: int
    overdue: int
    urgent: int
    smallest: int
    half_term: tuple[date, date]

    @property
    def share_in_time(self) -> float | None:
        """The share of reviews that were held by their day; None where none was held."""
        return self.in_time / self.held if self.held else None


def withhold(counts: Mapping, smallest: int) -> dict:
    """Counts with those withheld that are too small to be shown; 0 is shown.

    Where a single one is withheld, the next smallest is as well, since it could be worked out
    from the total.
    """
    shown = {
        key: count if count == 0 or count >= smallest else None for key, count in counts.items()
    }
    if list(shown.values()).count(None) == 1:
        others = [key for key, count in shown.items() if count]
        if others:
            shown[min(others, key=lambda key: counts[key])] = None
    return shown


@whole()
def of(on: date, smallest: int) -> Overview:
    """Everything on a day. smallest: the smallest group that is shown."""
    half_term = calendar().half_term_containing(on)
    live = {tier: (children, days) for tier, children, days in _live(on)}
    counts = withhold({tier: live.get(tier, (0, None))[0] for tier in Tier}, smallest)
    lengths, attendance = _lengths(on), _attendance(*half_term)
    tiers = [
        TierFigures(tier, None, None, None, None)
        if counts[tier] is None
        else TierFigures(
            tier,
            counts[tier],
            live.get(tier, (0, None))[1],
            lengths.get(tier, (0, None))[1] if lengths.get(tier, (0,))[0] >= smallest else None,
            attendance.get(tier),
        )
        for tier in Tier
    ]
    destinations = _destinations(on)
    held, in_time = _reviews(on)
    now = [line.timing.urgency for line in lines(on)]
    return Overview(
        tiers=tiers,
        children=_children(),
        placements=len(now),
        destinations=withhold(destinations, smallest),
        ended=sum(destinations.values()),
        in_time=in_time,
        held=held,
        overdue=now.count(Urgency.OVERDUE),
        urgent=now.count(Urgency.URGENT),
        smallest=smallest,
        half_term=half_term,
    )


_LIVE = Placement.state == PlacementState.LIVE


def _children() -> int:
    return db.session.scalar(select(func.count(Placement.child_id.distinct())).where(_LIVE)) or 0


def _live(on: date) -> list[tuple[Tier, int, float]]:
    """For each tier the children and the mean days since the first one."""
    found: dict[Tier, tuple[set[int], list[int]]] = {}
    rows = select(Placement.tier, Placement.child_id, Placement.starts_on).where(_LIVE)
    for tier, child, first in db.session.execute(rows):
        children, days = found.setdefault(tier, (set(), []))
        children.add(child)
        days.append((on - first).days)
    return [(tier, len(who), sum(days) / len(days)) for tier, (who, days) in found.items()]


def _lengths(on: date) -> dict[Tier, tuple[int, float]]:
    """For each tier how many placements ended in the last year, and their mean length in days."""
    found: dict[Tier, list[int]] = {}
    rows = select(Placement.tier, Placement.starts_on, Placement.ended_on).where(*_ended(on))
    for tier, first, last in db.session.execute(rows):
        found.setdefault(tier, []).append((last - first).days + 1)
    return {tier: (len(days), sum(days) / len(days)) for tier, days in found.items()}


def _ended(on: date) -> tuple:
    return (
        Placement.state == PlacementState.ENDED,
        Placement.ended_on > on - YEAR,
        Placement.ended_on <= on,
    )


def _attendance(first: date, last: date) -> dict[Tier, float | None]:
    present = func.sum(case((AttendanceMark.meaning == Meaning.PRESENT, 1), else_=0))
    rows = (
        select(Placement.tier, present, func.count())
        .join(AttendanceMark, AttendanceMark.placement_id == Placement.id)
        .where(
            AttendanceMark.day.between(first, last),
            AttendanceMark.meaning != Meaning.NOT_COUNTED,
        )
        .group_by(Placement.tier)
    )
    return {tier: attended / possible for tier, attended, possible in db.session.execute(rows)}


def _destinations(on: date) -> dict[Destination, int]:
    rows = select(Placement.destination, func.count()).where(*_ended(on))
    found = dict(db.session.execute(rows.group_by(Placement.destination)).all())
    return {each: found.get(each, 0) for each in Destination}


def _reviews(on: date) -> tuple[int, int]:
    """How many reviews were held in the last year, and how many of them by their day."""
    in_time = func.coalesce(func.sum(case((Review.held_on <= Review.due_on, 1), else_=0)), 0)
    held = (Review.state == ReviewState.HELD, Review.held_on > on - YEAR, Review.held_on <= on)
    return tuple(db.session.execute(select(func.count(), in_time).where(*held)).one())
