"""What is asked about children: the waiting list, narrowed and ordered, and a child's record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.clocks import Duty, Urgency, has_duty, has_urgency
from app.children.lifecycle import ReferralState
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.children.terms import calendar
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from providers.needs import NeedType, SenProvision
from providers.stages import school_year_of


class Order(Protocol):
    """A column to order by, and which way."""

    by: str
    descending: bool


@dataclass(frozen=True)
class WaitingCriteria:
    """Which waiting referrals to list; None leaves a thing open.

    years: first and last national curriculum year, 0 for Reception. text: words in the child's
    name or reference.
    """

    need_type: NeedType | None = None
    service_id: int | None = None
    years: tuple[int, int] | None = None
    ehcp: bool | None = None
    looked_after: bool | None = None
    text: str = ""
    urgency: Urgency | None = None
    duty: Duty | None = None
    officer_id: int | None = None


@dataclass(frozen=True)
class _By:
    by: str
    descending: bool = True


EVERYONE = WaitingCriteria()
LONGEST_FIRST = _By("waiting")
SAME_FLUSH = timedelta(seconds=1)
"""Rows that are made together have their events in no certain order, this close together."""

_HOURS = (
    select(func.coalesce(func.sum(Component.hours), 0))
    .where(Component.referral_id == Referral.id)
    .correlate(Referral)
    .scalar_subquery()
)
_PRIMARY_NEED = (
    select(ChildNeed.need_type)
    .where(ChildNeed.child_id == Child.id, ChildNeed.rank == 1)
    .correlate(Child)
    .scalar_subquery()
)
WAITING_ORDERS: dict[str, ColumnElement] = {
    "urgency": Referral.provision_due_on,
    "waiting": Referral.out_of_education_since,
    "reference": Child.reference,
    "name": Child.surname,
    "year": Child.born_on,
    "need": _PRIMARY_NEED,
    "hours": _HOURS,
}
WHOLE_REFERRAL = (
    joinedload(Referral.child).joinedload(Child.needs),
    joinedload(Referral.components).joinedload(Component.service),
    joinedload(Referral.wishes).joinedload(ProviderWish.provider),
)
"""Loads a referral with its child, needs, components and wishes in one query."""
_EARLIEST_IS_MOST = ("urgency", "waiting", "year")
"""An early date is urgent or a long wait, and an early birth a high school year."""


def waiting(
    criteria: WaitingCriteria = EVERYONE, order: Order | None = None, on: date | None = None
) -> Select:
    """Waiting referrals with all that a list of them shows, in a fixed number of queries.

    order: a key of WAITING_ORDERS; without one, the most urgent first, those of whom no date is
    recorded before all others. on: the date by which a school year and urgency are reckoned;
    needed with `years` and `urgency`.
    """
    return (
        select(Referral)
        .join(Referral.child)
        .where(Referral.state == ReferralState.WAITING, *_conditions(criteria, on))
        .options(
            joinedload(Referral.child).selectinload(Child.needs),
            selectinload(Referral.components).joinedload(Component.service),
            joinedload(Referral.officer),
        )
        .order_by(*_ordering(order), Referral.id)
    )


def longest_waiting(limit: int) -> list[Referral]:
    """The referrals of the children who have been out of education longest."""
    return list(db.session.scalars(waiting(order=LONGEST_FIRST).limit(limit)))


def counts_by_urgency(on: date) -> dict[Urgency, int]:
    """How many waiting referrals there are of each urgency."""
    days = calendar()
    counted = [
        func.count().filter(has_urgency(urgency, on, days)).label(urgency) for urgency in Urgency
    ]
    row = db.session.execute(select(*counted).where(Referral.state == ReferralState.WAITING)).one()
    return dict(zip(Urgency, row, strict=True))


def days_out_of_education(referral: Referral, on: date) -> int | None:
    """Calendar days since the child was last in education; None where that is not known."""
    since = referral.out_of_education_since
    return None if since is None else max(0, (on - since).days)


def born_between(years: tuple[int, int], on: date) -> tuple[date, date]:
    """First and last date of birth of the children in a span of school years on a date."""
    first, last = years
    begins = school_year_of(on)
    return date(begins - last - 5, 9, 1), date(begins - first - 4, 8, 31)


def history_of(child: Child, limit: int) -> list[AuditEvent]:
    """What was done to a child's record and to all that belongs to it, the latest first.

    limit: of the events looked at. Components and wishes that have been taken out are included.
    """
    referrals = [referral.id for referral in child.referrals]
    about = [
        and_(AuditEvent.subject == Child.__tablename__, AuditEvent.subject_id == child.id),
        and_(AuditEvent.subject == ChildNeed.__tablename__, AuditEvent.subject_id == child.id),
        and_(AuditEvent.subject == Referral.__tablename__, AuditEvent.subject_id.in_(referrals)),
        *(_of_parts(part, referrals) for part in (Component, ProviderWish)),
    ]
    latest = select(AuditEvent).where(or_(*about)).order_by(AuditEvent.id.desc()).limit(limit)
    return list(_in_its_time(child, db.session.scalars(latest)))


def _of_parts(part: type[Component | ProviderWish], referrals: list[int]) -> ColumnElement[bool]:
    """Events about parts of these referrals, also about those that are gone."""
    of_these = [
        and_(
            AuditEvent.kind == kind,
            AuditEvent.changes["referral_id", place].as_integer().in_(referrals),
        )
        for kind, place in (("created", 1), ("deleted", 0))
    ]
    present = select(part.id).where(part.referral_id.in_(referrals))
    gone = select(AuditEvent.subject_id).where(
        AuditEvent.subject == part.__tablename__, of_these[1]
    )
    return and_(
        AuditEvent.subject == part.__tablename__,
        or_(AuditEvent.subject_id.in_(present), AuditEvent.subject_id.in_(gone)),
        or_(AuditEvent.kind == "changed", *of_these),
    )


def _in_its_time(child: Child, events: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
    """Only events while an id was this child's: a database may give the id of a row that is gone
    to a new one. Events come the latest first."""
    ours = {
        (part.__tablename__, part.id)
        for referral in child.referrals
        for part in (*referral.components, *referral.wishes)
    }
    parts = (Component.__tablename__, ProviderWish.__tablename__)
    begins = None
    for event in events:
        if begins and event.at < begins:
            return
        key = (event.subject, event.subject_id)
        if event.kind == "deleted":
            ours.add(key)
        if event.subject not in parts or key in ours:
            yield event
        if event.kind == "created":
            ours.discard(key)
            if event.subject == Child.__tablename__:
                begins = event.at - SAME_FLUSH


def _conditions(criteria: WaitingCriteria, on: date | None) -> list[ColumnElement[bool]]:
    conditions = []
    if criteria.need_type is not None:
        conditions.append(Child.needs.any(ChildNeed.need_type == criteria.need_type))
    if criteria.service_id is not None:
        conditions.append(Referral.components.any(Component.service_id == criteria.service_id))
    if criteria.years is not None:
        if on is None:
            raise ValueError("A school year needs the date on which it is reckoned.")
        conditions.append(Child.born_on.between(*born_between(criteria.years, on)))
    if criteria.ehcp is not None:
        has_plan = Child.sen_provision == SenProvision.EHCP
        conditions.append(has_plan if criteria.ehcp else ~has_plan)
    if criteria.looked_after is not None:
        conditions.append(Child.looked_after.is_(criteria.looked_after))
    if criteria.urgency is not None:
        if on is None:
            raise ValueError("Urgency needs the date on which it is judged.")
        conditions.append(has_urgency(criteria.urgency, on, calendar()))
    if criteria.duty is not None:
        conditions.append(has_duty(criteria.duty))
    if criteria.officer_id is not None:
        conditions.append(Referral.officer_id == criteria.officer_id)
    for word in criteria.text.split():
        conditions.append(
            or_(
                Child.forename.icontains(word, autoescape=True),
                Child.surname.icontains(word, autoescape=True),
                Child.reference.icontains(word, autoescape=True),
            )
        )
    return conditions


def _ordering(order: Order | None) -> list[ColumnElement]:
    by = order.by if order else "urgency"
    down = order.descending if order else True
    column = WAITING_ORDERS[by]
    if by in _EARLIEST_IS_MOST:
        down = not down
    if by == "urgency" and not down:  # without a date nobody knows: it comes before all others
        return [column.asc().nulls_first(), Referral.out_of_education_since.asc().nulls_last()]
    ordering = [(column.desc() if down else column.asc()).nulls_last()]
    return [*ordering, Child.forename] if by == "name" else ordering
