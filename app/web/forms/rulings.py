"""The form of an officer's ruling."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.commissioning.models.ruling import RulingKind


class MakeRuling(FlaskForm):
    """Which way, and why."""

    kind = RadioField(
        "For the matches to come",
        widget=GovRadioInput(),
        choices=[(kind.value, kind.label) for kind in RulingKind],
        validators=[InputRequired("Select whether the offer is to be used or not")],
    )
    reason = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        description="It is kept with your name and the date, and shown beside the child’s result.",
        validators=[
            InputRequired("Enter a reason"),
            Length(max=500, message="Reason: use 500 characters or fewer"),
        ],
    )
