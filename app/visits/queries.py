"""What pages and rules ask about visits: lists, facts of providers, and what is due."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import LONDON
from app.kernel.database import db
from app.visits.concerns.queries import days_of_open
from app.visits.lifecycle import NOT_CLOSED, OPEN, SHARED, VisitState
from app.visits.models import Action, Finding, Visit, VisitPart
from app.visits.schedule import Cycle, Due, Facts, next_due
from app.visits.terms import VisitKind
from providers.admission import AdmissionState
from providers.applications.lifecycle import ApplicationState
from providers.models.application import Application
from providers.models.change import ChangeItem, ChangeState
from providers.models.commitment import Commitment, CommitmentState
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.profile import EvidenceState, evidence_standings

PEOPLE_IN_CHARGE = ("safeguarding",)
"""Facts of a profile whose change means that a person in charge changed."""
LATELY = timedelta(days=365)
WAITING = (
    ApplicationState.SUBMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.CLARIFYING,
)


def waiting_application(visit: Visit) -> Application | None:
    """The application of the visited provider that is still to be decided."""
    return db.session.scalar(
        select(Application)
        .where(Application.provider_id == visit.provider_id, Application.state.in_(WAITING))
        .order_by(Application.id.desc())
        .limit(1)
    )


def visits(
    *,
    states: Iterable[VisitState] | None = None,
    adviser_id: int | None = None,
    kind: VisitKind | None = None,
    provider_id: int | None = None,
) -> Select:
    """Visits with provider and adviser, the latest day first."""
    statement = select(Visit).options(joinedload(Visit.provider), joinedload(Visit.adviser))
    if states is not None:
        statement = statement.where(Visit.state.in_(tuple(states)))
    if adviser_id is not None:
        statement = statement.where(Visit.adviser_id == adviser_id)
    if kind is not None:
        statement = statement.where(Visit.kind == kind)
    if provider_id is not None:
        statement = statement.where(Visit.provider_id == provider_id)
    return statement.order_by(Visit.planned_on.desc(), Visit.id.desc())


def shared() -> Select:
    """Visits whose report was shared with the provider, the latest first."""
    return visits(states=SHARED)


WHOLE = (
    joinedload(Visit.provider),
    joinedload(Visit.adviser),
    joinedload(Visit.site),
    joinedload(Visit.template),
    selectinload(Visit.parts),
    selectinload(Visit.files),
    selectinload(Visit.findings).selectinload(Finding.actions),
)
"""Loader options for a page that shows everything of a visit."""


def announced(provider_id: int, on: date) -> list[Visit]:
    """The visits ahead of which a provider is told, the next first; none that is unannounced."""
    ahead = visits(states=(VisitState.PLANNED,), provider_id=provider_id).where(
        Visit.kind != VisitKind.UNANNOUNCED, Visit.planned_on >= on
    )
    ordered = ahead.options(joinedload(Visit.site)).order_by(None).order_by(Visit.planned_on)
    return list(db.session.scalars(ordered))


def to_check(provider_id: int) -> list[Visit]:
    """The reports whose facts a provider has still to check, the earliest deadline first."""
    waiting = visits(states=(VisitState.CHECKING,), provider_id=provider_id).where(
        Visit.checked_at.is_(None)
    )
    return list(db.session.scalars(waiting.order_by(None).order_by(Visit.check_due_on)))


def count_actions(on: date) -> tuple[int, int, int]:
    """Actions of final reports that are not closed, those overdue, and the critical of these."""
    late = and_(Action.answered_at.is_(None), Action.due_on < on)
    row = db.session.execute(
        select(
            func.count(Action.id),
            func.count(case((late, 1))),
            func.count(case((and_(late, Action.critical), 1))),
        )
        .join(Action.visit)
        .where(Visit.state == VisitState.FINAL, Action.state.in_(NOT_CLOSED))
    ).one()
    return row[0], row[1], row[2]


def history(provider_id: int) -> Select:
    """Every visit to a provider with its judgements, findings and actions, the latest first."""
    return visits(provider_id=provider_id).options(
        selectinload(Visit.parts), selectinload(Visit.findings).selectinload(Finding.actions)
    )


def planned_between(first: date, last: date, adviser_id: int | None = None) -> list[Visit]:
    """Open visits planned from one day to another, by day and adviser."""
    statement = visits(states=OPEN, adviser_id=adviser_id).options(joinedload(Visit.site))
    between = statement.where(Visit.planned_on.between(first, last))
    return list(db.session.scalars(between.order_by(None).order_by(Visit.planned_on, Visit.id)))


def actions(
    *, states: Iterable = NOT_CLOSED, provider_id: int | None = None, overdue_on: date | None = None
) -> Select:
    """Actions of final reports with their visits, the earliest due first."""
    statement = (
        select(Action)
        .join(Action.visit)
        .where(Visit.state == VisitState.FINAL, Action.state.in_(tuple(states)))
        .options(
            joinedload(Action.finding),
            joinedload(Action.visit).options(joinedload(Visit.provider)),
        )
    )
    if provider_id is not None:
        statement = statement.where(Visit.provider_id == provider_id)
    if overdue_on is not None:
        statement = statement.where(Action.answered_at.is_(None), Action.due_on < overdue_on)
    return statement.order_by(Action.due_on, Action.id)


def final_reports(provider_id: int) -> list[Visit]:
    """The final reports about a provider, the latest first."""
    return list(
        db.session.scalars(
            visits(states=(VisitState.FINAL,), provider_id=provider_id)
            .order_by(None)
            .order_by(Visit.visited_on.desc(), Visit.id.desc())
        )
    )


@dataclass(frozen=True)
class Standing:
    """A provider with its next visit: due, why, and the visit that is planned for it."""

    provider: Provider
    due: Due
    planned: Visit | None

    def is_overdue(self, on: date) -> bool:
        """Whether the visit's last day has passed."""
        return self.due.is_overdue(on)


