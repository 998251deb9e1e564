"""Forms of the AP lead about visits: questions of templates, the cycle, interests."""

from dataclasses import fields
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, NumberRange

from app.visits.schedule import Cycle
from app.visits.templates import MOST_WEIGHT, Question
from app.visits.terms import EvidenceSeen, Standard
from app.web.fields import WholeNumber
from app.web.forms.entries import Choice, Given, Line, Words
from app.web.forms.filters import labels


class EditQuestion(FlaskForm):
    """One question of a template."""

    standard = Choice("Standard", labels(Standard), [Given("Select the standard")])
    text = Words("What is expected?", [Given("Enter what is expected")], most=500)
    guidance = Words("Guidance for the adviser", most=1000)
    evidence = Choice(
        "Kind of evidence", labels(EvidenceSeen), [Given("Select the kind of evidence")]
    )
    weight = WholeNumber(
        "Weight",
        "Enter a weight as a whole number, such as 3",
        description=f"From 1 to {MOST_WEIGHT}: how much it counts.",
        validators=[
            InputRequired("Enter a weight"),
            NumberRange(1, MOST_WEIGHT, f"Enter a weight from 1 to {MOST_WEIGHT}"),
        ],
    )
    critical = BooleanField(
        "Critical: where it is not met, the visit is judged red", widget=GovCheckboxInput()
    )
    note = Line("What do you change, and why?", [Given("Enter what you change")], most=300)

    @property
    def standard_chosen(self) -> Standard:
        """The standard that the question is about."""
        return Standard(self.standard.data)

    def question(self, key: str) -> Question:
        """The question as it was entered."""
        return Question(
            key,
            self.text.data,
            self.guidance.data or "",
            EvidenceSeen(self.evidence.data),
            self.weight.data,
            bool(self.critical.data),
        )


class DeclareInterest(FlaskForm):
    """An adviser's interest in a provider."""

    adviser = SelectField("Adviser", widget=GovSelect(), coerce=int)
    provider = Line(
        "Reference of the provider",
        [Given("Enter the reference of the provider")],
        description="Such as SUP0008.",
    )
    what = Line(
        "What is the interest?",
        [Given("Enter what the interest is")],
        most=500,
        description="Such as “A relative works there”.",
    )


CYCLE_WORDS = {
    "initial_within": ("Initial visit, days after the application", 365),
    "follow_up_from": ("Follow-up visit, from so many days after a visit", 365),
    "follow_up_by": ("Follow-up visit, at the latest so many days after", 365),
    "yearly": ("Full visit, every so many days", 1_100),
    "termly": ("Visit where the risk is higher, every so many days", 365),
    "after_concern": ("Visit without notice, days after a concern", 60),
    "after_staff_change": ("Visit after a change of a person in charge, days", 365),
    "many_children": ("Children placed that make the risk higher", 500),
    "many_hours": ("Hours a week placed that make the risk higher", 5_000),
    "risk_for_termly": ("Risks that make visits termly", 8),
    "facts_check": ("Working days for the provider to check a report’s facts", 60),
    "minutes_initial": ("Initial visit, minutes", 720),
    "minutes_follow_up": ("Follow-up visit, minutes", 720),
    "minutes_yearly": ("Yearly visit, minutes", 720),
    "minutes_termly": ("Termly visit, minutes", 720),
    "minutes_unannounced": ("Unannounced visit, minutes", 720),
    "minutes_closing": ("Closing visit, minutes", 720),
    "day_starts": ("The adviser’s day starts, o’clock", 23),
    "day_ends": ("The adviser’s day ends, o’clock", 24),
    "road_factor_percent": ("The way by road as a percentage of the straight line", 300),
    "kilometres_an_hour": ("Speed by road, kilometres an hour", 120),
}
"""Each number of the cycle with its label and the most it may be."""


class ChangeCycle(FlaskForm):
    """How often visits are due, and how a day is planned."""

    @classmethod
    def about(cls, cycle: Cycle) -> "ChangeCycle":
        """The form as the cycle stands."""
        return cls(data={item.name: getattr(cycle, item.name) for item in fields(cycle)})

    def values(self) -> dict[str, Any]:
        """What was entered, by name."""
        return {item.name: self[item.name].data for item in fields(Cycle)}


for _name, (_label, _most) in CYCLE_WORDS.items():
    _least = 15 if _name.startswith("minutes_") else 100 if _name == "road_factor_percent" else 1
    _range = NumberRange(_least, _most, f"Enter a number from {_least} to {_most:,}")
    _needed = InputRequired(f"Enter a number: {_label}")
    setattr(
        ChangeCycle,
        _name,
        WholeNumber(_label, "Enter a whole number", validators=[_needed, _range]),
    )
ChangeCycle.base_postcode = Line(
    "Postcode from which advisers set out", [Given("Enter a postcode")], most=8
)
