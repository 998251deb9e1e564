"""What a visit brings about: a stop of new placements, at once, and who is told of it.

A critical finding stops placements when it is recorded, not weeks later when the report is final:
a child may be placed there meanwhile. A final report judged red stops them too. Each day a rule
looks for critical actions that are overdue and for providers in use that were never visited.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.audit import Actor, AuditEvent
from app.kernel.clock import LONDON
from app.kernel.database import db
from app.kernel.words import in_words
from app.notices import service as notices
from app.notices.topics import Topic
from app.visits import actions, events
from app.visits.cycles import cycle_in_force
from app.visits.models import Action, Finding, Visit
from app.visits.terms import FindingKind
from providers import stops
from providers.admission import AdmissionState
from providers.applications.lifecycle import ApplicationState
from providers.models.application import Application
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.stop import PlacementStop, StopCause
from providers.needs import Judgement

DAILY = Actor(None, "Daily check of visits")
NEVER_VISITED = "no-initial-visit"


def listen() -> None:
    """Connect what visits and stops announce with what follows from it."""
    events.finding_recorded.connect(after_finding)
    events.report_final.connect(after_report)
    stops.imposed.connect(tell_of_stop)
    stops.lifted.connect(tell_of_lift)


def after_finding(finding: Finding) -> None:
    """Stop new placements where a finding is critical."""
    if finding.kind is FindingKind.CRITICAL:
        _stop(finding.visit, f"A critical finding about {finding.standard.label.lower()}.")


def after_report(visit: Visit) -> None:
    """Stop new placements where the final report is judged red or holds a critical finding.

    A stop that was lifted while the report was a draft is imposed again: the report is final now.
    """
    critical = sum(finding.kind is FindingKind.CRITICAL for finding in visit.findings)
    if visit.judgement is Judgement.RED:
        _stop(visit, "The report is final, and judges the provision inadequate (red).")
    elif critical:
        _stop(visit, "The report is final, and holds a critical finding.")


def _stop(visit: Visit, reason: str) -> None:
    stops.impose(
        visit.provider,
        StopCause.FINDING,
        reason,
        by=audit.current_actor() or DAILY,
        source=f"{visit.kind.label} of {in_words(visit.visited_on or visit.planned_on)}",
        source_key=f"visit:{visit.id}",
    )


def check(on: date) -> list[PlacementStop]:
    """Impose the stops that time alone brings about; returns those that are new.

    What a person lifted is not stopped again for the same action and day, or the same deadline.
    """
    before = {stop.id for stop in stops.in_force()}
    for action in actions.overdue(on):
        if action.critical:
            _stop_for_action(action)
    for provider, since in never_visited(on):
        _stop_unvisited(provider, since)
    return [stop for stop in stops.in_force() if stop.id not in before]


def _stop_for_action(action: Action) -> None:
    visit, due = action.visit, in_words(action.due_on)
    stops.impose(
        visit.provider,
        StopCause.OVERDUE_ACTION,
        f"A critical action was due on {due} and is not answered.",
        by=DAILY,
        source=f"Action {action.id} of the {visit.kind.label.lower()}",
        source_key=f"action:{action.id}:{action.due_on.isoformat()}",
        once=True,
    )


def _stop_unvisited(provider: Provider, since: date) -> None:
    days = cycle_in_force().initial_within
    stops.impose(
        provider,
        StopCause.NO_INITIAL_VISIT,
        f"It has been in use since {in_words(since)} and was not visited within {days} days.",
        by=DAILY,
        source="The visit cycle",
        source_key=f"{NEVER_VISITED}:{since.isoformat()}",
        once=True,
    )


def never_visited(on: date) -> Iterator[tuple[Provider, date]]:
    """Approved providers with offers and no visit, whose time for the initial visit has passed.

    With the day since which they are in use: of their admission, or else of their entry here.
    """
    last = on - timedelta(days=cycle_in_force().initial_within)
    found = select(Provider).where(
        Provider.state == AdmissionState.APPROVED,
        Provider.last_visit_on.is_(None),
        select(Offer.id).where(Offer.provider_id == Provider.id).exists(),
    )
    providers = db.session.scalars(found.order_by(Provider.id)).all()
    since = _in_use_since([provider.id for provider in providers])
    for provider in providers:
        day = since.get(provider.id)
        if day is not None and day < last:
            yield provider, day


def _in_use_since(ids: list[int]) -> dict[int, date]:
    """The day of each provider's latest admission, or else the day on which it was entered."""
    entered = select(AuditEvent.subject_id, func.min(AuditEvent.at)).where(
        AuditEvent.subject == "provider", AuditEvent.kind == "created"
    )
    admitted = select(Application.provider_id, func.max(Application.decided_at)).where(
        Application.state == ApplicationState.ADMITTED
    )
    days: dict[int, date] = {}
    for statement, column in (
        (entered, AuditEvent.subject_id),
        (admitted, Application.provider_id),
    ):
        for start in range(0, len(ids), 500):
            chosen = statement.where(column.in_(ids[start : start + 500])).group_by(column)
            for provider_id, at in db.session.execute(chosen):
                if at is not None:
                    days[provider_id] = at.astimezone(LONDON).date()
    return days


def tell_of_stop(stop: PlacementStop) -> None:
    """Tell the AP lead and commissioners, and the provider's people in words of their own."""
    staff = notices.people_in(Role.AP_LEAD, Role.COMMISSIONER)
    page, key = f"/stops/{stop.id}", f"stop:{stop.id}:imposed"
    notices.tell(staff, Topic.PROVIDER_STOPPED, page=page, key=key)
    _tell_provider(stop, key)


def tell_of_lift(stop: PlacementStop) -> None:
    """Tell the same people that a stop was lifted."""
    staff = notices.people_in(Role.AP_LEAD, Role.COMMISSIONER)
    page, key = f"/stops/{stop.id}", f"stop:{stop.id}:lifted"
    notices.tell(staff, Topic.STOP_LIFTED, page=page, key=key)
    _tell_provider(stop, key)


def _tell_provider(stop: PlacementStop, key: str) -> None:
    people = notices.people_of(stop.provider)
    notices.tell(people, Topic.PLACEMENTS_WITH_YOU, page="/portal/", key=key)
