"""Forms of concerns: recording one, and each thing that is decided about it."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField

from app.visits.concerns.queries import NOT_CLOSED
from app.visits.concerns.terms import ConcernKind, ConcernState, Outcome, Priority
from app.visits.planning import advisers
from app.web.forms.entries import Choice, DayField, Given, Line, Words
from app.web.forms.filters import Chooser, FilterForm, labels


class Person(SelectField):
    """One of those who make visits and handle concerns."""

    widget = GovSelect()

    def __init__(self, label: str, message: str, **options) -> None:
        super().__init__(label, validators=[Given(message)], **options)


class RecordConcern(FlaskForm):
    """What somebody is worried about."""

    kind = Choice("What is it about?", labels(ConcernKind), [Given("Select what it is about")])
    text = Words(
        "What have you seen or been told?",
        [Given("Enter what you have seen or been told")],
        most=4000,
        description="Say what, where, and who told you. Name no child here.",
    )
    happened_on = DayField("When did it happen, if that is known?")
    child = Line(
        "Reference of the child, if it is about one",
        most=30,
        description="Such as C0000012. You can name a child whose record you do not see. It stays "
        "restricted, as all you write here.",
    )

    def entered(self) -> dict[str, Any]:
        """What was entered as the service takes it."""
        return {
            "kind": ConcernKind(self.kind.data),
            "text": self.text.data,
            "happened_on": self.happened_on.data,
            "child_reference": self.child.data or "",
        }


class Triage(FlaskForm):
    """How soon, and by whom."""

    priority = Choice(
        "How soon must it be acted upon?", labels(Priority), [Given("Select how soon")]
    )
    handler = Person("Who handles it?", "Select who handles it")
    note = Words("Why so, and what is known so far", most=2000)

    def __init__(self, **values) -> None:
        super().__init__(**values)
        self.handler.choices = [("", "Choose a person")] + _people()


class AddAction(FlaskForm):
    """Something to be done."""

    text = Words("What is to be done?", [Given("Enter what is to be done")])
    owner = Line("Who does it?", [Given("Enter who does it")])
    due_on = DayField("By when?", [Given("Enter the day by which it is done")])


class ReferConcern(FlaskForm):
    """That the designated officer was told."""

    on = DayField(
        "When was the designated officer (LADO) told?", [Given("Enter the day of the referral")]
    )
    note = Words(
        "Their reference and advice",
        [Given("Enter the designated officer’s reference and advice")],
        most=2000,
    )


class PlanVisit(FlaskForm):
    """The visit without notice."""

    adviser = Person("Who visits?", "Select who visits")
    on = DayField("On which day?", [Given("Enter the day of the visit")])

    def __init__(self, **values) -> None:
        super().__init__(**values)
        self.adviser.choices = [("", "Choose a person")] + _people()


class StopForConcern(FlaskForm):
    """Why new placements are stopped."""

    reason = Words(
        "Why are new placements stopped?",
        [Given("Enter why new placements are stopped")],
        description="Officers read this. Repeat nothing of what the concern says.",
    )


class CloseConcern(FlaskForm):
    """The outcome."""

    outcome = Choice("What is the outcome?", labels(Outcome), [Given("Select the outcome")])
    note = Words(
        "What was found, and what was done",
        [Given("Enter what was found and what was done")],
        most=4000,
    )
    told = Words(
        "What may the person who recorded it be told?",
        description="They see the outcome and these words, nothing else.",
    )


_OPEN, _EVERY, _CLOSED = "open", "all", "closed"
_STATES = {_OPEN: NOT_CLOSED, _CLOSED: (ConcernState.CLOSED,), _EVERY: None}


class FilterConcerns(FilterForm):
    """Filters above the list of concerns; those that are open unless another is chosen."""

    show = Chooser("State", "Open", [(_CLOSED, "Closed"), (_EVERY, "Open and closed")])
    kind = Chooser("About", "Anything", labels(ConcernKind))
    priority = Chooser("How soon", "Any", labels(Priority))
    handler = Chooser("Handled by", "Anyone")
    provider = Line("Provider’s name", most=120)

    def __init__(self, given) -> None:
        super().__init__(given)
        self.handler.choices += _people()

    def criteria(self) -> dict[str, Any]:
        """What the query of concerns takes."""
        return {
            "states": _STATES[self.show.known or _OPEN],
            "kind": self.kind.code(ConcernKind),
            "priority": self.priority.code(Priority),
            "handler_id": self.handler.number,
            "named": (self.provider.data or "")[:120],
        }


def _people() -> list[tuple[str, str]]:
    return [(str(person.id), person.name) for person in advisers()]
