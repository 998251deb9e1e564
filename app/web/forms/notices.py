"""The form by which a person chooses how they are written to."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from app.notices.models import Manner


class ChooseManner(FlaskForm):
    """How often a person wants an email about their notices."""

    manner = RadioField(
        "How do you want to be told?",
        widget=GovRadioInput(),
        choices=[(manner.value, manner.label) for manner in Manner],
        validators=[InputRequired("Select how you want to be told")],
    )
