"""Who is already at providers, as far as it bears on a search.

A search looks at thousands of offers and not at every placement: it asks only about providers that
state limits over all their offers, those where the child is already, and those with children to be
kept apart from the one it is for. Where the child would be full-time somewhere it also asks which
unregistered providers have full-time children. What that means for an offer is for the matching
rules to say (`app.commissioning.suitability`).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, false, func, or_, select

from app.children.models import Child, ChildNeed
from app.children.ties import ChildTie, TieKind
from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement
from app.commissioning.standing import counts_for_registration
from app.kernel.database import db
from app.kernel.reach import whole
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.needs import Registration


@dataclass(frozen=True)
class Company:
    """Who is at the providers that matter to a search, each by the provider's id.

    child: id of the child that is searched for, None for nobody in particular. stated: limits,
    as rows of id, most_children and taught_apart. heads: ids of the children there. needs: names
    of their primary needs. apart: where a child is who must be kept apart from this one. hours:
    what the child has a week already. unregistered: of the providers where the child is.
    full_time: how many other children are full-time there, for the duty to register.
    """

    child: int | None = None
    stated: Mapping[int, Any] = field(default_factory=dict)
    heads: Mapping[int, frozenset[int]] = field(default_factory=dict)
    needs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()
    hours: Mapping[int, int] = field(default_factory=dict)
    unregistered: frozenset[int] = frozenset()
    full_time: Mapping[int, int] = field(default_factory=dict)


NOBODY = Company()


@whole()
def company_of(child: Child | None, on: date, asked: int, full_time_hours: int) -> Company:
    """Who is where from a date on, through placements that are approved, agreed or live.

    asked: hours a week that are looked for, 0 where that is left open. full_time_hours: a week
    above which a child is full-time at a provider.
    """
    stated, heads, needs = {}, defaultdict(set), defaultdict(set)
    apart, hours, unregistered = set(), Counter(), set()
    for row in db.session.execute(_asked_of(child, on)):
        if row.most_children is not None or row.taught_apart:
            stated[row.id] = row
        if row.child_id is not None:
            heads[row.id].add(row.child_id)
        if row.need_type is not None:
            needs[row.id].add(row.need_type.label)
        if row.avoided:
            apart.add(row.id)
        if child is not None and row.child_id == child.id:
            hours[row.id] += row.hours
            if row.registration is Registration.UNREGISTERED:
                unregistered.add(row.id)
    most = asked + max(hours.values(), default=0)
    full_time = _full_time(child, on, full_time_hours) if child and most > full_time_hours else {}
    return Company(
        child and child.id,
        stated,
        {key: frozenset(there) for key, there in heads.items()},
        {key: frozenset(there) for key, there in needs.items()},
        frozenset(apart),
        dict(hours),
        frozenset(unregistered),
        full_time,
    )


def _full_time(child: Child, on: date, full_time_hours: int) -> dict[int, int]:
    """How many children other than this one are full-time at each unregistered provider.

    Those count who bear on the duty to register, as in `standing.standing_of`.
    """
    a_week = func.sum(Placement.hours)
    statement = (
        select(Offer.provider_id, Child)
        .select_from(Placement)
        .join(Placement.offer)
        .join(Offer.provider)
        .join(Placement.child)
        .where(
            _open(on),
            Provider.registration == Registration.UNREGISTERED,
            Placement.child_id != child.id,
        )
        .group_by(Offer.provider_id, Child.id)
        .having(a_week > full_time_hours)
    )
    found = Counter()
    for provider_id, other in db.session.execute(statement):
        found[provider_id] += counts_for_registration(other, on)
    return dict(found)


def _open(on: date) -> ColumnElement[bool]:
    """That a placement holds its place on a date or will."""
    return and_(Placement.state.in_(OPEN), Placement.ends_on >= on)


def _asked_of(child: Child | None, on: date) -> Select:
    """A row for each child at a provider that matters, and one for a provider with none there."""
    open_now = _open(on)
    avoid = _to_avoid(child)
    matters = or_(Provider.most_children.is_not(None), cast(Provider.taught_apart, Text) != "[]")
    if avoid is not None:
        theirs = select(Offer.provider_id).join(Placement.offer)
        concerned = or_(Placement.child_id == child.id, Placement.child_id.in_(avoid))
        matters |= Provider.id.in_(theirs.where(open_now, concerned))
    avoided = false() if avoid is None else Placement.child_id.in_(avoid)
    return (
        select(
            Provider.id,
            Provider.most_children,
            Provider.taught_apart,
            Provider.registration,
            Placement.child_id,
            Placement.hours,
            ChildNeed.need_type,
            avoided.label("avoided"),
        )
        .outerjoin(Offer, Offer.provider_id == Provider.id)
        .outerjoin(Placement, and_(Placement.offer_id == Offer.id, open_now))
        .outerjoin(ChildNeed, and_(ChildNeed.child_id == Placement.child_id, ChildNeed.rank == 1))
        .where(matters)
    )


def _to_avoid(child: Child | None) -> Select | None:
    """The ids of the children who must be kept apart from a child; None for nobody."""
    if child is None:
        return None
    other = case((ChildTie.first_id == child.id, ChildTie.second_id), else_=ChildTie.first_id)
    return select(other).where(
        ChildTie.kind == TieKind.APART,
        or_(ChildTie.first_id == child.id, ChildTie.second_id == child.id),
    )
