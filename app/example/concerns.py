"""Concerns and a stop of the example county: one new, two being handled, one closed."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.clock import today
from app.kernel.database import db
from app.visits.concerns import service
from app.visits.concerns.models import Concern
from app.visits.concerns.terms import ConcernKind, Outcome, Priority
from providers import stops
from providers.admission import AdmissionState
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.stop import StopCause

_TOLD = (
    (1, ConcernKind.STAFFING, 0,
     "A school’s coordinator says that two adults looked after ten children on Tuesday."),
    (2, ConcernKind.ATTENDANCE, 9,
     "Registers of two weeks came late, and an absence was not followed up."),
    (2, ConcernKind.SAFEGUARDING, 3,
     "A parent says that a member of staff drove children in a private car without consent."),
    (3, ConcernKind.PREMISES, 60,
     "The fire door of the workshop was blocked by tables."),
)  # fmt: skip


def load() -> None:
    """Concerns about providers of the example; nothing where it lacks the people or providers."""
    people = {
        role: db.session.scalar(select(User).where(User.role == role))
        for role in (Role.SEND_OFFICER, Role.AP_LEAD, Role.QUALITY_ADVISER)
    }
    found = select(Provider).where(
        Provider.state == AdmissionState.APPROVED,
        select(Offer.id).where(Offer.provider_id == Provider.id).exists(),
        Provider.reference != "SUP0008",
    )
    chosen = db.session.scalars(found.order_by(Provider.id).offset(14).limit(4)).all()
    if None in people.values() or len(chosen) < 4:
        return
    officer, adviser = people[Role.SEND_OFFICER], people[Role.QUALITY_ADVISER]
    made = []
    for place, kind, ago, text in _TOLD:
        day = today() - timedelta(days=ago)
        concern = service.record(chosen[place], kind, text, by=officer, happened_on=day)
        concern.recorded_at -= timedelta(days=ago)
        made.append(concern)
    _handle(made, people[Role.AP_LEAD], adviser)


def _handle(made: list[Concern], lead: User, adviser: User) -> None:
    _new, late, car, door = made
    service.triage(late, Priority.ROUTINE, adviser, "The second of this kind.", by=lead.actor)
    service.triage(car, Priority.TODAY, adviser, "To be looked into at once.", by=lead.actor)
    service.refer(car, today(), "LADO 2026/114: look into it and report back.")
    service.add_action(car, "Ask for the transport policy and consents", "The adviser", today())
    service.stop_placements(car, "Until the concern is looked into.", by=lead.actor)
    service.triage(door, Priority.WEEK, adviser, "", by=lead.actor)
    words = "Seen by the adviser; the door is free and staff were told."
    service.close(door, Outcome.SUBSTANTIATED, words, "Put right. Thank you.", by=adviser.actor)
    stops.impose(
        door.provider,
        StopCause.BY_HAND,
        "The school reported an unsafe workshop.",
        by=lead.actor,
        source="A call from the school",
        source_key="by-hand",
    )
    stops.lift(stops.in_force(door.provider_id)[0], "The workshop was made safe.", by=lead.actor)
