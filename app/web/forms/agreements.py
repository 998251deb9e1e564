"""Forms about agreements, placements that run, and the authority's text."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, NumberRange

from app.commissioning.agreements.terms import Change
from app.commissioning.placements.lifecycle import Destination
from app.commissioning.placements.models import Placement
from app.web.fields import Pounds, WholeNumber
from app.web.forms.entries import Choice, DayField, Given, Words
from app.web.forms.filters import labels


class VaryAgreement(FlaskForm):
    """What is to change, from which day on, and why."""

    effective_on = DayField("It changes on", [Given("Enter the day from which it changes")])
    hours = WholeNumber(
        "Hours a week",
        "Enter hours a week as a whole number, such as 10",
        validators=[
            InputRequired("Enter how many hours a week"),
            NumberRange(1, 40, "Enter hours a week from 1 to 40"),
        ],
    )
    pence_per_hour = Pounds(
        "Price an hour, net of VAT",
        "Enter the price in pounds, such as 45.00",
        validators=[
            InputRequired("Enter the price an hour"),
            NumberRange(0, 100_000, "Enter a price of at most £1,000"),
        ],
    )
    ends_on = DayField("Planned last day", [Given("Enter the planned last day")])
    reason = Words("Why it changes", [Given("Enter why it changes")])

    @classmethod
    def of(cls, placement: Placement, day: date) -> "VaryAgreement":
        """The form with what is agreed now."""
        return cls(
            effective_on=max(day, placement.starts_on),
            hours=placement.hours,
            pence_per_hour=placement.pence_per_hour,
            ends_on=placement.ends_on,
        )

    def change(self) -> Change:
        """What was entered as the service takes it."""
        return Change(
            self.effective_on.data, self.ends_on.data, self.hours.data, self.pence_per_hour.data
        )


class GiveReason(FlaskForm):
    """A reason in words."""

    reason = Words("Reason", [Given("Enter the reason")])


class EndPlacement(FlaskForm):
    """The last day of a placement, and where the child went."""

    last_day = DayField("Last day", [Given("Enter the last day, such as 26 3 2027")])
    destination = Choice(
        "Where the child went",
        labels(Destination),
        [InputRequired("Select where the child went")],
    )


class ChangeText(FlaskForm):
    """The authority's text of agreements."""

    body = Words("Text", [Given("Enter the text of the agreement")], most=20_000)
