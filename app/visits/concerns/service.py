"""Recording a concern, deciding who handles it and how soon, acting on it, closing it."""

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child
from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.reach import whole
from app.kernel.rules import require
from app.notices import service as notices
from app.notices.topics import Topic
from app.visits import days, interests, planning
from app.visits.concerns.models import Concern, ConcernAction, ConcernChild
from app.visits.concerns.terms import CONCERN, ConcernKind, ConcernState, Outcome, Priority
from app.visits.cycles import cycle_in_force
from app.visits.models import Visit
from app.visits.terms import VisitKind
from providers import stops
from providers.models.provider import Provider
from providers.models.stop import PlacementStop, StopCause

TWICE = timedelta(minutes=10)
"""The same words by the same person about the same provider within this time are one concern."""


def record(
    provider: Provider,
    kind: ConcernKind,
    text: str,
    *,
    by: User,
    happened_on: date | None = None,
    child_reference: str = "",
) -> Concern:
    """Record a concern, once however often the button is pressed; the AP lead is told.

    child_reference: of any child, also of one whom the recorder does not reach or who is not
    there: a concern is never refused for it, and the same happens for the recorder in each case.
    Raises RuleBroken without words or for a day to come.
    """
    named = child_reference.strip().upper()
    require(
        None if text.strip() else "Enter what the concern is.",
        "The day must be today or earlier." if happened_on and happened_on > today() else None,
    )
    with whole():
        child = _child(named)
    db.session.get_one(Provider, provider.id, with_for_update=True)
    before = _said_just_now(provider, kind, (text.strip(), named), by)
    if before is not None:
        return before
    row = Concern(
        provider=provider,
        state=CONCERN.initial,
        kind=kind,
        text=text.strip(),
        child_named=named or None,
        happened_on=happened_on,
        user_id=by.id,
        recorded_by=by.name,
        recorded_at=now(),
        children=[ConcernChild(child=child)] if child else [],
    )
    db.session.add(row)
    db.session.flush()
    _tell(row, _first_readers(provider), Topic.CONCERN_RAISED, "recorded")
    return row


def reaches(reference: str) -> bool:
    """Whether whoever asks reaches a child with this reference."""
    return _child(reference) is not None


def triage(concern: Concern, priority: Priority, handler: User, note: str, *, by: Actor) -> None:
    """Decide how soon it is acted upon and by whom; may be decided again until it is closed.

    Raises RuleBroken for a handler who has an interest in the provider, or once it is closed.
    """
    held = _hold(concern)
    require(
        "This concern is closed. Reopen it first." if held.state is ConcernState.CLOSED else None,
        None
        if handler.active and handler.role in planning.VISITORS
        else f"{handler.name} cannot handle concerns. Choose the AP lead or a quality adviser.",
        interests.objection(handler.id, handler.name, held.provider),
    )
    held.priority, held.handler, held.triage_note = priority, handler, note.strip() or None
    db.session.flush()
    if held.state is ConcernState.RECEIVED:
        CONCERN.fire(held, "handle")
    if handler.id != by.user_id:
        _tell(held, [handler], Topic.CONCERN_GIVEN, "given")


def add_action(concern: Concern, text: str, owner: str, due_on: date) -> ConcernAction:
    """Set something to be done. Raises RuleBroken unless it is being handled."""
    require(
        *_not_handled(concern),
        None if text.strip() else "Enter what is to be done.",
        None if owner.strip() else "Enter who does it.",
        "It must be due today or later." if due_on < today() else None,
    )
    action = ConcernAction(text=text.strip(), owner=owner.strip(), due_on=due_on)
    concern.actions.append(action)
    db.session.flush()
    return action


def finish_action(action: ConcernAction, *, by: Actor) -> None:
    """Note that it was done today. Raises RuleBroken where that was noted before."""
    require(f"{action.done_by} has noted that already." if action.done_on else None)
    action.done_on, action.done_by = today(), by.name


