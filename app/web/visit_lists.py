"""Lists of visits: pages of the worklist, its spreadsheet, and the form that plans from it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from flask_wtf import FlaskForm
from sqlalchemy import Select, func, select
from wtforms import Field

from app.access import Permission, may, visible
from app.accounts.models import User
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import actions, days, planning, queries
from app.visits.concerns.models import Concern
from app.visits.concerns.queries import NOT_CLOSED
from app.visits.concerns.terms import ConcernState
from app.visits.lifecycle import OPEN, WITH_PROVIDER, ActionState, VisitState
from app.visits.models import Action, Visit
from app.visits.queries import Standing
from app.web.forms.entries import refuse
from app.web.forms.visits import PlanVisit
from app.web.listing import paged
from app.web.places import postcode_in_words
from providers import stops
from providers.models.provider import Provider
from providers.models.stop import PlacementStop

PAGE = 20
SOON = timedelta(days=28)
SHOWN = {
    "overdue": "Overdue",
    "due": "Due within four weeks or overdue",
    "unplanned": "Due and not planned",
    "all": "Every provider",
}


def due_lines(found: list[Standing], show: str, on: date) -> tuple[dict[str, int], Pagination]:
    """The worklist narrowed to what was asked for, and how long each way of narrowing it is."""
    lists = {name: [each for each in found if _is_shown(each, name, on)] for name in SHOWN}
    chosen = lists.get(show, lists["due"])
    return {name: len(rows) for name, rows in lists.items()}, paged(chosen, PAGE)


def _is_shown(each: Standing, show: str, on: date) -> bool:
    soon = each.due.due_on <= on + SOON
    if show == "overdue":
        return each.is_overdue(on)
    if show == "unplanned":
        return soon and each.planned is None
    return soon or show == "all"


@dataclass(frozen=True)
class Quality:
    """What visits say of a provider: its final reports, open actions, and visits planned."""

    reports: list[Visit]
    actions: list[Action]
    planned: list[Visit]


def quality_of(provider: Provider) -> Quality | None:
    """What visits say of a provider, as far as this person may read it."""
    if not may(current_user, Permission.READ_VISIT_REPORT):
        return None
    reached = queries.actions(provider_id=provider.id)
    ahead = queries.visits(states=(VisitState.PLANNED,), provider_id=provider.id)
    visits = may(current_user, Permission.VIEW_VISIT)
    return Quality(
        queries.final_reports(provider.id)[:5],
        list(db.session.scalars(reached)),
        list(db.session.scalars(ahead)) if visits else [],
    )


@dataclass(frozen=True)
class Watch:
    """What the AP lead watches: stops in force, actions and concerns that are open.

    actions: not closed; overdue; critical of these. unhandled: concerns that nobody handles yet.
    """

    stops: list[PlacementStop]
    stopped: int
    actions: tuple[int, int, int]
    concerns: int
    unhandled: int


def watch(lead: User, on: date, shown: int) -> Watch:
    """What the AP lead's home page says of quality, in a fixed number of queries."""
    found = stops.listed(all_of_them=False)
    reached = visible(
        select(Concern.state, func.count()).where(Concern.state.in_(NOT_CLOSED)),
        Concern, Permission.VIEW_CONCERN, lead,
    )  # fmt: skip
    first = list(db.session.scalars(found.limit(shown)))
    open_ones = dict(db.session.execute(reached.group_by(Concern.state)).all())
    return Watch(
        first,
        len(first) if len(first) < shown else _count(found),
        queries.count_actions(on),
        sum(open_ones.values()),
        open_ones.get(ConcernState.RECEIVED, 0),
    )


def _count(found: Select) -> int:
    return db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery()))


@dataclass(frozen=True)
class OwnQuality:
    """What visits ask of a provider: reports to check, actions to answer, visits ahead."""

    to_check: list[Visit]
    actions: list[Action]
    ahead: list[Visit]


def own_quality(provider: Provider, on: date, shown: int) -> OwnQuality:
    """What visits ask of a provider, for its own people; no visit that is unannounced."""
    waiting = queries.actions(states=WITH_PROVIDER, provider_id=provider.id)
    return OwnQuality(
        queries.to_check(provider.id),
        list(db.session.scalars(waiting.limit(shown))),
        queries.announced(provider.id, on),
    )


@dataclass(frozen=True)
class VisitWork:
    """An adviser's own next work: visits ahead or unfinished, answers to decide about."""

    visits: list[Visit]
    answered: int


def work_on_visits(adviser: User) -> VisitWork:
    """What waits for an adviser, in two queries."""
    ahead = queries.visits(states=OPEN, adviser_id=adviser.id).order_by(None)
    answered = queries.actions(states=(ActionState.ANSWERED,)).where(Visit.adviser_id == adviser.id)
    return VisitWork(
        list(db.session.scalars(ahead.order_by(Visit.planned_on, Visit.id).limit(10))),
        _count(answered),
    )


EXPORT_HEADER = (
    "Provider reference", "Provider", "Next visit", "Due on", "Overdue", "Why", "Risk",
    "Planned for", "Adviser",
)  # fmt: skip


def rows_to_export(found: Iterable[Standing], on: date) -> Iterator[list[Any]]:
    """The worklist as rows of a spreadsheet."""
    for each in found:
        yield [
            each.provider.reference,
            each.provider.name,
            each.due.kind.label,
            each.due.due_on,
            each.is_overdue(on),
            " ".join(each.due.reasons),
            " ".join(each.due.risks),
            each.planned.planned_on if each.planned else None,
            each.planned.adviser.name if each.planned else None,
        ]


def faulty_plan(form: FlaskForm, provider: Provider) -> bool:
    """Put beside their fields what stands against day and adviser; returns whether any does."""
    adviser = db.session.get_one(User, form.adviser.data)
    return refuse(form, planning.faults(provider, adviser, form.planned_on.data))


def faulty_day(field: Field) -> bool:
    """Put beside its field why an action can't be due that day; whether that is so."""
    fault = actions.day_fault(field.data)
    field.errors = [*field.errors, *([fault] if fault else [])]
    return fault is not None


def plan_form(provider: Provider, asked: Mapping[str, str]) -> PlanVisit:
    """The form that plans a visit, filled with what the worklist said."""
    form = PlanVisit(
        kind=asked.get("kind"),
        why=asked.get("why"),
        planned_on=days.next_open(today() + timedelta(days=1)),
        adviser=current_user.id,
    )
    form.offer(planning.advisers())
    sites = [
        (site.id, f"{site.name}, {postcode_in_words(site.postcode)}") for site in provider.sites
    ]
    form.site.choices = sites or [(0, "No site is recorded")]
    return form
