"""Who is already at providers, as far as it bears on a search.

A search looks at thousands of offers and not at every placement: it asks only about providers that
state limits over all their offers, and about children to be kept apart from the one it is for. What
that means for an offer is for the matching rules to say (`app.commissioning.suitability`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, and_, case, cast, false, or_, select

from app.children.models import Child, ChildNeed
from app.children.ties import ChildTie, TieKind
from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.kernel.reach import whole
from providers.models.offer import Offer
from providers.models.provider import Provider


@dataclass(frozen=True)
class Company:
    """Who is at the providers that matter to a search, each by the provider's id.

    child: id of the child that is searched for, None for nobody in particular. stated: limits,
    as rows of id, most_children and taught_apart. heads: ids of the children there. needs: names
    of their primary needs. apart: where a child is who must be kept apart from this one.
    """

    child: int | None = None
    stated: Mapping[int, Any] = field(default_factory=dict)
    heads: Mapping[int, frozenset[int]] = field(default_factory=dict)
    needs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()


NOBODY = Company()


@whole()
def company_of(child: Child | None, on: date) -> Company:
    """Who is where from a date on, through placements that are approved, agreed or live."""
    stated, heads, needs = {}, defaultdict(set), defaultdict(set)
    apart = set()
    for row in db.session.execute(_asked_of(child, on)):
        if row.most_children is not None or row.taught_apart:
            stated[row.id] = row
        if row.child_id is not None:
            heads[row.id].add(row.child_id)
        if row.need_type is not None:
            needs[row.id].add(row.need_type.label)
        if row.avoided:
            apart.add(row.id)
    return Company(
        child and child.id,
        stated,
        {key: frozenset(there) for key, there in heads.items()},
        {key: frozenset(there) for key, there in needs.items()},
        frozenset(apart),
    )


def _asked_of(child: Child | None, on: date) -> Select:
    """A row for each child at a provider that matters, and one for a provider with none there."""
    open_now = and_(Placement.state.in_(OPEN), Placement.ends_on >= on)
    avoid = _to_avoid(child)
    matters = or_(Provider.most_children.is_not(None), cast(Provider.taught_apart, Text) != "[]")
    if avoid is not None:
        theirs = select(Offer.provider_id).join(Placement.offer)
        matters |= Provider.id.in_(theirs.where(open_now, Placement.child_id.in_(avoid)))
    avoided = false() if avoid is None else Placement.child_id.in_(avoid)
    return (
        select(
            Provider.id,
            Provider.most_children,
            Provider.taught_apart,
            Placement.child_id,
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
