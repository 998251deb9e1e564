"""What is counted of every provider in a period, straight from the records: cases and parts.

Each function reads all providers in a fixed number of queries and gives, by the provider's id, the
part and the whole: sessions attended of those possible, actions in time of those due, days of all
answers.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import case, func, select

from app.commissioning.attendance.codes import Meaning
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.enquiries.lifecycle import AskState
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.progress import worklist
from app.commissioning.progress.lifecycle import Outcome, Progress, ReviewState
from app.commissioning.progress.models import (
    Ending,
    ObjectiveOutcome,
    ObjectiveProgress,
    Review,
)
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.reach import whole
from app.visits.lifecycle import VisitState
from app.visits.models import Action, Visit
from providers.admission import AdmissionState
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import ServiceGroup

Tally = tuple[float, int]
"""The part, and the number of cases that it is of."""
Tallies = Mapping[int, Tally]


def attendance(first: date, last: date) -> Tallies:
    """Sessions attended, of those that could take place."""
    present = case((AttendanceMark.meaning == Meaning.PRESENT, 1), else_=0)
    counted = case((AttendanceMark.meaning != Meaning.NOT_COUNTED, 1), else_=0)
    return _read(
        select(Offer.provider_id, func.sum(present), func.sum(counted))
        .select_from(AttendanceMark)
        .join(Placement, Placement.id == AttendanceMark.placement_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(AttendanceMark.day.between(first, last))
    )


def broken_down(first: date, last: date) -> Tallies:
    """Placements that broke down, of those that ended."""
    broke = case((Placement.destination == Destination.BROKE_DOWN, 1), else_=0)
    return _read(
        select(Offer.provider_id, func.sum(broke), func.count(Placement.id))
        .select_from(Placement)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(Placement.state == PlacementState.ENDED, Placement.ended_on.between(first, last))
    )


def days_to_answer(first: date, last: date) -> Tallies:
    """Working days that answers to enquiries took, of all that were answered."""
    return _read(
        _asks(first, last, func.sum(EnquiryAsk.working_days), func.count(EnquiryAsk.id)).where(
            EnquiryAsk.working_days.is_not(None)
        )
    )


def actions_in_time(first: date, last: date) -> Tallies:
    """Actions of final reports that were answered by their day, of those that fell due."""
    rows = db.session.execute(
        select(Visit.provider_id, Action.due_on, Action.answered_at)
        .join(Action.visit)
        .where(Visit.state == VisitState.FINAL, Action.due_on.between(first, last))
    )
    found: dict[int, list[bool]] = defaultdict(list)
    for provider_id, due, at in rows:
        found[provider_id].append(at is not None and at.astimezone(LONDON).date() <= due)
    return {provider_id: (sum(kept), len(kept)) for provider_id, kept in found.items()}


@whole()
def reviews_in_time(first: date, last: date) -> Tallies:
    """Reviews that were held by their day, of those that were held or are overdue.

    A review that nobody has held yet counts from the day after it fell due, so that leaving it
    undone never looks better than holding it late.
    """
    kept = case((Review.held_on <= Review.due_on, 1), else_=0)
    held = _read(
        select(Offer.provider_id, func.sum(kept), func.count(Review.id))
        .select_from(Review)
        .join(Placement, Placement.id == Review.placement_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(Review.state == ReviewState.HELD, Review.held_on.between(first, last))
    )
    undone = Counter(
        line.placement.offer.provider_id
        for line in worklist.lines(last)
        if first <= line.timing.due_on < last
    )
    return {
        provider_id: (part, count + undone[provider_id])
        for provider_id, (part, count) in (dict.fromkeys(undone, (0.0, 0)) | held).items()
    }


def objectives_met(first: date, last: date) -> Tallies:
    """Objectives that are met, of all that were judged: each once, by its latest judgement.

    That is its outcome where the placement ended, or else what the latest review said. One that
    could not be judged at the end does not count.
    """
    judged = _judged_at_reviews(first, last) | _judged_at_endings(first, last)
    found: dict[int, list[bool]] = defaultdict(list)
    for (provider_id, _placement_id, _objective_id), met in judged.items():
        if met is not None:
            found[provider_id].append(met)
    return {provider_id: (float(sum(each)), len(each)) for provider_id, each in found.items()}


Judged = dict[tuple[int, int, int], bool | None]


def _judged_at_reviews(first: date, last: date) -> Judged:
    """Whether each objective of each placement was met at its latest review."""
    latest = func.row_number().over(
        partition_by=(Review.placement_id, ObjectiveProgress.objective_id),
        order_by=(Review.held_on.desc(), Review.id.desc()),
    )
    ranked = (
        select(
            Review.placement_id,
            ObjectiveProgress.objective_id,
            ObjectiveProgress.progress,
            latest.label("rank"),
        )
        .join(Review, Review.id == ObjectiveProgress.review_id)
        .where(Review.state == ReviewState.HELD, Review.held_on.between(first, last))
        .subquery()
    )
    rows = db.session.execute(
        select(Offer.provider_id, ranked.c.placement_id, ranked.c.objective_id, ranked.c.progress)
        .join(Placement, Placement.id == ranked.c.placement_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(ranked.c.rank == 1)
    )
    return {tuple(key): progress is Progress.MET for *key, progress in rows}


def _judged_at_endings(first: date, last: date) -> Judged:
    """Whether each objective was met when its placement ended; None where it can't be judged."""
    rows = db.session.execute(
        select(
            Offer.provider_id,
            Placement.id,
            ObjectiveOutcome.objective_id,
            ObjectiveOutcome.outcome,
        )
        .join(Ending, Ending.id == ObjectiveOutcome.ending_id)
        .join(Placement, Placement.id == Ending.placement_id)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(Placement.ended_on.between(first, last))
    )
    return {
        tuple(key): None if outcome is Outcome.NOT_JUDGED else outcome is Outcome.MET
        for *key, outcome in rows
    }


