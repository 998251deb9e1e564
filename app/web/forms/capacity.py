"""Forms about capacity: what an offer has room for."""

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.web.fields import WholeNumber
from app.web.forms.entries import DayField
from providers.confirmations import Stated
from providers.needs import DAY_NAMES, SESSIONS

MOST_HOURS, MOST_PLACES = 2_000, 500


class HalfDay(Form):
    """How many children can come in one half-day."""

    room = WholeNumber(
        "Children",
        "Enter a whole number, or nothing",
        validators=[Optional(), NumberRange(0, MOST_PLACES, f"Enter a number up to {MOST_PLACES}")],
    )


class StateCapacity(FlaskForm):
    """What an offer has room for in a week and in each half-day of it."""

    shown = HiddenField()
    hours = WholeNumber(
        "Hours a week",
        "Enter hours a week as a whole number, such as 20",
        description="All that you can give the authority’s children, those who come already "
        "included. Leave it empty if officers should ask you first.",
        validators=[
            Optional(),
            NumberRange(0, MOST_HOURS, f"Enter hours a week up to {MOST_HOURS:,}"),
        ],
    )
    places = WholeNumber(
        "Places",
        "Enter the number of children as a whole number, such as 4",
        description="How many of the authority’s children you can take, those who come already "
        "included.",
        validators=[
            InputRequired("Enter how many children you can take, or 0"),
            NumberRange(0, MOST_PLACES, f"Enter a number of children up to {MOST_PLACES}"),
        ],
    )
    opens_on = DayField(
        "First day on which a new child can start",
        description="Leave it empty if a child can start at once.",
    )
    week = FieldList(FormField(HalfDay), min_entries=len(SESSIONS), max_entries=len(SESSIONS))

    @classmethod
    def of(cls, figures: Stated, shown: str) -> "StateCapacity":
        """The form filled with what is stated now, or with what was sent."""
        form = cls(
            shown=shown,
            hours=figures.offer.hours_free,
            places=figures.offer.places_free,
            opens_on=figures.offer.opens_on,
            week=[{"room": room or None} for room in figures.half_days],
        )
        for number, entry in enumerate(form.week):
            half = "morning" if number % 2 == 0 else "afternoon"
            entry.form.room.label.text = f"{DAY_NAMES[number // 2]} {half}"
        return form

    @property
    def by_half_day(self) -> list[int]:
        """Children in each half-day, Monday morning first."""
        return [entry.form.room.data or 0 for entry in self.week]
