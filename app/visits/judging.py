"""Judging a visit: the suggestion that the answers lead to, and the adviser's own beside it.

A critical question that is not met makes the suggestion red, whatever else is met, and nobody can
judge it otherwise. Any other judgement may differ from the suggestion, with a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.kernel.words import listed
from app.visits.templates import Section, Sections
from app.visits.terms import Answer, Standard
from providers.needs import Judgement

if TYPE_CHECKING:
    from app.visits.models import Visit

GREEN_FROM = 0.8
AMBER_FROM = 0.5
_WORTH = {Answer.MET: 1.0, Answer.PARTLY: 0.5, Answer.NOT_MET: 0.0}
_WORST_FIRST = (Judgement.RED, Judgement.AMBER, Judgement.GREEN)


@dataclass(frozen=True)
class Suggestion:
    """What the answers lead to. judgement: None where nothing that counts was answered.

    share: of the weight that is met, 0 to 1. failed: critical questions not met.
    reasons: sentences.
    """

    judgement: Judgement | None
    share: float
    failed: tuple[str, ...]
    reasons: tuple[str, ...]


def suggest(section: Section, answers: Mapping[str, Answer]) -> Suggestion:
    """The suggestion for one standard; answers by the question's key."""
    return _suggest([section], answers)


def suggest_overall(sections: Sections, answers: Mapping[str, Answer]) -> Suggestion:
    """The suggestion for the whole visit: the weighted share of all, no better than amber where
    a standard is red."""
    whole = _suggest(sections, answers)
    red = [
        section.standard
        for section in sections
        if suggest(section, answers).judgement is Judgement.RED
    ]
    if whole.judgement is not Judgement.GREEN or not red:
        return whole
    because = f"{listed(standard.label for standard in red)}: red, so amber at best."
    return Suggestion(Judgement.AMBER, whole.share, whole.failed, (*whole.reasons, because))


def _suggest(sections: Iterable[Section], answers: Mapping[str, Answer]) -> Suggestion:
    asked = [question for section in sections for question in section.questions]
    counted = [q for q in asked if answers.get(q.key) in _WORTH]
    if not counted:
        return Suggestion(None, 0.0, (), ("Nothing has been answered yet.",))
    weight = sum(q.weight for q in counted)
    share = sum(q.weight * _WORTH[answers[q.key]] for q in counted) / weight
    failed = tuple(q.text for q in counted if q.critical and answers[q.key] is Answer.NOT_MET)
    half = any(q.critical and answers[q.key] is Answer.PARTLY for q in counted)
    reasons = [f"{round(share * 100)}% of the weight is met."]
    if failed:
        reasons += [f"Critical and not met: {text}" for text in failed]
        return Suggestion(Judgement.RED, share, failed, tuple(reasons))
    if half:
        reasons.append("A critical question is only partly met, so amber at best.")
    judgement = _by_share(share)
    if half and judgement is Judgement.GREEN:
        judgement = Judgement.AMBER
    return Suggestion(judgement, share, failed, tuple(reasons))


def _by_share(share: float) -> Judgement:
    if share >= GREEN_FROM:
        return Judgement.GREEN
    return Judgement.AMBER if share >= AMBER_FROM else Judgement.RED


def fault(suggestion: Suggestion, own: Judgement | None, reason: str | None) -> str | None:
    """What is wrong with an adviser's own judgement beside the suggestion; None where nothing."""
    if own is None:
        return "Select a judgement."
    if suggestion.failed and own is not Judgement.RED:
        return "A critical question is not met, so the judgement must be red."
    if own is not suggestion.judgement and not (reason or "").strip():
        return "Your judgement differs from the suggestion. Enter the reason."
    return None


def worst(judgements: Iterable[Judgement]) -> Judgement | None:
    """The worst of some judgements; None of none."""
    found = set(judgements)
    return next((judgement for judgement in _WORST_FIRST if judgement in found), None)


def reasons_against(visit: "Visit") -> str | None:
    """Why the judgements of a visit are not complete, in one line; None where they are."""
    faults = []
    for section in visit.sections:
        if not section.questions:
            continue
        row = visit.part(section.part)
        found = fault(suggest(section, visit.all_answers), row.judgement, row.judgement_reason)
        if found:
            faults.append(f"{section.standard.label}: {_small(found)}")
    overall = suggest_overall(visit.sections, visit.all_answers)
    found = fault(overall, visit.judgement, visit.judgement_reason)
    if found:
        faults.append(f"Overall: {_small(found)}")
    reds = [
        standard.label
        for standard in Standard
        if visit.part_of(standard).judgement is Judgement.RED
    ]
    if reds and visit.judgement is Judgement.GREEN:
        faults.append(f"Overall: {listed(reds)} is red, so it cannot be green.")
    return " ".join(faults) or None


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
