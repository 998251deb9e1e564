"""Sending in a spreadsheet."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, FileSize
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from providers.intake.files import LIMITS
from providers.models.intake import IntakeKind

LARGEST = LIMITS.file_bytes


class SendSpreadsheet(FlaskForm):
    """Which of the two spreadsheets it is, and the file."""

    kind = RadioField(
        "Which spreadsheet is it?",
        widget=GovRadioInput(),
        choices=[(kind.value, kind.label) for kind in IntakeKind],
        validators=[InputRequired("Select which spreadsheet it is")],
    )
    file = FileField(
        "Choose the file",
        widget=GovFileInput(),
        description="An Excel workbook (.xlsx), an OpenDocument spreadsheet (.ods) or a CSV file, "
        "up to 20 MB. Columns may stand in any order, with title rows above them.",
        validators=[
            FileRequired("Choose a file to send"),
            FileSize(LARGEST, 1, "The file is empty. Choose one with at least one row"),
        ],
    )
