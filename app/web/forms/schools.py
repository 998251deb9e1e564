"""Forms about registered schools."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextInput
from wtforms import StringField

from app.web.forms.filters import Chooser, FilterForm, labels
from providers.gias import SchoolCriteria, authorities
from providers.intake.gias import KINDS
from providers.models.school import SchoolStatus
from providers.needs import Registration

_KEPT = set(KINDS.values())


class FilterSchools(FilterForm):
    """Which registered schools to show."""

    text = StringField("Name, town or URN", widget=GovTextInput())
    authority = Chooser("Local authority", "Every authority")
    kind = Chooser(
        "Kind", "Every kind", [pair for pair in labels(Registration) if pair[0] in _KEPT]
    )
    status = Chooser("Status", "Any status", labels(SchoolStatus))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.authority.choices += authorities()

    def criteria(self) -> SchoolCriteria:
        """The filters as the query takes them."""
        return SchoolCriteria(
            authority=self.authority.known,
            kind=self.kind.code(Registration),
            status=self.status.code(SchoolStatus),
            text=self.text.data or "",
        )


class LoadSchools(FlaskForm):
    """A file of the register."""

    file = FileField(
        "Choose the file",
        widget=GovFileInput(),
        description="edubasealldata….csv from Get Information About Schools, or the zip that "
        "holds it.",
        validators=[FileRequired("Choose the file of the register")],
    )
