"""Forms about a child’s shortlist."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import Length


class KeepOnShortlist(FlaskForm):
    """A note beside an offer on a child’s shortlist."""

    note = TextAreaField(
        "Note (optional)",
        widget=GovTextArea(),
        description="Why it is worth considering, or what is still to be asked.",
        validators=[Length(max=1000, message="Enter 1,000 characters or fewer")],
    )
