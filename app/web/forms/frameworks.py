"""Forms about the open framework."""

from flask_wtf import FlaskForm
from wtforms.validators import NumberRange, Optional

from app.web.fields import Pounds
from app.web.forms.entries import DayField, Given, Line, Words

MOST_POUNDS = 100_000_000_000


class _Reasoned(FlaskForm):
    """A change that is kept with its reason."""

    reason = Words(
        "Reason",
        [Given("Enter the reason")],
        description="It is kept in the scheme’s history with your name and today’s date.",
    )


class OpenWindow(_Reasoned):
    """A time in which the whole scheme takes applications."""

    opens_on = DayField(
        "First day for applications", [Given("Enter the first day")], description="1 4 2027"
    )
    closes_on = DayField(
        "Last day for applications", description="Leave empty to stay open until you close it."
    )


class CloseWindow(_Reasoned):
    """The last day of a window."""

    closes_on = DayField(
        "Last day for applications", [Given("Enter the last day")], description="31 3 2027"
    )


class ChangeTerms(_Reasoned):
    """A framework's dates and maximum value."""

    starts_on = DayField("First day", [Given("Enter the first day")])
    ends_on = DayField("Last day", [Given("Enter the last day")])
    max_value_pence = Pounds(
        "Maximum value in pounds",
        "Enter an amount in pounds, such as 160,000,000",
        [Optional(), NumberRange(1, MOST_POUNDS * 100, "Enter an amount of more than £0")],
        description="Over the whole term. Leave empty where there is none.",
    )


class StartNext(ChangeTerms):
    """The scheme's next framework."""

    reference = Line("Reference", [Given("Enter the reference")], most=20)
    name = Line("Name", [Given("Enter the name")])

    def terms(self) -> dict:
        """What was entered, as the service takes it."""
        names = ("reference", "name", "starts_on", "ends_on", "max_value_pence", "reason")
        return {name: self[name].data for name in names}
