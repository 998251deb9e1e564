"""What forms that record something share: a day in three boxes, ticks, a file, refusals."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovDateInput,
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length, StopValidation, ValidationError

from app.web.fields import Pounds
from providers.uploads import KINDS_IN_WORDS, LIMITS, MIB

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST_PENCE = 200_000_000
NO_PRICE = "Enter a price in pounds and pence, such as 45.50. “POA” is not a price"


class Given:
    """Refuses a field that was left empty, unless what was written is already refused."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Raises StopValidation with the message."""
        empty = field.data is None or field.data == [] or not str(field.data).strip()
        if empty and not field.process_errors:
            field.errors.clear()
            raise StopValidation(self.message)


class DayField(DateField):
    """A day as day, month and year; the month may be a word. None where all are left empty."""

    def __init__(self, label: str, validators: Iterable = (), **options: Any) -> None:
        super().__init__(label, list(validators), widget=GovDateInput(), **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes. Raises ValueError in words where they are no day."""
        boxes = [value.strip() for value in [*valuelist, "", "", ""][:3]]
        self.raw_data = boxes  # the widget needs all three, whatever was sent
        self.data = None
        if not any(boxes):
            return
        day, month, year = boxes
        try:
            read = date(int(year), _month(month), int(day))
        except (ValueError, OverflowError):
            raise ValueError("Enter a real date, such as 27 3 2027") from None
        if not 1900 <= read.year <= 2200:
            raise ValueError("Enter a year with four figures, such as 2027")
        self.data = read


def _month(text: str) -> int:
    start = text[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else int(text)


class Price(Pounds):
    """A price in pounds: more than nothing, kept as pence."""

    def __init__(self, label: str, validators: Iterable = (), **options: Any) -> None:
        super().__init__(label, NO_PRICE, list(validators), **options)

    def post_validate(self, form: Form, validation_stopped: bool) -> None:
        """Refuse £0, less, and what no service costs."""
        super().post_validate(form, validation_stopped)
        if self.data is not None and not 0 < self.data <= MOST_PENCE:
            raise ValidationError("Enter a price of more than £0 and less than £2 million")


class Line(StringField):
    """A line of text. most: characters."""

    widget = GovTextInput()

    def __init__(
        self, label: str, validators: Iterable = (), most: int = 200, **options: Any
    ) -> None:
        too_long = Length(max=most, message=f"Enter at most {most:,} characters")
        super().__init__(label, [*validators, too_long], filters=[_tidy], **options)


class Words(Line):
    """Some lines of text. most: characters."""

    widget = GovTextArea()

    def __init__(
        self, label: str, validators: Iterable = (), most: int = 1000, **options: Any
    ) -> None:
        super().__init__(label, validators, most, **options)


class Ticks(SelectMultipleField):
    """Several choices of one list."""

    widget = GovCheckboxesInput()

    def __init__(self, label: str, choices: Iterable = (), validators: Iterable = (), **o: Any):
        super().__init__(label, list(validators), choices=list(choices), **o)


class Choice(RadioField):
    """One choice of a short list."""

    widget = GovRadioInput()

    def __init__(self, label: str, choices: Iterable = (), validators: Iterable = (), **o: Any):
        super().__init__(label, list(validators), choices=list(choices), **o)

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not a choice; choosing nothing is for the validators to judge."""
        if self.raw_data:
            super().pre_validate(form)


class DocumentField(FileField):
    """A document to send."""

    widget = GovFileInput()

    def __init__(self, label: str, validators: Iterable = (), **options: Any) -> None:
        about = f"{KINDS_IN_WORDS}, up to {LIMITS.file_bytes // MIB} MB."
        super().__init__(label, list(validators), description=about, **options)


class Carrying(FlaskForm):
    """A form that carries the values it was opened with, so that two editors can be told apart."""

    base = HiddenField()

    def opened_with(self) -> dict[str, Any] | None:
        """The values that the editor started from; None where the form was not sent whole."""
        try:
            base = json.loads(self.base.data or "")
        except ValueError:
            return None
        return base if isinstance(base, dict) else None

    def start_from(self, values: Mapping[str, Any]) -> None:
        """Carry these values as those that the editor has seen."""
        self.base.data = json.dumps(values)


def refuse(form: Form, faults: Mapping[str, str]) -> bool:
    """Put faults that a rule found beside their fields; returns whether there were any."""
    for name, message in faults.items():
        field = form[name]
        field.errors = [*field.errors, message]
    return bool(faults)


def _tidy(text: str | None) -> str | None:
    return text.strip() if text else text
