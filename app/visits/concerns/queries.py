"""Concerns as pages and rules ask for them: lists, what is open, and the pattern across them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import LONDON
from app.kernel.database import db
from app.visits.concerns.models import Concern, ConcernChild
from app.visits.concerns.terms import ConcernKind, ConcernState, Priority
from providers.models.provider import Provider

NOT_CLOSED = (ConcernState.RECEIVED, ConcernState.HANDLED)
WHOLE = (
    joinedload(Concern.provider),
    joinedload(Concern.handler),
    selectinload(Concern.actions),
    selectinload(Concern.children).joinedload(ConcernChild.child),
)
MONTHS = 12


def concerns(
    *,
    states: Iterable[ConcernState] | None = None,
    kind: ConcernKind | None = None,
    priority: Priority | None = None,
    handler_id: int | None = None,
    provider_id: int | None = None,
    named: str = "",
) -> Select:
    """Concerns with provider and handler, the latest first. named: part of a provider's name."""
    found = select(Concern).options(joinedload(Concern.provider), joinedload(Concern.handler))
    if states is not None:
        found = found.where(Concern.state.in_(tuple(states)))
    if kind is not None:
        found = found.where(Concern.kind == kind)
    if provider_id is not None:
        found = found.where(Concern.provider_id == provider_id)
    if priority is not None:
        found = found.where(Concern.priority == priority)
    if handler_id is not None:
        found = found.where(Concern.handler_id == handler_id)
    if named.strip():
        found = found.join(Concern.provider).where(
            Provider.name.icontains(named.strip(), autoescape=True)
        )
    return found.order_by(Concern.recorded_at.desc(), Concern.id.desc())


def days_of_open() -> dict[int, tuple[date, ...]]:
    """For each provider's id, the days on which the concerns were recorded that are open."""
    found: dict[int, list[date]] = defaultdict(list)
    rows = select(Concern.provider_id, Concern.recorded_at).where(Concern.state.in_(NOT_CLOSED))
    for provider_id, at in db.session.execute(rows):
        found[provider_id].append(at.astimezone(LONDON).date())
    return {provider_id: tuple(sorted(days)) for provider_id, days in found.items()}


@dataclass(frozen=True)
class Line:
    """A provider with its concerns of a year: how many of each kind, and how many are open."""

    provider: Provider
    by_kind: Counter[ConcernKind]
    open: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())


@dataclass(frozen=True)
class Pattern:
    """The concerns of the last months. months: first day and number of each, the oldest first."""

    lines: Sequence[Line]
    by_kind: Counter[ConcernKind]
    months: Sequence[tuple[date, int]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())


def pattern(on: date, *, leaving_out: Collection[int] = ()) -> Pattern:
    """Concerns of this month and the eleven before, by provider, kind and month; two queries.

    leaving_out: ids of providers in which the reader has an interest.
    """
    starts = _months_to(on)
    rows = db.session.execute(
        select(Concern.provider_id, Concern.kind, Concern.state, Concern.recorded_at).where(
            Concern.provider_id.not_in(leaving_out)
        )
    ).all()
    kinds: dict[int, Counter[ConcernKind]] = defaultdict(Counter)
    still: Counter[int] = Counter()
    months: Counter[date] = Counter()
    for provider_id, kind, state, at in rows:
        month = at.astimezone(LONDON).date().replace(day=1)
        still[provider_id] += state in NOT_CLOSED
        if month in starts:
            kinds[provider_id][kind] += 1
            months[month] += 1
    named = db.session.scalars(select(Provider).where(Provider.id.in_(kinds))).all()
    lines = [Line(provider, kinds[provider.id], still[provider.id]) for provider in named]
    return Pattern(
        sorted(lines, key=lambda line: (-line.total, line.provider.name)),
        sum(kinds.values(), Counter()),
        [(month, months[month]) for month in starts],
    )


def _months_to(on: date) -> list[date]:
    month, found = on.replace(day=1), []
    for _ in range(MONTHS):
        found.insert(0, month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found
