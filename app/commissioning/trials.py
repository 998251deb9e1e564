"""A trial beside the match whose inputs it takes: who gains a place, who loses one."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.children.models import Referral
from app.commissioning.models.match import MatchRun, RunKind
from app.commissioning.packing import expand
from app.kernel.database import db
from providers.models.offer import Offer
from providers.models.provider import Provider

Places = Mapping[int, tuple[str, ...]]
NEW_PROVIDER_NAME = "The new provider"
"""What a provider is called that exists in a what-if alone."""


@dataclass(frozen=True)
class Line:
    """One child for whom the trial differs. before, after: provider names, empty for no place."""

    referral: Referral
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A trial beside its match. same: children with the very same answer.

    gained, lost, moved: a child each, in order of name. beyond: how many others differ, whom
    whoever asks may not see.
    """

    base: MatchRun
    trial: MatchRun
    gained: tuple[Line, ...]
    lost: tuple[Line, ...]
    moved: tuple[Line, ...]
    same: int
    beyond: int = 0

    @property
    def is_the_same(self) -> bool:
        """Whether every child has the very same answer."""
        return not (self.gained or self.lost or self.moved or self.beyond)


@dataclass(frozen=True)
class Difference:
    """What a trial has more (or, below 0, less) than its match: a week, money in pence."""

    placed: int
    hours: int
    cost_pence: int
    transport_pence: int

    @property
    def total_pence(self) -> int:
        """Provision and transport together."""
        return self.cost_pence + self.transport_pence


def of_match(base: MatchRun) -> Select:
    """The trials on a match, the newest first."""
    return select(MatchRun).where(MatchRun.base_id == base.id).order_by(MatchRun.id.desc())


def listed() -> Select:
    """Every trial that somebody looks at side by side, the newest first."""
    shown = (RunKind.WHAT_IF, RunKind.POLICY, RunKind.AGAIN)
    return select(MatchRun).where(MatchRun.kind.in_(shown)).order_by(MatchRun.id.desc())


def difference(trial: MatchRun) -> Difference:
    """The figures of a trial less those of its match."""
    base = trial.base
    return Difference(
        trial.placed - base.placed,
        trial.hours_placed - base.hours_placed,
        trial.weekly_cost_pence - base.weekly_cost_pence,
        trial.weekly_transport_pence - base.weekly_transport_pence,
    )


def losing(trial: MatchRun, before: Set[int]) -> int:
    """How many of the referrals that its match places have no place in a finished trial."""
    return len(before - placed_in(trial))


def placed_in(run: MatchRun) -> Set[int]:
    """The referrals that a finished run places."""
    return _answers(run).keys()


def compare(trial: MatchRun) -> Comparison:
    """Child by child, a finished trial beside its match."""
    before, after = _answers(trial.base), _answers(trial)
    differ = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    names = _provider_names(
        {pair[1] for answers in (before, after) for key in differ for pair in answers.get(key, ())}
    )
    sides: dict[str, list[Line]] = {"gained": [], "lost": [], "moved": []}
    for referral in _referrals(differ):
        was, is_now = before.get(referral.id, ()), after.get(referral.id, ())
        line = Line(referral, _named(was, names), _named(is_now, names))
        sides["gained" if not was else "lost" if not is_now else "moved"].append(line)
    return Comparison(
        base=trial.base,
        trial=trial,
        same=trial.children - len(differ),
        beyond=len(differ) - sum(len(lines) for lines in sides.values()),
        **{side: tuple(lines) for side, lines in sides.items()},
    )


def placements(run: MatchRun) -> list[dict[str, Any]]:
    """Every placement of a finished run, as the matching package names its parts."""
    return expand(run.result)["placements"] if run.result else []


def _answers(run: MatchRun) -> dict[int, tuple[tuple[int, Any], ...]]:
    """For each referral that is placed: component and offer ids, in order."""
    found: dict[int, list[tuple[int, Any]]] = {}
    for each in placements(run):
        found.setdefault(each["child_id"], []).append((each["component_id"], each["offer_id"]))
    return {key: tuple(sorted(pairs, key=repr)) for key, pairs in found.items()}


def _named(pairs: tuple[tuple[int, Any], ...], names: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.get(offer, NEW_PROVIDER_NAME) for _, offer in pairs))


def _provider_names(offers: set[Any]) -> dict[Any, str]:
    known = [offer for offer in offers if isinstance(offer, int)]
    found: dict[Any, str] = {}
    for start in range(0, len(known), 500):
        portion = Offer.id.in_(known[start : start + 500])
        statement = select(Offer.id, Provider.name).join(Offer.provider).where(portion)
        found.update(tuple(row) for row in db.session.execute(statement))
    return found


def _referrals(ids: set[int]) -> list[Referral]:
    wanted, found = sorted(ids), []
    for start in range(0, len(wanted), 500):
        statement = (
            select(Referral)
            .where(Referral.id.in_(wanted[start : start + 500]))
            .options(joinedload(Referral.child))
        )
        found += db.session.scalars(statement)
    return sorted(found, key=lambda each: (each.child.surname, each.child.forename, each.id))
