"""Forms about price caps."""

from datetime import date

from flask_wtf import FlaskForm

from app.web.forms.entries import DayField, Given, Price, Words


class PublishCap(FlaskForm):
    """A new cap for a service."""

    pence = Price(
        "Most that may be paid for an hour, in pounds",
        [Given("Enter the most that may be paid for an hour")],
        description="Net of VAT. For example, 65 or 52.50.",
    )
    starts_on = DayField(
        "First day of the new cap",
        [Given("Enter the first day of the new cap")],
        description="The present cap ends the day before. For example, 1 4 2027.",
    )

    def seen(self) -> str:
        """What was previewed, so that publishing publishes just that."""
        starts: date = self.starts_on.data
        return f"{self.pence.data} from {starts.isoformat()}"


class AllowAboveCap(FlaskForm):
    """A decision that one offer may cost more than the cap."""

    pence = Price(
        "Most that this offer may cost an hour, in pounds",
        [Given("Enter the most that this offer may cost an hour")],
        description="Net of VAT.",
    )
    ends_on = DayField(
        "Last day of the exception",
        [Given("Enter the last day of the exception")],
        description="At most a year from today. For example, 31 7 2027.",
    )
    reason = Words(
        "Reason for the exception",
        [Given("Enter the reason")],
        description="Say why no offer within the cap would do.",
    )
