"""The day of the census."""

from datetime import date

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.web.forms.entries import DayField, Given


class ChooseCensusDay(FlaskForm):
    """A day in an address: three boxes, day, month and year."""

    class Meta:
        """Read from the address, so nothing to protect."""

        csrf = False

    on = DayField("Census day", [Given("Enter the census day, such as 21 1 2027")])

    @classmethod
    def asked(cls, args: MultiDict, usual: date) -> "ChooseCensusDay":
        """The form as an address fills it; with the usual day where it says nothing."""
        return cls(args) if "on" in args else cls(formdata=None, data={"on": usual})

    def day(self, usual: date) -> date:
        """The day that was chosen, or the usual one where it cannot be read."""
        if self.on.raw_data is None:
            return usual
        return self.on.data if self.validate() and self.on.data else usual
