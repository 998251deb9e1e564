"""Fields that several forms share: numbers, money and distances as people write them.

Each says in its own words what to enter where what was written is no such thing.
"""

from decimal import Decimal, InvalidOperation

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field
from wtforms.widgets import TextInput

from app.kernel.geography import km_to_miles, miles_to_km
from app.kernel.money import to_pence

MOST_DIGITS = 15


class _Written(Field):
    """A value that is read from a line of text; an empty line is None.

    unreadable: what to say where the text is no such value.
    """

    widget: TextInput = GovTextInput()

    def __init__(self, label: str, unreadable: str, validators=(), **options) -> None:
        super().__init__(label, validators, **options)
        self.unreadable = unreadable
        self._text: str | None = None

    def _value(self) -> str:
        if self._text is not None:
            return self._text
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist) -> None:
        """Read what was written. Raises ValueError with the words to show."""
        if not valuelist:
            return
        self._text = valuelist[0].strip()
        self.data = None
        if not self._text:
            return
        try:
            self.data = self.read(self._text.replace(",", "").replace(" ", ""))
        except (InvalidOperation, OverflowError, ValueError):
            raise ValueError(self.unreadable) from None

    def read(self, text: str):
        """A line of text as the value."""
        raise NotImplementedError

    def write(self, value) -> str:
        """The value as a line of text."""
        return f"{value}"


class WholeNumber(_Written):
    """A whole number."""

    def read(self, text: str) -> int:
        """Digits as a number; more of them than any form has room for are none."""
        if len(text) > MOST_DIGITS:
            raise ValueError(text)
        return int(text)


class Amount(_Written):
    """A number that may have decimals."""

    def read(self, text: str) -> float:
        """A decimal number; "nan" and "inf" are none."""
        return float(_finite(text))

    def write(self, value: float) -> str:
        """Without zeros at the end."""
        return f"{value:.6f}".rstrip("0").rstrip(".")


class Pounds(_Written):
    """An amount of money: written in pounds, held in pence."""

    def read(self, text: str) -> int:
        """Pounds, with or without their sign, as pence."""
        return to_pence(_finite(text.removeprefix("£")))

    def write(self, value: int) -> str:
        """Pence as pounds, with pence only where there are any."""
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"


class PerCent(_Written):
    """A share: written as a percentage, held as a fraction of one."""

    def read(self, text: str) -> float:
        """A percentage, with or without its sign, as a fraction."""
        return float(_finite(text.removesuffix("%")) / 100)

    def write(self, value: float) -> str:
        """A fraction as a percentage."""
        return f"{value * 100:.4f}".rstrip("0").rstrip(".")


class Miles(_Written):
    """A distance: written in miles, held in kilometres."""

    def read(self, text: str) -> float:
        """Miles as kilometres."""
        return miles_to_km(float(_finite(text)))

    def write(self, value: float) -> str:
        """Kilometres as miles."""
        return f"{km_to_miles(value):.2f}".rstrip("0").rstrip(".")


def _finite(text: str) -> Decimal:
    value = Decimal(text)
    # "1e999999999" is short to write, and fills the memory once it is a whole number
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        raise ValueError(text)
    return value
