"""Forms about commitments: recording a call-off by hand, and its last day."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from app.web.fields import Pounds, WholeNumber
from app.web.forms.entries import DayField, Given
from providers.models.offer import Offer
from providers.needs import DAY_NAMES, DAYS, HALVES, sessions_to_mask

HALF_DAYS = [
    (f"{day}_{half}", f"{name} {'morning' if half == 'am' else 'afternoon'}")
    for day, name in zip(DAYS, DAY_NAMES, strict=True)
    for half in HALVES
]


class RecordCommitment(FlaskForm):
    """A call-off that was agreed: how much of which offer, from when."""

    offer = StringField(
        "Reference of the offer",
        widget=GovTextInput(),
        description="Such as SUP0008/mentoring. “Record a call-off” on a provider’s page fills it.",
        filters=[lambda text: (text or "").strip()],
        validators=[DataRequired("Enter the reference of the offer")],
    )
    reference = StringField(
        "Reference of the call-off",
        widget=GovTextInput(),
        description="Your order or case number. Never a child’s name: the provider sees this.",
        validators=[
            DataRequired("Enter the reference of the call-off"),
            Length(max=60, message="Enter a reference of at most 60 characters"),
            Regexp(
                r"^\S*\d\S*$",
                message="Enter a number or code without spaces, such as PO-10423, not a name",
            ),
        ],
    )
    hours = WholeNumber(
        "Hours a week",
        "Enter hours a week as a whole number, such as 10",
        validators=[
            InputRequired("Enter how many hours a week"),
            NumberRange(1, 60, "Enter hours a week from 1 to 60"),
        ],
    )
    pence_a_week = Pounds(
        "Cost a week, net of VAT",
        "Enter the cost in pounds, such as 450.00",
        description="Leave it empty to take the offer’s price for these hours.",
        validators=[Optional(), NumberRange(0, 10_000_000, "Enter a cost of at most £100,000")],
    )
    starts_on = DayField("First day", [Given("Enter the first day, such as 23 11 2026")])
    ends_on = DayField("Last day, if it is known")
    sessions = SelectMultipleField(
        "Half-days it takes, if they are agreed", widget=GovCheckboxesInput(), choices=HALF_DAYS
    )
    source = StringField(
        "What it rests on",
        widget=GovTextInput(),
        description="Such as “order of 23 November 2026, signed by the commissioner”.",
        validators=[
            DataRequired("Enter what the commitment rests on, such as the order and its date"),
            Length(max=200, message="Enter at most 200 characters"),
        ],
    )

    def terms(self, offer: Offer) -> dict[str, Any]:
        """What was entered as the service takes it; a cost left empty is the offer's own."""
        price = self.pence_a_week.data
        return {
            "reference": self.reference.data,
            "hours": self.hours.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "sessions": sessions_to_mask(self.sessions.data or []),
            "pence_a_week": offer.price.net_per_hour() * self.hours.data
            if price is None
            else price,
            "source": self.source.data,
        }


class EndCommitment(FlaskForm):
    """The last day of a commitment."""

    last_day = DayField("Last day", [Given("Enter the last day, such as 23 11 2026")])
