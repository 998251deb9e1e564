"""Actions: set by a finding, answered by the provider, closed or returned; escalated."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.visits import days, events, interests, telling
from app.visits.lifecycle import ACTION, SHARED, WITH_PROVIDER, VisitState
from app.visits.models import Action, Finding, Visit
from app.visits.terms import FindingKind
from providers import pictures
from providers.evidence import Upload, keep_file
from providers.storage import Storage

EVERY = 7
"""Days between two reminders of one overdue action."""


def set_action(
    finding: Finding, text: str, owner: str, due_on: date, evidence_required: str
) -> Action:
    """Set what the provider is to do about a finding.

    Raises RuleBroken for a strength, a day that is past or closed, or missing words.
    """
    require(
        "The report is shared already. Take it back to draft first."
        if finding.visit.state in SHARED
        else None,
        "A strength needs no action." if finding.kind is FindingKind.STRENGTH else None,
        None if text.strip() else "Enter what is to be done.",
        None if owner.strip() else "Enter who does it.",
        None if evidence_required.strip() else "Enter what shows that it is done.",
        day_fault(due_on),
    )
    row = Action(
        visit=finding.visit,
        state=ACTION.initial,
        text=text.strip(),
        owner=owner.strip(),
        due_on=due_on,
        evidence_required=evidence_required.strip(),
        critical=finding.kind is FindingKind.CRITICAL,
    )
    finding.actions.append(row)
    db.session.flush()
    return row


def day_fault(due_on: date) -> str | None:
    """Why an action can't be due on a day; None where it can."""
    if due_on < today():
        return "The action must be due today or later."
    shut = days.closed(due_on)
    return f"{shut} Enter a working day." if shut else None


def answer(action: Action, words: str, upload: Upload | None, *, by: Actor, files: Storage) -> None:
    """The provider says what was done, with a document where it has one. Raises RuleBroken."""
    kept = None
    if upload is not None:
        kept = keep_file(pictures.without_place(upload), by=by, files=files)
    answer_in_words(action, words, by=by)
    action.file = kept or action.file


def answer_in_words(action: Action, words: str, *, by: Actor) -> None:
    """The same without a document. Raises RuleBroken."""
    require(
        None if words.strip() else "Enter what was done.",
        None
        if action.state in WITH_PROVIDER
        else f"This action is {action.state.label.lower()}: it waits for the authority.",
    )
    action.answer, action.answered_by, action.answered_at = words.strip(), by.name, now()
    ACTION.fire(action, "answer")
    telling.of_answer(action)


def close(action: Action, note: str, *, by: Actor) -> None:
    """Accept what was done. Raises RuleBroken where it is not answered, or with an interest."""
    require(interests.objection(by.user_id, by.name, action.visit.provider))
    _decided(action, note, by)
    ACTION.fire(action, "close")
    telling.of_decision(action)


def give_back(action: Action, note: str, due_on: date, *, by: Actor) -> None:
    """Return an answer that is not enough, with a new day.

    Raises RuleBroken without a note, for a day that is past, or with an interest in the provider.
    """
    require(
        interests.objection(by.user_id, by.name, action.visit.provider),
        "The new day must be today or later." if due_on < today() else None,
    )
    _decided(action, note, by)
    ACTION.fire(action, "return")
    action.due_on = due_on
    action.answer = action.answered_by = action.answered_at = None
    telling.of_decision(action)


def overdue(on: date) -> list[Action]:
    """Actions of final reports whose day has passed without an answer, the oldest first."""
    return list(
        db.session.scalars(
            select(Action)
            .join(Action.visit)
            .where(
                Visit.state == VisitState.FINAL,
                Action.state.in_(WITH_PROVIDER),
                Action.due_on < on,
            )
            .options(
                joinedload(Action.visit).options(
                    joinedload(Visit.provider), joinedload(Visit.adviser)
                )
            )
            .order_by(Action.due_on, Action.id)
        )
    )


def escalate(on: date) -> list[Action]:
    """Tell of every overdue action, once a week each; returns those that were told of."""
    told = []
    for action in overdue(on):
        if action.escalated_on is None or (on - action.escalated_on).days >= EVERY:
            action.escalated_on = on
            events.action_overdue.send(action)
            telling.of_delay(action, on)
            told.append(action)
    db.session.flush()
    return told


def _decided(action: Action, note: str, by: Actor) -> None:
    action.decision_note = note.strip() or None
    action.decided_by, action.decided_at = by.name, now()
