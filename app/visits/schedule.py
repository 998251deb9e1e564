"""When the next visit of a provider is due, and why: pure rules over facts.

Each rule gives a day and a reason in words; the earliest day is when the visit is due, and all the
reasons that count are shown beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from app.kernel.rules import RuleBroken
from app.kernel.words import in_words, listed
from app.visits.terms import VisitKind
from providers.needs import Judgement

_LEAST, _MOST = 1, 3_650


@dataclass(frozen=True)
class Cycle:
    """How often visits are due; every value is the AP lead's to change.

    Lengths in days unless named otherwise. The defaults follow councils' own practice: a visit
    before approval, a follow-up at six to eight weeks, each year, each term where the risk is
    higher, and without notice within five days of a concern.
    Raises RuleBroken for a value out of its range.
    """

    initial_within: int = 28
    follow_up_from: int = 42
    follow_up_by: int = 56
    yearly: int = 365
    termly: int = 120
    after_concern: int = 5
    after_staff_change: int = 60
    many_children: int = 8
    many_hours: int = 100
    risk_for_termly: int = 2
    facts_check: int = 10  # working days
    minutes_initial: int = 180
    minutes_follow_up: int = 90
    minutes_yearly: int = 180
    minutes_termly: int = 120
    minutes_unannounced: int = 90
    minutes_closing: int = 60
    day_starts: int = 9  # o'clock
    day_ends: int = 17
    road_factor_percent: int = 130
    kilometres_an_hour: int = 50
    base_postcode: str = "SO238UJ"

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int) and not _LEAST <= value <= _MOST:
                raise RuleBroken(f"Enter a number from {_LEAST} to {_MOST:,}.")
        if not self.day_starts < self.day_ends <= 24:
            raise RuleBroken("The working day must end after it starts.")
        if self.follow_up_from > self.follow_up_by:
            raise RuleBroken("A follow-up visit cannot be due before it may be made.")
        if not 100 <= self.road_factor_percent <= 300:
            raise RuleBroken("Enter a road factor from 100 to 300 per cent.")

    def minutes(self, kind: VisitKind) -> int:
        """How long a visit of a kind usually takes."""
        return getattr(self, f"minutes_{kind.value}")

    def kept(self) -> dict[str, Any]:
        """What differs from the defaults, as it is stored."""
        usual = asdict(Cycle())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


CYCLE = Cycle()


@dataclass(frozen=True)
class Facts:
    """What is known of a provider that its next visit depends on.

    applied_on: when an application that waits for its initial visit was submitted. children,
    hours: placed now, hours a week. concerns: days on which concerns were recorded that are open.
    lapsed: names of evidence that has run out. staff_changed_on: the latest change of the
    safeguarding lead or of another person in charge. overdue_actions: how many, critical_overdue:
    how many of them critical. last_kind: of the last visit, None where only its day is known.
    """

    applied_on: date | None = None
    last_visit_on: date | None = None
    last_kind: VisitKind | None = None
    judgement: Judgement | None = None
    children: int = 0
    hours: int = 0
    concerns: tuple[date, ...] = ()
    lapsed: tuple[str, ...] = ()
    staff_changed_on: date | None = None
    overdue_actions: int = 0
    critical_overdue: int = 0


@dataclass(frozen=True)
class Due:
    """The next visit: which kind, the last day for it, and why.

    risks: what makes the risk higher, each in one sentence.
    """

    kind: VisitKind
    due_on: date
    reasons: tuple[str, ...]
    risks: tuple[str, ...]

    def is_overdue(self, on: date) -> bool:
        """Whether its last day has passed."""
        return self.due_on < on


Asked = tuple[VisitKind, date, str] | None
Rule = Callable[[Facts, Sequence[str], date, Cycle], Asked]


def next_due(facts: Facts, on: date, cycle: Cycle = CYCLE) -> Due:
    """The next visit that is due, the earliest of all that the rules ask for."""
    risks = risks_of(facts, cycle)
    asked = [found for rule in _RULES if (found := rule(facts, risks, on, cycle))]
    kind, due_on, reason = min(asked, key=lambda each: each[1])
    others = [why for _kind, day, why in asked if why != reason and day <= on]
    return Due(kind, due_on, (reason, *others), risks)


def risks_of(facts: Facts, cycle: Cycle = CYCLE) -> tuple[str, ...]:
    """What makes the risk at a provider higher, each in one sentence."""
    poor = facts.judgement in (Judgement.AMBER, Judgement.RED)
    found = [
        f"Judged {facts.judgement.value} at the last visit." if poor else None,
        f"{facts.children} children are placed there."
        if facts.children >= cycle.many_children
        else None,
        f"{facts.hours} hours a week are placed there."
        if facts.hours >= cycle.many_hours
        else None,
        f"Open concerns: {len(facts.concerns)}." if facts.concerns else None,
        f"Evidence has run out: {listed(facts.lapsed)}." if facts.lapsed else None,
        f"A person in charge changed on {in_words(facts.staff_changed_on)}."
        if _staff_is_new(facts)
        else None,
        f"Actions overdue: {facts.overdue_actions}." if facts.overdue_actions else None,
        "A critical action is overdue." if facts.critical_overdue else None,
    ]
    return tuple(reason for reason in found if reason)


def _initial(facts: Facts, _risks: Sequence[str], _on: date, cycle: Cycle) -> Asked:
    if facts.applied_on is None:
        return None
    due = facts.applied_on + timedelta(days=cycle.initial_within)
    why = f"Applied on {in_words(facts.applied_on)}; nobody is admitted without a visit."
    return VisitKind.INITIAL, due, why


def _concern(facts: Facts, _risks: Sequence[str], _on: date, cycle: Cycle) -> Asked:
    since = [day for day in facts.concerns if day >= (facts.last_visit_on or date.min)]
    if not since:
        return None
    first = min(since)
    due = first + timedelta(days=cycle.after_concern)
    why = (
        f"A concern was recorded on {in_words(first)}; a visit without notice is due within "
        f"{cycle.after_concern} days."
    )
    return VisitKind.UNANNOUNCED, due, why


def _follow_up(facts: Facts, _risks: Sequence[str], _on: date, cycle: Cycle) -> Asked:
    if facts.last_visit_on is None:
        return None
    due = facts.last_visit_on + timedelta(days=cycle.follow_up_by)
    said = in_words(facts.last_visit_on)
    weeks = f"{cycle.follow_up_from // 7} to {cycle.follow_up_by // 7} weeks after it"
    if facts.last_kind is VisitKind.INITIAL:
        why = f"The initial visit was on {said}; a follow-up is due {weeks}."
        return VisitKind.FOLLOW_UP, due, why
    if facts.judgement in (Judgement.AMBER, Judgement.RED):
        why = f"Judged {facts.judgement.value} on {said}; a follow-up is due {weeks}."
        return VisitKind.FOLLOW_UP, due, why
    return None


def _staff(facts: Facts, _risks: Sequence[str], _on: date, cycle: Cycle) -> Asked:
    if not _staff_is_new(facts) or facts.children == 0:
        return None
    due = facts.staff_changed_on + timedelta(days=cycle.after_staff_change)
    why = (
        f"A person in charge changed on {in_words(facts.staff_changed_on)}, with children placed "
        "there."
    )
    return VisitKind.FOLLOW_UP, due, why


def _staff_is_new(facts: Facts) -> bool:
    changed = facts.staff_changed_on
    return changed is not None and changed >= (facts.last_visit_on or date.min)


def _regular(facts: Facts, risks: Sequence[str], on: date, cycle: Cycle) -> Asked:
    if facts.last_visit_on is None:
        if facts.applied_on is not None:
            return None
        return VisitKind.YEARLY, on, "No quality visit is recorded."
    said = in_words(facts.last_visit_on)
    if len(risks) >= cycle.risk_for_termly:
        due = facts.last_visit_on + timedelta(days=cycle.termly)
        why = f"The risk is higher, so a visit is due each term; the last was on {said}."
        return VisitKind.TERMLY, due, why
    due = facts.last_visit_on + timedelta(days=cycle.yearly)
    return VisitKind.YEARLY, due, f"The last visit was on {said}; one is due each year."


_RULES: tuple[Rule, ...] = (_initial, _concern, _follow_up, _staff, _regular)
