"""The lifecycle of an application to join: what may be done when, and every reason against it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.kernel.clock import today
from app.kernel.lifecycle import Lifecycle, Requirement, move
from app.kernel.words import in_words, listed
from providers import compliance
from providers.applications.sections import Section, stands_against
from providers.caps_in_force import caps_in_force
from providers.needs import Judgement, Labelled
from providers.pricing import above_cap, cap_on

if TYPE_CHECKING:
    from providers.models.application import Application


class ApplicationState(Labelled):
    """Where an application stands."""

    DRAFT = "draft", "Being written"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "Being reviewed"
    CLARIFYING = "clarifying", "Questions to answer"
    ADMITTED = "admitted", "Admitted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


S = ApplicationState


def _complete(section: Section, application: "Application") -> str | None:
    open_ones = application.unanswered(section)
    if not open_ones:
        return None
    return f"{section.label}: {'; '.join(open_ones)}."


def _nothing_stands_against(section: Section, application: "Application") -> str | None:
    return " ".join(stands_against(section, application.answers(section))) or None


def _scheme_is_open(application: "Application") -> str | None:
    if application.scheme.is_open(today()):
        return None
    return "The framework takes no applications at present. Your answers are kept."


def _prices_within_caps(application: "Application") -> str | None:
    caps, on = caps_in_force(today()), today()
    above = [
        reason
        for offer in application.offers
        if (
            reason := above_cap(
                offer.price, cap_on(caps, offer.service, on), application.service_name(offer)
            )
        )
    ]
    return " ".join(above) or None


def _sections_meet(application: "Application") -> str | None:
    not_met = [s.label for s in Section if not application.section(s).meets]
    return f"Not yet reviewed as met: {listed(not_met)}." if not_met else None


def _nothing_open(application: "Application") -> str | None:
    waiting = sum(question.answered_at is None for question in application.clarifications)
    return "A clarification question has not been answered." if waiting else None


def _visited(application: "Application") -> str | None:
    if application.visited_on is None:
        return "The initial visit is not recorded."
    if application.visit_judgement is Judgement.RED:
        return f"The initial visit of {in_words(application.visited_on)} was judged red."
    return None


def _evidence_counts(application: "Application") -> str | None:
    held = application.provider.held_for_all
    lacking = [
        reason
        for kind in compliance.EvidenceKind
        if kind in application.required_evidence
        and (reason := compliance.lapse(kind, held, today()))
    ]
    return " ".join(lacking) or None


def _gives_reasons(application: "Application") -> str | None:
    return None if application.refusal_reasons else "Enter at least one reason for the refusal."


def _each(rule: Callable[[Section, "Application"], str | None]) -> list[Requirement]:
    """The rule for each section, so that a refusal names every one of them."""
    return [partial(rule, section) for section in Section]


APPLICATION = Lifecycle(
    "application",
    S.DRAFT,
    move(
        "submit",
        S.DRAFT,
        to=S.SUBMITTED,
        requires=[
            _scheme_is_open,
            *_each(_complete),
            *_each(_nothing_stands_against),
            _prices_within_caps,
        ],
    ),
    move("start the review", S.SUBMITTED, to=S.IN_REVIEW),
    move("ask about", S.IN_REVIEW, S.CLARIFYING, to=S.CLARIFYING),
    move("go on with", S.CLARIFYING, to=S.IN_REVIEW, requires=[_nothing_open]),
    move(
        "admit",
        S.IN_REVIEW,
        to=S.ADMITTED,
        requires=[_sections_meet, _nothing_open, _visited, _evidence_counts, _prices_within_caps],
    ),
    move(
        "refuse",
        S.SUBMITTED,
        S.IN_REVIEW,
        S.CLARIFYING,
        to=S.REFUSED,
        requires=[_gives_reasons],
    ),
    move("withdraw", S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.CLARIFYING, to=S.WITHDRAWN),
)
