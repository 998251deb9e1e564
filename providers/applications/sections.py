"""What an application asks, section by section, and what of it is still unanswered.

The questions follow the Department for Education's voluntary national standards for non-school
alternative provision (2025) and what councils ask for before approval.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from providers.compliance import EvidenceKind
from providers.needs import Labelled, Registration

Answers = Mapping[str, Any]


class Section(Labelled):
    """A part of the form, filled in and reviewed by itself."""

    ORGANISATION = "organisation", "Your organisation"
    SITES = "sites", "Sites"
    OFFERS = "offers", "Lots, services and prices"
    STAFF = "staff", "Staff and safeguarding"
    EVIDENCE = "evidence", "Evidence"
    METHODS = "methods", "Method statements"
    REFERENCES = "references", "References"
    DECLARATIONS = "declarations", "Declarations"


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    WORDS = "words"
    EMAIL = "email"
    PHONE = "phone"
    URN = "urn"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Question:
    """One question. key: of its answer. hint: how to answer it.

    optional: may stay unanswered. unless_no: refused as an answer other than "yes", in these
    words. choices: value and words.
    """

    key: str
    text: str
    kind: Kind = Kind.LINE
    hint: str = ""
    optional: bool = False
    unless_no: str = ""
    choices: tuple[tuple[str, str], ...] = ()


LEGAL_FORMS = (
    ("company", "Limited company"),
    ("charity", "Charity"),
    ("cic", "Community interest company"),
    ("sole_trader", "Sole trader"),
    ("partnership", "Partnership"),
    ("public", "Public body or school"),
    ("other", "Other"),
)

_ORGANISATION = (
    Question("legal_name", "What is the organisation’s legal name?"),
    Question("legal_form", "What kind of organisation is it?", Kind.CHOICE, choices=LEGAL_FORMS),
    Question("company_number", "Company or charity number", optional=True),
    Question(
        "registration",
        "Is it registered with the Department for Education?",
        Kind.CHOICE,
        choices=tuple((item.value, item.label) for item in Registration),
    ),
    Question("urn", "Unique reference number (URN)", Kind.URN, "6 digits, for a school.", True),
    Question("contact_name", "Who may the authority write to?"),
    Question("contact_email", "Their email address", Kind.EMAIL),
    Question("contact_phone", "Their telephone number", Kind.PHONE),
    Question("website", "Website", optional=True),
    Question("about", "What does the organisation do?", Kind.WORDS, "Officers read this."),
)
_STAFF = (
    Question("lead_name", "Who leads on safeguarding?"),
    Question("lead_email", "Their email address", Kind.EMAIL),
    Question("lead_phone", "Their telephone number", Kind.PHONE),
    Question("team", "Who works with children, and how are they qualified?", Kind.WORDS),
    Question(
        "register",
        "Do you keep a single central record with enhanced DBS checks of all staff and owners?",
        Kind.YES_NO,
        unless_no="A provider has to keep a single central record of staff checks.",
    ),
    Question("recruitment", "How do you recruit safely?", Kind.WORDS),
)
_METHODS = (
    Question(
        "not_a_school",
        "How do you make sure that you do not run an unregistered school?",
        Kind.WORDS,
        "Say how you count the hours of each child over all your services.",
    ),
    Question(
        "communication", "How do you keep schools, families and the authority informed?", Kind.WORDS
    ),
    Question(
        "impact",
        "How do you plan, measure and show progress, and prepare the return to school?",
        Kind.WORDS,
    ),
    Question("safety", "How do you keep children safe, on site and on the way?", Kind.WORDS),
)
_REFERENCES = tuple(
    question
    for number, name in ((1, "First"), (2, "Second"))
    for question in (
        Question(f"name_{number}", f"{name} referee’s name"),
        Question(f"organisation_{number}", f"{name} referee’s organisation"),
        Question(f"email_{number}", f"{name} referee’s email address", Kind.EMAIL),
    )
)
_MUST_DECLARE = "Without this declaration the authority cannot admit you."
_DECLARATIONS = tuple(
    Question(key, text, Kind.YES_NO, unless_no=_MUST_DECLARE)
    for key, text in (
        ("exclusion", "No ground for exclusion under the Procurement Act 2023 applies to us"),
        ("guidance", "We follow Keeping children safe in education"),
        ("standards", "We meet the national standards for non-school alternative provision"),
        ("personal_data", "We protect personal data as the law asks"),
        ("terms", "We accept the terms of the framework and its price caps"),
        ("true", "What we say in this application is true"),
    )
)

QUESTIONS: Mapping[Section, tuple[Question, ...]] = {
    Section.ORGANISATION: _ORGANISATION,
    Section.STAFF: _STAFF,
    Section.METHODS: _METHODS,
    Section.REFERENCES: _REFERENCES,
    Section.DECLARATIONS: _DECLARATIONS,
}
LISTS = {Section.SITES: "Add at least one site", Section.OFFERS: "Add at least one offer"}


def unanswered(
    section: Section, answers: Answers, missing_evidence: Iterable[EvidenceKind] = ()
) -> list[str]:
    """What is still to be answered in a section, one line each; empty where it is complete.

    missing_evidence: kinds that the offers require and that have not been sent.
    """
    if section is Section.EVIDENCE:
        return [f"Send: {kind.label}" for kind in missing_evidence]
    if section in LISTS:
        return [] if answers.get("items") else [LISTS[section]]
    return [question.text for question in QUESTIONS[section] if _is_open(question, answers)]


def _is_open(question: Question, answers: Answers) -> bool:
    if answers.get(question.key):
        return False
    if question.key == "urn":
        return answers.get("registration", "unregistered") != Registration.UNREGISTERED.value
    return not question.optional


def stands_against(section: Section, answers: Answers) -> list[str]:
    """Answers with which nobody can be admitted, in words."""
    return [
        f"{question.text}: {question.unless_no}"
        for question in QUESTIONS.get(section, ())
        if question.unless_no and answers.get(question.key) == "no"
    ]


def in_words(question: Question, answers: Answers) -> str:
    """An answer as a page shows it; empty where there is none."""
    value = answers.get(question.key) or ""
    if question.kind is Kind.YES_NO:
        return {"yes": "Yes", "no": "No"}.get(value, "")
    return dict(question.choices).get(value, value)
