"""A day as people enter it: three boxes for day, month and year."""

from datetime import date

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField

BOXES = 3


class Day(DateField):
    """A date in three boxes; None where all are empty. Months are numbers.

    unreadable: what to say where the boxes hold no date.
    """

    widget = GovDateInput()

    def __init__(self, label: str, validators=(), *, unreadable: str = "", **options) -> None:
        super().__init__(label, validators, **options)
        self.unreadable = unreadable or "Enter a real date, such as 23 11 2026"

    def process(self, formdata, *args, **options) -> None:
        """Read the boxes, however many of them were sent."""
        super().process(formdata, *args, **options)
        if self.raw_data is not None:
            self.raw_data = [*map(str, self.raw_data), "", "", ""][:BOXES]

    def process_formdata(self, valuelist) -> None:
        """Read what was entered. Raises ValueError with the words to show."""
        parts = [part.strip() for part in valuelist[:BOXES]]
        self.data = None
        if not any(parts):
            return
        try:
            day, month, year = (int(part) for part in parts)
            self.data = date(year, month, day)
        except (ValueError, OverflowError):
            raise ValueError(self.unreadable) from None
        if not 1900 <= year <= 2200:
            self.data = None
            raise ValueError("Enter a year with four digits, such as 2026")
