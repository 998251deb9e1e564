"""What a visit looks at: sections of questions, as plain data that is checked when it is made."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.kernel.rules import RuleBroken
from app.visits.terms import EvidenceSeen, Part, Standard

MOST_WEIGHT = 5


@dataclass(frozen=True)
class Question:
    """An expectation to look into. key: stays with it through every version.

    weight: 1 to 5, how much it counts. critical: where it is not met, nothing else outweighs it.
    Raises RuleBroken with what to enter.
    """

    key: str
    text: str
    guidance: str = ""
    evidence: EvidenceSeen = EvidenceSeen.DOCUMENT
    weight: int = 1
    critical: bool = False

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise RuleBroken("Enter the question.")
        if not 1 <= self.weight <= MOST_WEIGHT:
            raise RuleBroken(f"Enter a weight from 1 to {MOST_WEIGHT}.")

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Question":
        """From how it is stored."""
        return cls(**{**kept, "evidence": EvidenceSeen(kept["evidence"])})


@dataclass(frozen=True)
class Section:
    """The questions about one of the national standards."""

    standard: Standard
    questions: tuple[Question, ...]

    @property
    def part(self) -> Part:
        """The part of the visit that holds its answers."""
        return Part(self.standard.value)

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "standard": self.standard.value,
            "questions": [
                {**asdict(question), "evidence": question.evidence.value}
                for question in self.questions
            ],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Section":
        """From how it is stored."""
        questions = tuple(Question.read(item) for item in kept["questions"])
        return cls(Standard(kept["standard"]), questions)


Sections = tuple[Section, ...]


def read_sections(kept: Iterable[Mapping[str, Any]]) -> Sections:
    """The sections of a stored template, always one for each standard."""
    found = {section.standard: section for section in map(Section.read, kept)}
    return tuple(found.get(standard, Section(standard, ())) for standard in Standard)


def keep_sections(sections: Sections) -> list[dict[str, Any]]:
    """Sections as they are stored. Raises RuleBroken where nothing would be asked at all."""
    if not any(section.questions for section in sections):
        raise RuleBroken("A template needs at least one question.")
    return [section.kept() for section in sections]


def find(sections: Sections, key: str) -> tuple[Standard, Question] | None:
    """A question by its key, with its standard; None where there is none."""
    for section in sections:
        for question in section.questions:
            if question.key == key:
                return section.standard, question
    return None


def with_question(sections: Sections, standard: Standard, question: Question) -> Sections:
    """The sections with a question put in its place, or added at the end of its section."""

    def changed(section: Section) -> Section:
        if section.standard is not standard:
            return section
        others = [q.key for q in section.questions]
        if question.key in others:
            kept = tuple(question if q.key == question.key else q for q in section.questions)
        else:
            kept = (*section.questions, question)
        return replace(section, questions=kept)

    return tuple(changed(section) for section in sections)


def without_question(sections: Sections, key: str) -> Sections:
    """The sections without a question."""
    return tuple(
        replace(section, questions=tuple(q for q in section.questions if q.key != key))
        for section in sections
    )
