"""Whether a match treats groups of children alike: how many are placed, how long they wait, how
far they would travel, what it costs. Nothing is shown that tells of a few children.

Public sector equality duty (Equality Act 2010, section 149). The figures say where to look, not
why: a difference that chance would hardly explain is marked, and a person judges it. What may be
shown is for `app.commissioning.disclosure` to say.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from app.children.models import Child
from app.commissioning.disclosure import Tally, least_remarkable, shares_shown, withheld
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
    """One group's figures; each is None where it would tell of a few children.

    bound: "under" or "over" where placed_share is only a bound of the share, in whole per cent,
    because fewer children than may be shown are placed, or are not. withheld: the group itself
    is too small, or would tell the size of one that is. unlike: what is shown of its share placed
    differs from all others' by more than chance would explain.
    """

    name: str
    children: int | None
    placed_share: float | None = None
    mean_days: float | None = None
    mean_km: float | None = None
    mean_pence: float | None = None
    bound: str = ""
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
    def has_shares(self) -> bool:
        """Whether any share placed, or a bound of one, may be seen."""
        return any(group.placed_share is not None for group in self.groups)

    @property
    def unlike(self) -> tuple[Group, ...]:
        """The groups whose share placed stands out."""
        return tuple(group for group in self.groups if group.unlike)


def check(run: MatchRun, smallest: int = SMALLEST_GROUP) -> tuple[Group, list[Dimension]]:
    """The whole of a match as one group, and its groups by each characteristic."""
    cases = cases_of(run)
    return _whole(cases, smallest), dimensions(cases, smallest)


@whole()
def cases_of(run: MatchRun) -> list[Case]:
    """The children of a match with what the check looks at."""
    on = date.fromisoformat(run.parameters["on"])
    statement = (
        select(MatchOutcome)
        .where(MatchOutcome.run_id == run.id)
        .options(
            defer(MatchOutcome.reasons),
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
    """The groups by each characteristic, without what would tell of a few children."""
    names = list(dict.fromkeys(name for case in cases for name in case.groups))
    return [_dimension(name, cases, smallest) for name in names]


_KNOWN: dict[str, Callable[[Case], float | None]] = {
    "mean_days": lambda case: case.days,
    "mean_km": lambda case: case.km if case.placed else None,
    "mean_pence": lambda case: case.pence if case.placed else None,
}
"""What each mean is taken of; None where a child does not stand behind it."""


def _dimension(name: str, cases: Sequence[Case], smallest: int) -> Dimension:
    members: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        members[case.groups[name]].append(case)
    hidden = withheld({group: len(inside) for group, inside in members.items()}, smallest)
    tallies = {group: _tally(inside) for group, inside in members.items()}
    shares = shares_shown(tallies, hidden, smallest)
    secret = {group for group, tally in tallies.items() if tally.fewer < smallest}
    secret = hidden | {group for group in secret if shares[group][0] is None}
    means = {
        # a mean of those placed tells that there are enough of them to have one
        what: _means(members, known, hidden if what == "mean_days" else secret, smallest)
        for what, known in _KNOWN.items()
    }
    every = _tally(cases)
    groups = []
    for group, inside in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        if group in hidden:
            groups.append(Group(group, None, withheld=True))
            continue
        share, bound = shares[group]
        told = least_remarkable(tallies[group], bound, smallest)
        groups.append(
            Group(
                group,
                len(inside),
                share,
                **{what: of_groups.get(group) for what, of_groups in means.items()},
                bound=bound,
                unlike=share is not None and _unlike(told, every, smallest),
            )
        )
    return Dimension(name, tuple(groups))


def _tally(cases: Sequence[Case]) -> Tally:
    placed = sum(case.placed for case in cases)
    return Tally(placed, len(cases) - placed)


def _means(
    members: Mapping[str, Sequence[Case]],
    known: Callable[[Case], float | None],
    hidden: set[str],
    smallest: int,
) -> dict[str, float]:
    """The mean of each group that may be shown, by its name."""
    values = {
        group: [value for value in map(known, inside) if value is not None]
        for group, inside in members.items()
    }
    behind = {group: len(inside) for group, inside in values.items() if inside}
    hidden = hidden | withheld(behind, smallest)
    return {
        group: sum(values[group]) / count for group, count in behind.items() if group not in hidden
    }


def _whole(cases: Sequence[Case], smallest: int) -> Group:
    """All children of a match. How many of them are placed stands on the match's own page."""
    tally = _tally(cases)
    means = {
        what: _means({"": cases}, known, set(), smallest).get("") for what, known in _KNOWN.items()
    }
    share = tally.placed / tally.children if cases else None
    return Group("All children", len(cases), share, **means)


def _unlike(tally: Tally, every: Tally, smallest: int) -> bool:
    """Whether a share placed differs from all others' beyond chance: the test of two proportions.

    every: all children, this group among them; too few others tell nothing.
    """
    here, there = tally.children, every.children - tally.children
    if there < smallest:
        return False
    others = min(max(0, every.placed - tally.placed), there)
    share = (tally.placed + others) / every.children
    error = sqrt(share * (1 - share) * (1 / here + 1 / there))
    return error > 0 and abs(tally.placed / here - others / there) / error > BEYOND_CHANCE
