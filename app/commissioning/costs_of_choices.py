"""What choosing each of the next best would really cost the county: matched again, not guessed."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.commissioning import service
from app.commissioning.clashes import told_to_reader
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchOutcome, MatchRun, RunKind
from app.commissioning.trials import difference, losing, placed_in
from app.kernel.database import db
from app.kernel.money import whole_pounds
from app.kernel.words import listed

Pair = tuple[int, int]
WORTH_SAYING = 50
"""Pence a week below which a difference is none in whole pounds."""


@dataclass(frozen=True)
class Cost:
    """What is known of one choice. words: None while it is being worked out."""

    trial: MatchRun
    words: str | None

    @property
    def is_known(self) -> bool:
        """Whether it is worked out or will be; a trial that came to nothing may be asked again."""
        return self.trial.state is not RunState.FAILED


def request(outcome: MatchOutcome, by: User) -> list[MatchRun]:
    """Ask for a trial of each next best of a child that has none yet.

    Raises RuleBroken where the match's inputs were not kept.
    """
    known = known_for(outcome)
    trials = []
    for component_id, option in choices_of(outcome):
        cost = known.get((component_id, option["offer_id"]))
        if cost is not None and cost.is_known:
            continue
        change = {
            "kind": "choice",
            "component_id": component_id,
            "offer_id": option["offer_id"],
            "child": outcome.child.reference,
            "provider": option["provider"],
        }
        trials.append(service.request_trial(by, RunKind.CHOICE, outcome.run, [change]))
    return trials


def choices_of(outcome: MatchOutcome) -> list[tuple[int, Mapping[str, Any]]]:
    """What could be chosen instead: (component id, option) pairs.

    For a child who was not placed, the offers whose room went to others, where every part of the
    package has one; with a part that nobody can take, fixing another would place nobody.
    """
    if outcome.placed:
        return [
            (found.component_id, option)
            for found in outcome.recommendations
            for option in found.next_best
            if found.component_id is not None
        ]
    parts = outcome.reasons.get("components", [])
    if not all(part["options"] and part.get("component_id") for part in parts):
        return []
    return [(part["component_id"], option) for part in parts for option in part["options"]]


def known_for(outcome: MatchOutcome) -> Mapping[Pair, Cost]:
    """The choices of a child that were tried, by component and offer id: each as tried last."""
    parts = {component_id for component_id, _option in choices_of(outcome)}
    statement = (
        select(MatchRun)
        .where(MatchRun.base_id == outcome.run_id, MatchRun.kind == RunKind.CHOICE)
        .order_by(MatchRun.id)
    )
    costs: dict[Pair, Cost] = {}
    before: Set[int] | None = None  # read once: of a large county it is a megabyte
    for trial in db.session.scalars(statement):
        change = trial.parameters["changes"][0]
        if change["component_id"] not in parts:
            continue
        words = None
        if trial.state is RunState.FINISHED:
            before = placed_in(outcome.run) if before is None else before
            words = _in_words(trial, before)
        elif trial.state is RunState.FAILED:
            (words,) = told_to_reader([trial.failure or "It came to nothing."])
        costs[change["component_id"], change["offer_id"]] = Cost(trial, words)
    return costs


def _in_words(trial: MatchRun, before: Set[int]) -> str:
    """What a finished trial says of its choice. before: the referrals that the match places."""
    more = difference(trial)
    said = []
    if abs(more.total_pence) >= WORTH_SAYING:
        way = "more" if more.total_pence > 0 else "less"
        said.append(f"spend {whole_pounds(abs(more.total_pence))} a week {way}")
    if more.placed:
        said.append(f"place {_counted(more.placed, 'child', 'children')}")
    if more.hours:
        said.append(f"give {_counted(more.hours, 'hour', 'hours')} of provision a week")
    clauses = [f"the county would {listed(said)}"] if said else []
    lost = losing(trial, before)
    if lost > max(0, -more.placed):  # else the sum has said it
        clauses.append(f"{lost} {'child loses a place' if lost == 1 else 'children lose a place'}")
    if not clauses:
        return "Choosing this would cost the county nothing."
    return f"If this is chosen, {listed(clauses)}."


def _counted(more: int, one: str, many: str) -> str:
    """How many more or fewer: "1 child fewer"."""
    return f"{abs(more)} {one if abs(more) == 1 else many} {'more' if more > 0 else 'fewer'}"
