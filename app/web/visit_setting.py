"""What the settings pages of visits show: a question's form, and the cycle in words."""

from app.visits.schedule import Cycle
from app.visits.templates import Question
from app.visits.terms import Standard
from app.web.forms.visit_settings import CYCLE_WORDS, EditQuestion


def question_form(known: tuple[Standard, Question] | None, standard: str | None) -> EditQuestion:
    """The form of a question: as it stands, or empty for one that is added."""
    if known is None:
        return EditQuestion(standard=standard, weight=1)
    place, question = known
    return EditQuestion(
        standard=place.value,
        text=question.text,
        guidance=question.guidance,
        evidence=question.evidence.value,
        weight=question.weight,
        critical=question.critical,
    )


def readable_cycle(cycle: Cycle) -> list[tuple[str, str]]:
    """Each value of the cycle with its label."""
    rows = [(label, f"{getattr(cycle, name)}") for name, (label, _most) in CYCLE_WORDS.items()]
    return [*rows, ("Postcode from which advisers set out", cycle.base_postcode)]
