"""Whether a match treats groups of children alike: how many are placed, how long they wait, how
far they would travel, what it costs. Small groups are never shown.

Public sector equality duty (Equality Act 2010, section 149). The figures say where to look, not
why: a difference that chance would hardly explain is marked, and a person judges it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.children.models import Child
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.kernel.database import db
from app.kernel.reach import whole

SMALLEST_GROUP = 5
"""Children below which a group's figures are withheld, unless set otherwise."""
BEYOND_CHANCE = 2.576
"""Standard errors beyond which a difference is marked: chance alone gives one in a hundred."""


@dataclass(frozen=True)
class Case:
    """One child of a match. days: out of education, None where not known; km: the furthest of
    the places recommended, None where none is; pence a week, 0 where no place is recommended.
    """

    groups: dict[str, str]
    placed: bool
    days: int | None
    km: float | None
    pence: int


@dataclass(frozen=True)
class Group:
    """One group's figures; each is None where too few children stand behind it.

    withheld: the group itself is too small, or would tell the size of one that is. unlike: its
    share placed differs from all others' by more than chance would explain.
    """

    name: str
    children: int | None
    placed_share: float | None = None
    mean_days: float | None = None
    mean_km: float | None = None
    mean_pence: float | None = None
    withheld: bool = False
    unlike: bool = False


@dataclass(frozen=True)
class Dimension:
    """The groups by one characteristic, the largest first."""

    name: str
    groups: tuple[Group, ...]

    @property
    def shown(self) -> tuple[Group, ...]:
        """The groups whose figures may be seen."""
        return tuple(group for group in self.groups if not group.withheld)

    @property
    def withheld(self) -> tuple[Group, ...]:
        """The groups whose figures may not."""
        return tuple(group for group in self.groups if group.withheld)

    @property
    def unlike(self) -> tuple[Group, ...]:
        """The groups whose share placed stands out."""
        return tuple(group for group in self.groups if group.unlike)


def check(run: MatchRun, smallest: int = SMALLEST_GROUP) -> tuple[Group, list[Dimension]]:
    """The whole of a match as one group, and its groups by each characteristic."""
    cases = cases_of(run)
    return _figures("All children", cases, smallest), dimensions(cases, smallest)


@whole()
def cases_of(run: MatchRun) -> list[Case]:
    """The children of a match with what the check looks at."""
    on = date.fromisoformat(run.parameters["on"])
    statement = (
        select(MatchOutcome)
        .where(MatchOutcome.run_id == run.id)
        .options(
            joinedload(MatchOutcome.child).selectinload(Child.needs),
            joinedload(MatchOutcome.referral),
        )
    )
    return [_case(outcome, on) for outcome in db.session.scalars(statement)]


def _case(outcome: MatchOutcome, on: date) -> Case:
    child, since = outcome.child, outcome.referral.out_of_education_since
    return Case(
        groups={
            "Primary need": child.need_types[0].label if child.need_types else "None recorded",
            "Sex": child.sex.label,
            "Looked after": "Looked after" if child.looked_after else "Not looked after",
            "Home district": child.postcode[:-3].strip(),
        },
        placed=outcome.placed,
        days=max(0, (on - since).days) if since else None,
        km=outcome.furthest_km if outcome.placed else None,
        pence=outcome.weekly_cost_pence + outcome.weekly_transport_pence,
    )


def dimensions(cases: Sequence[Case], smallest: int = SMALLEST_GROUP) -> list[Dimension]:
    """The groups by each characteristic, with small ones withheld.

    Where the whole is known, a lone group that is withheld could be worked out from the others,
    and so could a few very small ones together; the next smallest are withheld with them.
    """
    names = list(dict.fromkeys(name for case in cases for name in case.groups))
    return [_dimension(name, cases, smallest) for name in names]


def _dimension(name: str, cases: Sequence[Case], smallest: int) -> Dimension:
    members: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        members[case.groups[name]].append(case)
    hidden = withheld({group: len(inside) for group, inside in members.items()}, smallest)
    groups = []
    for group, inside in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        if group in hidden:
            groups.append(Group(group, None, withheld=True))
            continue
        others = [case for case in cases if case.groups[name] != group]
        groups.append(_figures(group, inside, smallest, others))
    return Dimension(name, tuple(groups))


def withheld(sizes: dict[str, int], smallest: int) -> set[str]:
    """The groups not to be shown: the small, and as many more as it takes to hide them."""
    by_size = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = [name for name in by_size if sizes[name] < smallest]
    while hidden and len(hidden) < len(by_size):
        if len(hidden) > 1 and sum(sizes[name] for name in hidden) >= smallest:
            break
        hidden.append(by_size[len(hidden)])
    return set(hidden)


def _figures(name: str, cases: Sequence[Case], smallest: int, others: Sequence[Case] = ()) -> Group:
    placed = [case for case in cases if case.placed]
    return Group(
        name,
        len(cases),
        placed_share=len(placed) / len(cases) if cases else None,
        mean_days=_mean((case.days for case in cases), smallest),
        mean_km=_mean((case.km for case in placed), smallest),
        mean_pence=_mean((case.pence for case in placed), smallest),
        unlike=_unlike(cases, others) if len(others) >= smallest else False,
    )


def _mean(values: Iterable[float | None], smallest: int) -> float | None:
    """The mean of what is known; None where too few stand behind it."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) >= smallest else None


def _unlike(cases: Sequence[Case], others: Sequence[Case]) -> bool:
    """Whether two shares placed differ beyond chance: the test of two proportions."""
    here, there = len(cases), len(others)
    placed_here = sum(case.placed for case in cases)
    placed_there = sum(case.placed for case in others)
    share = (placed_here + placed_there) / (here + there)
    error = sqrt(share * (1 - share) * (1 / here + 1 / there))
    return error > 0 and abs(placed_here / here - placed_there / there) / error > BEYOND_CHANCE
