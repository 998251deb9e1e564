"""Forms about panels."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from app.commissioning.panels.models import PanelDecision, PanelMeeting
from app.web.formats import date_uk
from app.web.forms.entries import Choice, DayField, Given, Line, Words
from app.web.forms.filters import labels


class CallPanel(FlaskForm):
    """A day and a place."""

    held_on = DayField("Day of the meeting", [Given("Enter the day, such as 4 12 2026")])
    place = Line("Place, if it is known")


class PutOnAgenda(FlaskForm):
    """Which meeting is to decide."""

    meeting = SelectField("Meeting", widget=GovSelect(), coerce=int)

    @classmethod
    def of(cls, meetings: list[PanelMeeting]) -> "PutOnAgenda":
        """The form with the meetings to choose from."""
        form = cls()
        form.meeting.choices = [(each.id, date_uk(each.held_on)) for each in meetings]
        return form


class RecordDecision(FlaskForm):
    """What the panel decided, and why. seen: the version of the proposal it decided on."""

    decision = Choice(
        "The panel’s decision", labels(PanelDecision), [InputRequired("Select the decision")]
    )
    reason = Words("Reason or question", [Given("Enter the panel’s reason")])
    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """The version that was seen."""
        seen = str(self.seen.data or "")
        return int(seen) if seen.isdecimal() else None


class ClosePanel(FlaskForm):
    """Who was present, and what else is to be minuted."""

    present = Words("Who was present", [Given("Enter who was present")])
    notes = Words("Notes", most=4000)
