"""Forms of a provider's limits over all its offers."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField
from wtforms.validators import NumberRange, Optional

from app.web.fields import WholeNumber
from app.web.forms.entries import Given
from app.web.forms.filters import labels
from providers.limits import MOST, NUMBER_WANTED
from providers.needs import NeedType

_NEEDS = [("", "Select a need type"), *labels(NeedType)]


class StateMost(FlaskForm):
    """The most children at one time."""

    children = WholeNumber(
        "Most children at one time, over all your offers",
        NUMBER_WANTED,
        description="Children the authority has placed with you. Leave it empty if there is no "
        "such limit.",
        validators=[Optional(), NumberRange(1, MOST, NUMBER_WANTED)],
    )


class KeepApart(FlaskForm):
    """Two need types."""

    one = SelectField(
        "First need type",
        [Given("Select the first need type")],
        widget=GovSelect(),
        choices=_NEEDS,
    )
    other = SelectField(
        "Second need type",
        [Given("Select the second need type")],
        widget=GovSelect(),
        choices=_NEEDS,
    )
