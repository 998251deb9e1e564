"""Who is at which provider already when a match is made, and who is tied to whom.

The matching package asks for it three times: for the must-register rule (hours a child has at a
provider), for continuity (a provider the child is with), and for children to be kept apart. It is
read from the placements that hold room.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select

from app.children.models import Child, ChildNeed, Component, Referral
from app.children.ties import TieKind, ties_among
from app.commissioning.placements.lifecycle import OPEN
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from providers.models.offer import Offer
from providers.stages import is_compulsory_school_age

Key = int | str


def key_of(child_id: int, referrals: Mapping[int, int]) -> Key:
    """What a match calls a child: the referral's id if it takes part, else a name of its own.

    referrals: the referral of each child who takes part, by child id.
    """
    return referrals.get(child_id) or f"child {child_id}"


@dataclass(frozen=True)
class Standing:
    """Where children are. hours: a week, by provider id and key. current: provider ids by referral.

    needs: names of the primary needs of those there, by provider id.
    held: components that have a place, by id. siblings, apart: keys of other children by referral.
    family: ids of the providers where a brother or sister has a place, by referral.
    """

    hours: Mapping[int, Mapping[Key, int]] = field(default_factory=dict)
    current: Mapping[int, frozenset[int]] = field(default_factory=dict)
    needs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    siblings: Mapping[int, frozenset[Key]] = field(default_factory=dict)
    apart: Mapping[int, frozenset[Key]] = field(default_factory=dict)
    family: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def to_place(self, referral: Referral) -> list[Component]:
        """The parts of a referral that have no place yet."""
        return [part for part in referral.components if part.id not in self.held]


NOBODY = Standing()


def standing_of(referrals: Iterable[Referral], on: date, full_time_hours: int) -> Standing:
    """Who is where from a date on, through placements that are approved, agreed or live.

    Hours of a child who does not bear on a provider's duty to register are counted up to
    full_time_hours a week at most, so that nobody takes the child for one more who is full-time.
    """
    asked = {referral.child_id: referral.id for referral in referrals}
    hours: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    current: dict[int, set[int]] = defaultdict(set)
    needs: dict[int, set[str]] = defaultdict(set)
    held, beside = set(), set()
    primary = and_(ChildNeed.child_id == Child.id, ChildNeed.rank == 1)
    statement = (
        select(
            Placement.component_id, Placement.hours, Offer.provider_id, Child, ChildNeed.need_type
        )
        .join(Placement.offer)
        .join(Placement.child)
        .outerjoin(ChildNeed, primary)
        .where(Placement.state.in_(OPEN), Placement.ends_on >= on)
    )
    for component_id, a_week, provider_id, child, need in db.session.execute(statement):
        key = key_of(child.id, asked)
        hours[provider_id][key] += a_week
        if not counts_for_registration(child, on):
            beside.add((provider_id, key))
        if child.id in asked:
            current[asked[child.id]].add(provider_id)
        if need is not None:
            needs[provider_id].add(need.label)
        held.add(component_id)
    for provider_id, key in beside:
        hours[provider_id][key] = min(hours[provider_id][key], full_time_hours)
    ties = _ties(asked)
    return Standing(
        {provider: dict(there) for provider, there in hours.items()},
        {referral: frozenset(there) for referral, there in current.items()},
        {provider: frozenset(there) for provider, there in needs.items()},
        frozenset(held - {None}),
        **ties,
        family=_family(ties["siblings"], hours),
    )


def _family(
    siblings: Mapping[int, frozenset[Key]], hours: Mapping[int, Mapping[Key, int]]
) -> dict[int, frozenset[int]]:
    """Where brothers and sisters have a place already: provider ids by referral."""
    found = {
        referral: frozenset(provider for provider, there in hours.items() if keys & there.keys())
        for referral, keys in siblings.items()
    }
    return {referral: providers for referral, providers in found.items() if providers}


def _ties(asked: Mapping[int, int]) -> dict[str, Mapping[int, frozenset[Key]]]:
    """Brothers and sisters, and who is kept apart, of the children who take part."""
    found = {kind: defaultdict(set) for kind in TieKind}
    for tie in ties_among(asked.keys()):
        for mine, other in ((tie.first_id, tie.second_id), (tie.second_id, tie.first_id)):
            if mine in asked:
                found[tie.kind][asked[mine]].add(key_of(other, asked))
    frozen = {
        kind: {referral: frozenset(keys) for referral, keys in found[kind].items()}
        for kind in TieKind
    }
    return {"siblings": frozen[TieKind.SIBLING], "apart": frozen[TieKind.APART]}


def counts_for_registration(child: Child, on: date) -> bool:
    """Whether full-time hours of this child bear on a provider's duty to register.

    Those of compulsory school age do. For a child with an EHC plan or looked after the rule is
    held at any age, the stricter reading, as in `providers.registration`.
    """
    return is_compulsory_school_age(child.born_on, on) or child.has_ehcp or child.looked_after
