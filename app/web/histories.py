"""The histories of objects with parts: which rows belong to each, and what the parts are called."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.children.models import Child, Component, ProviderWish, Referral
from app.children.queries import history_of as events_about
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.budgets.costs import year_in_figures
from app.commissioning.budgets.models import ApprovalLimit, BudgetLine
from app.commissioning.enquiries.models import Enquiry
from app.commissioning.models.match import MatchRun
from app.commissioning.panels.models import PanelItem, PanelMeeting
from app.commissioning.placements.models import Placement
from app.commissioning.plans.models import Objective, Plan
from app.commissioning.progress.models import Ending, Review
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.kernel.words import in_words
from app.web.history import Gone, history_of, history_of_all, words
from app.web.trail import Entry, child_changes, in_entries, names_for

MOST_OF_CHILD = 300


def of_enquiry(enquiry: Enquiry) -> list[Entry]:
    """An enquiry and what each provider answered, by the provider's name."""
    asked = {("enquiry_ask", ask.id): ask.offer.provider.name for ask in enquiry.asks}
    return history_of(enquiry, enquiry.asks, names=asked)


def of_panel(meeting: PanelMeeting, items: Sequence[PanelItem]) -> list[Entry]:
    """A meeting, its agenda with what was taken off it, and each decision."""
    named = {("panel_item", item.id): item.reference for item in items}
    return history_of(
        meeting, list(items), Gone(PanelItem, "panel_meeting_id", meeting.id), names=named
    )


def of_plan(plan: Plan) -> list[Entry]:
    """A plan and its objectives, those that were taken out as well; the trail holds no text."""
    named = {
        ("plan_objective", objective.id): f"number {number}"
        for number, objective in enumerate(plan.objectives, start=1)
    }
    return history_of(plan, plan.objectives, Gone(Objective, "plan_id", plan.id), names=named)


def of_progress(placement: Placement, held: Iterable[Review], ending: Ending | None) -> list[Entry]:
    """A placement's reviews and how it ended."""
    held = list(held)
    named = {
        ("placement_review", review.id): in_words(review.held_on or review.due_on)
        for review in held
    }
    parts = [review.objectives for review in held]
    outcomes = ending.outcomes if ending else []
    return history_of(held, parts, ending, outcomes, names=named)


def of_marks(marks: Iterable[AttendanceMark]) -> list[Entry]:
    """Corrections of sessions: what was recorded first, and what it was changed to."""
    marks = list(marks)
    named = {
        ("attendance_mark", mark.id): f"{in_words(mark.day)}, {mark.half.label.lower()}"
        for mark in marks
    }
    return history_of(marks, say=partial(_corrections, names=named))


def _corrections(event: AuditEvent, names: dict[tuple[str, int], str]) -> list[str]:
    return words(event, names) if event.kind == "changed" else []


def of_budget(lines: Iterable[BudgetLine]) -> list[Entry]:
    """What was set for the lines of a year, by tier."""
    lines = list(lines)
    named = {
        ("budget_line", line.id): f"{year_in_figures(line.year)}, tier {line.tier.value}"
        for line in lines
    }
    return history_of(lines, names=named)


def of_limits() -> list[Entry]:
    """What roles and people may approve, and who said so; limits that were taken away as well."""
    rows = db.session.scalars(select(ApprovalLimit).options(joinedload(ApprovalLimit.user)))
    named = {
        ("approval_limit", limit.id): limit.role.label if limit.role else limit.user.name
        for limit in rows
    }
    return history_of_all(ApprovalLimit, names=named)


def of_run(run: MatchRun) -> list[Entry]:
    """When a match was asked for, ran and came to an end; its figures stand on its page."""
    return history_of(run, say=_states)


def _states(event: AuditEvent) -> list[str]:
    told = words(event)
    return told if event.kind != "changed" else [line for line in told if ": state " in line]


def of_child(child: Child) -> list[Entry]:
    """A child's record, with everything that was referred."""
    events = events_about(child, MOST_OF_CHILD)
    return in_entries(events, partial(child_changes, names=names_for(child, events)))


def of_referral(referral: Referral) -> list[Entry]:
    """One referral of a child, with what is asked for and the family's wishes."""
    child = referral.child
    events = events_about(child, MOST_OF_CHILD)
    ours = {
        (part.__tablename__, part.id) for part in (referral, *referral.components, *referral.wishes)
    }
    about = [event for event in events if _is_part(event, ours, referral.id)]
    return in_entries(about, partial(child_changes, names=names_for(child, about)))


def _is_part(event: AuditEvent, ours: set[tuple[str, int]], referral_id: int) -> bool:
    named: Any = event.changes.get("referral_id", ())
    parts = (Component.__tablename__, ProviderWish.__tablename__)
    return (event.subject, event.subject_id) in ours or (
        event.subject in parts and referral_id in named
    )