def worklist(on: date, cycle: Cycle, *, bound: Collection[int] = ()) -> list[Standing]:
    """Every provider that is visited with its next visit, the earliest due first.

    bound: ids of providers in which the reader has an interest; nothing is said of concerns about
    them. The whole directory is read, in a fixed number of queries.
    """
    providers = _visited_providers()
    facts = facts_of(providers, on)
    facts |= {each: replace(facts[each], concerns=()) for each in facts.keys() & set(bound)}
    planned = _planned_by_provider()
    found = [
        Standing(provider, next_due(facts[provider.id], on, cycle), planned.get(provider.id))
        for provider in providers
    ]
    return sorted(found, key=lambda each: (each.due.due_on, each.provider.name))


def facts_of(providers: Iterable[Provider], on: date) -> dict[int, Facts]:
    """What the next visit of each provider depends on."""
    placed, applied, last, changed = _placed(on), _applied(), _last_kinds(), _staff_changes(on)
    overdue, critical = _overdue(on)
    worries = days_of_open()
    found = {}
    for provider in providers:
        children, hours = placed.get(provider.id, (0, 0))
        lapsed = [
            item.kind.label
            for item in evidence_standings(provider, on)
            if item.state is EvidenceState.LAPSED and item.until is not None and item.required
        ]
        found[provider.id] = Facts(
            applied_on=applied.get(provider.id),
            last_visit_on=provider.last_visit_on,
            last_kind=last.get((provider.id, provider.last_visit_on)),
            judgement=provider.judgement,
            children=children,
            hours=hours,
            concerns=worries.get(provider.id, ()),
            lapsed=tuple(lapsed),
            staff_changed_on=changed.get(provider.id),
            overdue_actions=overdue.get(provider.id, 0),
            critical_overdue=critical.get(provider.id, 0),
        )
    return found


def _visited_providers() -> list[Provider]:
    applies = select(Application.provider_id).where(
        Application.state.in_(WAITING), Application.visited_on.is_(None)
    )
    in_use = (AdmissionState.APPROVED, AdmissionState.SUSPENDED)
    return list(
        db.session.scalars(
            select(Provider)
            .where(or_(Provider.state.in_(in_use), Provider.id.in_(applies)))
            .options(
                selectinload(Provider.evidence),
                selectinload(Provider.sites),
                selectinload(Provider.offers).joinedload(Offer.service),
            )
        )
    )


def _planned_by_provider() -> dict[int, Visit]:
    ahead = visits(states=(VisitState.PLANNED, VisitState.UNDER_WAY))
    rows = db.session.scalars(ahead.order_by(None).order_by(Visit.planned_on.desc()))
    return {row.provider_id: row for row in rows}


def _placed(on: date) -> dict[int, tuple[int, int]]:
    """Children's places and hours a week taken up at each provider."""
    rows = db.session.execute(
        select(Offer.provider_id, func.sum(Commitment.places), func.sum(Commitment.hours))
        .join(Commitment.offer)
        .where(
            Commitment.state != CommitmentState.RELEASED,
            Commitment.starts_on <= on,
            or_(Commitment.ends_on.is_(None), Commitment.ends_on >= on),
        )
        .group_by(Offer.provider_id)
    )
    return {provider: (int(places), int(hours)) for provider, places, hours in rows}


def _applied() -> dict[int, date]:
    rows = db.session.execute(
        select(Application.provider_id, Application.submitted_at).where(
            Application.state.in_(WAITING), Application.visited_on.is_(None)
        )
    )
    return {provider: at.astimezone(LONDON).date() for provider, at in rows if at}


def _last_kinds() -> dict[tuple[int, date], VisitKind]:
    rows = db.session.execute(
        select(Visit.provider_id, Visit.visited_on, Visit.kind)
        .where(Visit.state == VisitState.FINAL)
        .order_by(Visit.id)
    )
    return {(provider, day): kind for provider, day, kind in rows}


def _staff_changes(on: date) -> dict[int, date]:
    rows = db.session.execute(
        select(ChangeItem.provider_id, ChangeItem.decided_at).where(
            ChangeItem.state == ChangeState.ACCEPTED,
            ChangeItem.field.in_(PEOPLE_IN_CHARGE),
            ChangeItem.decided_at.is_not(None),
        )
    )
    found: dict[int, date] = {}
    for provider, at in rows:
        day = at.astimezone(LONDON).date()
        if on - LATELY <= day:
            found[provider] = max(found.get(provider, day), day)
    return found


def _overdue(on: date) -> tuple[dict[int, int], dict[int, int]]:
    rows = db.session.execute(
        select(Visit.provider_id, Action.critical, func.count(Action.id))
        .join(Action.visit)
        .where(
            Visit.state == VisitState.FINAL,
            Action.state.in_(NOT_CLOSED),
            Action.answered_at.is_(None),
            Action.due_on < on,
        )
        .group_by(Visit.provider_id, Action.critical)
    )
    every: dict[int, int] = defaultdict(int)
    critical: dict[int, int] = {}
    for provider, is_critical, count in rows:
        every[provider] += count
        if is_critical:
            critical[provider] = count
    return every, critical


def parts_of(visit: Visit) -> list[VisitPart]:
    """The parts of a visit in the order in which they are filled in."""
    order = {part.part: part for part in visit.parts}
    return [order[part] for part in type(visit.parts[0].part)]
