"""Forms of the authority's part in an application: review, ask, visit, refuse."""

from flask_wtf import FlaskForm

from app.web.forms.entries import Choice, DayField, Given, Words
from app.web.forms.filters import labels
from providers.models.application import Review
from providers.needs import Judgement


class ReviewSection(FlaskForm):
    """Whether a section meets what is asked."""

    verdict = Choice(
        "Does this section meet what is asked?",
        [(item.value, item.label) for item in (Review.MEETS, Review.DOES_NOT_MEET)],
        [Given("Select whether it meets what is asked")],
    )
    note = Words(
        "Note",
        most=2000,
        description="Needed where it does not meet what is asked. It becomes a reason of a "
        "refusal.",
    )


class AskQuestion(FlaskForm):
    """A question about a section."""

    question = Words("Your question", [Given("Enter your question")], most=2000)
    due_on = DayField(
        "When is the answer due?",
        [Given("Enter the day by which the answer is due")],
        description="For example, 7 12 2026.",
    )


class RecordVisit(FlaskForm):
    """The initial visit."""

    visited_on = DayField("When was the visit?", [Given("Enter the day of the visit")])
    judgement = Choice(
        "What did it conclude?", labels(Judgement), [Given("Select what it concluded")]
    )
    notes = Words("What was seen?", [Given("Enter what was seen")], most=4000)


class RefuseApplication(FlaskForm):
    """The reasons of a refusal."""

    reasons = Words(
        "Reasons, one a line",
        [Given("Enter at least one reason")],
        most=8000,
        description="The applicant reads each of them.",
    )


class DecideStanding(FlaskForm):
    """The reason of a decision about a provider."""

    reason = Words(
        "Reason",
        [Given("Enter the reason")],
        description="It is kept with your name and today’s date.",
    )