def asked(first: date, last: date) -> dict[int, tuple[int, int, int]]:
    """Enquiries sent to each provider: how many, with an offer in answer, and chosen."""
    chosen = case((EnquiryAsk.state == AskState.CHOSEN, 1), else_=0)
    offered = case((EnquiryAsk.starts_on.is_not(None), 1), else_=0)
    rows = _asks(first, last, func.count(EnquiryAsk.id), func.sum(offered), func.sum(chosen))
    return {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(rows)}


def awarded(first: date, last: date) -> dict[int, int]:
    """Placements awarded to each provider."""
    start, end = _moments(first, last)
    rows = (
        select(Offer.provider_id, func.count(Placement.id))
        .select_from(Placement)
        .join(Offer, Offer.id == Placement.offer_id)
        .where(Placement.awarded_at.between(start, end))
        .group_by(Offer.provider_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def prices() -> tuple[Tallies, dict[int, ServiceGroup]]:
    """Pence an hour net of VAT over each approved provider's offers, and its main group.

    The main group is that of most of its offers; only offers of that group are counted.
    """
    rows = db.session.scalars(
        select(Offer).join(Offer.provider).where(Provider.state == AdmissionState.APPROVED)
    )
    listed: dict[int, dict[ServiceGroup, list[int]]] = defaultdict(lambda: defaultdict(list))
    for offer in rows:
        listed[offer.provider_id][offer.service.group].append(offer.price.net_per_hour())
    main = {
        provider_id: max(groups, key=lambda each: (len(groups[each]), each.value))
        for provider_id, groups in listed.items()
    }
    found = {
        provider_id: (float(sum(listed[provider_id][each])), len(listed[provider_id][each]))
        for provider_id, each in main.items()
    }
    return found, main


def _asks(first: date, last: date, *columns):
    start, end = _moments(first, last)
    return (
        select(Offer.provider_id, *columns)
        .select_from(EnquiryAsk)
        .join(Enquiry, Enquiry.id == EnquiryAsk.enquiry_id)
        .join(Offer, Offer.id == EnquiryAsk.offer_id)
        .where(Enquiry.sent_at.between(start, end))
        .group_by(Offer.provider_id)
    )


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(first, time.min, LONDON),
        datetime.combine(last, time.max, LONDON),
    )


def _read(statement) -> Tallies:
    grouped = statement.group_by(None).group_by(Offer.provider_id)
    rows = db.session.execute(grouped)
    return {row[0]: (float(row[1] or 0), int(row[2] or 0)) for row in rows if row[2]}
