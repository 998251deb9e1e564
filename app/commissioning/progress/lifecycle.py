"""The lifecycle of a review, and the words for progress, next steps and outcomes."""

from typing import Any

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import Labelled


class ReviewState(Labelled):
    """Where a review stands. A half-termly one has no row before it is held."""

    OPEN = "open", "To be held"
    HELD = "held", "Held"
    NOT_NEEDED = "not_needed", "No longer needed"


class ReviewKind(Labelled):
    """Why a review is held."""

    HALF_TERMLY = "half_termly", "Half-termly review"
    URGENT = "urgent", "Urgent review"


class NextStep(Labelled):
    """What a review concludes."""

    CONTINUE = "continue", "Continue as it is"
    CHANGE = "change", "Change hours, objectives or arrangements"
    STEP_DOWN = "step_down", "Step down: less, or nearer to school"
    REINTEGRATE = "reintegrate", "Go back to school"
    END = "end", "End the placement"


class Progress(Labelled):
    """How far a child has come towards an objective."""

    NOT_BEGUN = "not_begun", "Not begun"
    SOME = "some", "Some progress"
    ON_TRACK = "on_track", "On track"
    MET = "met", "Met"
    FURTHER_AWAY = "further_away", "Further away than before"


class Outcome(Labelled):
    """What became of an objective when a placement ended."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_JUDGED = "not_judged", "Cannot be judged"


def _has_meeting(review: Any) -> str | None:
    return None if review.held_on else "Enter the day on which the review was held."


def _has_voices(review: Any) -> str | None:
    if not (review.child_voice or "").strip():
        return "Enter what the child said, or why the child could not be asked."
    if not (review.parents_voice or "").strip():
        return "Enter what the parents or carers said, or why they could not be asked."
    return None


def _has_conclusion(review: Any) -> str | None:
    if review.next_step is None:
        return "Select the next step."
    return None if (review.summary or "").strip() else "Enter what the review concluded, and why."


S = ReviewState

REVIEW = Lifecycle(
    "review",
    S.OPEN,
    move("hold", S.OPEN, to=S.HELD, requires=[_has_meeting, _has_voices, _has_conclusion]),
    move("set aside", S.OPEN, to=S.NOT_NEEDED),
)
