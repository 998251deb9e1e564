"""The lifecycles of a visit and of an action: what may be done when, and what stands against it."""

from typing import TYPE_CHECKING

from app.kernel.clock import today
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.words import in_words, listed
from app.visits import judging
from app.visits.terms import FindingKind, Part
from providers.needs import Labelled

if TYPE_CHECKING:
    from app.visits.models import Action, Visit


class VisitState(Labelled):
    """Where a visit stands."""

    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "Under way"
    CARRIED_OUT = "carried_out", "Carried out"
    DRAFT = "draft", "Draft report"
    CHECKING = "checking", "Being checked by the provider"
    FINAL = "final", "Final"
    CANCELLED = "cancelled", "Cancelled"


S = VisitState
OPEN = (S.PLANNED, S.UNDER_WAY, S.CARRIED_OUT, S.DRAFT, S.CHECKING)
SHARED = (S.CHECKING, S.FINAL)
"""The states in which the provider may read the report."""


def _day_has_come(visit: "Visit") -> str | None:
    if visit.planned_on <= today():
        return None
    return f"It is planned for {in_words(visit.planned_on)}. Move it to today to begin now."


def _critical_answered(visit: "Visit") -> str | None:
    missing = [
        question.text.rstrip(".")
        for section in visit.sections
        for question in section.questions
        if question.critical and question.key not in visit.answers(section.part)
    ]
    if not missing:
        return None
    return f"Answer every critical question. Not answered yet: {listed(missing)}."


def _spoke_to_somebody(visit: "Visit") -> str | None:
    if visit.part(Part.PEOPLE).content.get("people"):
        return None
    return "Enter who was spoken to."


def _has_findings(visit: "Visit") -> str | None:
    if visit.findings:
        return None
    return "Record at least one finding: a strength, something to improve, or a critical one."


def _every_weakness_has_an_action(visit: "Visit") -> str | None:
    without = [
        finding.text.rstrip(".")
        for finding in visit.findings
        if finding.kind is not FindingKind.STRENGTH and not finding.actions
    ]
    return f"Set an action for: {listed(without)}." if without else None


def _summarised(visit: "Visit") -> str | None:
    return None if (visit.summary or "").strip() else "Write the summary of the report."


def _judged(visit: "Visit") -> str | None:
    return judging.reasons_against(visit)


def _facts_checked(visit: "Visit") -> str | None:
    if visit.checked_at is not None:
        return None
    if visit.check_due_on is not None and visit.check_due_on < today():
        return None
    return "The provider has not answered, and its time to check the facts is not over."


def _says_why_not(visit: "Visit") -> str | None:
    return None if (visit.cancel_reason or "").strip() else "Enter why the visit is cancelled."


VISIT = Lifecycle(
    "visit",
    S.PLANNED,
    move("start", S.PLANNED, to=S.UNDER_WAY, requires=[_day_has_come]),
    move(
        "finish",
        S.UNDER_WAY,
        to=S.CARRIED_OUT,
        requires=[_critical_answered, _spoke_to_somebody],
    ),
    move("go back to", S.CARRIED_OUT, S.DRAFT, to=S.UNDER_WAY),
    move(
        "write the report of",
        S.CARRIED_OUT,
        to=S.DRAFT,
        requires=[_judged, _has_findings, _every_weakness_has_an_action, _summarised],
    ),
    move(
        "send the report of",
        S.DRAFT,
        to=S.CHECKING,
        requires=[_judged, _has_findings, _every_weakness_has_an_action, _summarised],
    ),
    move("correct the report of", S.CHECKING, to=S.DRAFT),
    move("make final", S.CHECKING, to=S.FINAL, requires=[_facts_checked]),
    move("cancel", S.PLANNED, S.UNDER_WAY, to=S.CANCELLED, requires=[_says_why_not]),
)


class ActionState(Labelled):
    """Where an action stands."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    RETURNED = "returned", "Returned"
    CLOSED = "closed", "Closed"


A = ActionState
WITH_PROVIDER = (A.OPEN, A.RETURNED)
NOT_CLOSED = (A.OPEN, A.ANSWERED, A.RETURNED)


def _report_is_final(action: "Action") -> str | None:
    if action.visit.state is S.FINAL:
        return None
    return "The report that sets this action is not final yet."


def _is_answered(action: "Action") -> str | None:
    return None if (action.answer or "").strip() else "Enter what was done."


def _says_what_is_missing(action: "Action") -> str | None:
    return None if (action.decision_note or "").strip() else "Enter what is still missing."


ACTION = Lifecycle(
    "action",
    A.OPEN,
    move("answer", A.OPEN, A.RETURNED, to=A.ANSWERED, requires=[_report_is_final, _is_answered]),
    move("close", A.ANSWERED, to=A.CLOSED),
    move("return", A.ANSWERED, to=A.RETURNED, requires=[_says_what_is_missing]),
)
