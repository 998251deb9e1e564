"""What the panels of filters above lists share."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import Field, Form, SelectField

Code = TypeVar("Code", bound=StrEnum)
YES_NO = {"yes": True, "no": False}


class Chooser(SelectField):
    """A drop-down whose first line leaves the thing open; what it does not know counts as open."""

    def __init__(self, label: str, anything: str, choices: Iterable = (), **options) -> None:
        super().__init__(
            label,
            widget=GovSelect(),
            choices=[("", anything), *choices],
            validate_choice=False,
            **options,
        )

    @property
    def known(self) -> str | None:
        """The value chosen, None where none is or where it is not one of the choices."""
        return self.data if self.data and self.data in dict(self.choices) else None

    def code(self, kind: type[Code]) -> Code | None:
        """The value chosen as a member of an enum."""
        return kind(self.known) if self.known else None

    @property
    def number(self) -> int | None:
        """The value chosen as an id."""
        return int(self.known) if self.known else None

    @property
    def answer(self) -> bool | None:
        """The value chosen as yes or no."""
        return YES_NO.get(self.known or "")


class FilterForm(Form):
    """Filters that a list's address carries: they never refuse, so a shared link always works."""

    def applied(self) -> list[tuple[str, str]]:
        """What is filtered on now: the query value's name, and the words for it."""
        return [
            (field.name, f"{field.label.text}: {words}")
            for field in self
            if (words := _words(field))
        ]


def labels(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The members of a vocabulary as choices."""
    return [(member.value, member.label) for member in kind]


def _words(field: Field) -> str:
    if isinstance(field, Chooser):
        return dict(field.choices)[field.known] if field.known else ""
    return str(field.data or "").strip()
