"""Forms about quality visits: planning, moving, cancelling, files, findings and actions."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import HiddenField, SelectField
from wtforms.validators import NumberRange, Optional

from app.accounts.models import User
from app.visits.terms import FindingKind, Part, Standard, VisitKind
from app.web.fields import WholeNumber
from app.web.forms.entries import Choice, DayField, DocumentField, Given, Line, Words
from app.web.forms.filters import Chooser, FilterForm, labels
from providers.needs import Judgement


class _Planned(FlaskForm):
    """By whom, when, and for how long."""

    adviser = SelectField("Adviser", widget=GovSelect(), coerce=int)
    planned_on = DayField("Day of the visit", [Given("Enter the day of the visit")])
    minutes = WholeNumber(
        "How long it takes, in minutes",
        "Enter minutes as a whole number, such as 120",
        description="Leave it empty to take the usual time for this kind of visit.",
        validators=[Optional(), NumberRange(15, 720, "Enter minutes from 15 to 720")],
    )

    def offer(self, advisers: list[User]) -> None:
        """Say who may be chosen."""
        self.adviser.choices = [(person.id, person.name) for person in advisers]


class PlanVisit(_Planned):
    """A new visit to a provider."""

    kind = Choice("What kind of visit?", labels(VisitKind), [Given("Select the kind of visit")])
    site = SelectField("Site", widget=GovSelect(), coerce=int)
    why = Words("Why is it planned?", most=2000, description="The reasons of the schedule.")


class MoveVisit(_Planned):
    """Another day, adviser or length."""


class CancelVisit(FlaskForm):
    """Why a visit is not made."""

    reason = Words("Why is it cancelled?", [Given("Enter why the visit is cancelled")])


class AddFile(FlaskForm):
    """A photograph or document as evidence."""

    part = Choice("What is it about?", labels(Part), [Given("Select what it is about")])
    caption = Line("What does it show?", [Given("Enter what it shows")], most=300)
    file = DocumentField("Choose the file", [FileRequired("Choose the file to send")])
    key = HiddenField()

    def faults(self) -> list[str]:
        """What is wrong, in sentences, for a script to show."""
        return [str(fault) for faults in self.errors.values() for fault in faults]


class RecordFinding(FlaskForm):
    """What was found."""

    standard = Choice(
        "Which standard is it about?", labels(Standard), [Given("Select the standard")]
    )
    kind = Choice(
        "What kind of finding is it?",
        [
            (FindingKind.STRENGTH.value, "Strength"),
            (FindingKind.IMPROVEMENT.value, "To improve: it leads to an action"),
            (FindingKind.CRITICAL.value, "Critical: children are at risk, or could be"),
        ],
        [Given("Select the kind of finding")],
    )
    text = Words("What was found?", [Given("Enter what was found")], most=2000)


class SetAction(FlaskForm):
    """What the provider is to do about a finding."""

    text = Words("What is to be done?", [Given("Enter what is to be done")], most=2000)
    owner = Line(
        "Who does it?",
        [Given("Enter who does it")],
        description="A role at the provider, such as “the safeguarding lead”.",
    )
    due_on = DayField("By when?", [Given("Enter the day by which it is to be done")])
    evidence_required = Words(
        "What shows that it is done?", [Given("Enter what shows that it is done")], most=1000
    )


class Judge(FlaskForm):
    """The adviser's own judgement of a standard."""

    judgement = Choice("Your judgement", labels(Judgement), [Given("Select a judgement")])
    reason = Words(
        "Why does it differ from the suggestion?",
        most=2000,
        description="Needed where your judgement is not the suggested one.",
    )


class JudgeOverall(Judge):
    """The judgement of the whole visit, and the report's summary."""

    summary = Words(
        "Summary of the report",
        [Given("Write the summary of the report")],
        most=8000,
        description="What was seen, what is good, and what has to change. Name no child.",
    )


class CheckFacts(FlaskForm):
    """The provider's answer to a draft report."""

    response = Words(
        "What is not right in the report?",
        most=8000,
        description="Say which sentence and what the fact is. Leave it empty where all is right.",
    )


class AnswerAction(FlaskForm):
    """What a provider has done."""

    answer = Words("What did you do?", [Given("Enter what you did")], most=4000)
    file = DocumentField("A document that shows it")


class DecideAction(FlaskForm):
    """Why an action is closed."""

    note = Words("Note", most=2000, description="The provider reads it.")


class ReturnAction(FlaskForm):
    """What is still missing, and by when."""

    note = Words("What is still missing?", [Given("Enter what is still missing")], most=2000)
    due_on = DayField("By when?", [Given("Enter the new day")])


class FilterVisits(FilterForm):
    """Filters above the list of visits."""

    adviser = Chooser("Adviser", "Anyone")
    kind = Chooser("Kind", "Any kind", labels(VisitKind))
    state = Chooser("State", "Any state")