def refer(concern: Concern, on: date, note: str) -> None:
    """Note that the designated officer (LADO) was told, when, and what they advised.

    Working Together: an allegation against a person who works with children is referred within
    one working day. Raises RuleBroken for a day to come or without words.
    """
    require(
        *_not_handled(concern),
        "The day must be today or earlier." if on > today() else None,
        None if note.strip() else "Enter the designated officer’s reference and advice.",
    )
    concern.referred_on, concern.referral_note = on, note.strip()


def stop_placements(concern: Concern, reason: str, *, by: Actor) -> PlacementStop:
    """Stop new placements because of a concern; what it says stays out of the stop."""
    require(*_not_handled(concern))
    return stops.impose(
        concern.provider,
        StopCause.CONCERN,
        reason,
        by=by,
        source=f"Concern {concern.reference}",
        source_key=f"concern:{concern.id}",
    )


def last_day_of_visit(concern: Concern) -> date:
    """The last day for the visit without notice: so many days after the concern."""
    within = timedelta(days=cycle_in_force().after_concern)
    return days.next_open(max(today(), concern.recorded_at.date() + within))


def plan_visit(concern: Concern, adviser: User, on: date, *, by: Actor) -> Visit:
    """Plan the visit without notice. Raises RuleBroken where it is too late or planned already."""
    held = _hold(concern)
    require(
        *_not_handled(held),
        "A visit is planned already. Move that one." if held.visit_id else None,
        f"A visit after a concern is made by {last_day_of_visit(held):%d/%m/%Y}. "
        "Choose an earlier day."
        if on > last_day_of_visit(held)
        else None,
    )
    why = f"Concern {held.reference}."
    held.visit = planning.plan(held.provider, VisitKind.UNANNOUNCED, adviser, on, by=by, why=why)
    db.session.flush()
    return held.visit


def close(concern: Concern, outcome: Outcome, note: str, told: str, *, by: Actor) -> None:
    """Close it with its outcome; the recorder is told. Raises RuleBroken while actions are open."""
    held = _hold(concern)
    held.outcome, held.outcome_note, held.told = outcome, note.strip(), told.strip() or None
    held.closed_by, held.closed_at = by.name, now()
    CONCERN.fire(held, "close")
    db.session.flush()
    at = held.closed_at.isoformat()
    _tell(held, notices.person(held.user_id), Topic.CONCERN_CLOSED, f"closed:{at}")


def reopen(concern: Concern) -> None:
    """Take a closed concern up again. Raises RuleBroken where it is open."""
    CONCERN.fire(_hold(concern), "reopen")


def _first_readers(provider: Provider) -> list[User]:
    """The AP leads without an interest in the provider; without any, such quality advisers."""
    bound = interests.those_with_one(provider)
    for role in (Role.AP_LEAD, Role.QUALITY_ADVISER):
        free = [person for person in notices.people_in(role) if person.id not in bound]
        if free:
            return free
    return []


def _hold(concern: Concern) -> Concern:
    return db.session.get_one(Concern, concern.id, with_for_update=True, populate_existing=True)


def _not_handled(concern: Concern) -> tuple[str | None, ...]:
    if concern.state is ConcernState.HANDLED:
        return ()
    if concern.state is ConcernState.RECEIVED:
        return ("Decide its priority and who handles it first.",)
    return ("This concern is closed. Reopen it first.",)


def _child(reference: str) -> Child | None:
    wanted = reference.strip().upper()
    return db.session.scalar(select(Child).where(Child.reference == wanted)) if wanted else None


def _said_just_now(
    provider: Provider, kind: ConcernKind, said: tuple[str, str], by: User
) -> Concern | None:
    lately = select(Concern).where(
        Concern.provider_id == provider.id,
        Concern.user_id == by.id,
        Concern.kind == kind,
        Concern.recorded_at >= now() - TWICE,
    )
    return next(
        (row for row in db.session.scalars(lately) if (row.text, row.child_named or "") == said),
        None,
    )


def _tell(concern: Concern, people: list[User], topic: Topic, what: str) -> None:
    page, key = f"/concerns/{concern.id}", f"concern:{concern.id}:{what}"
    notices.tell(people, topic, page=page, key=key)
