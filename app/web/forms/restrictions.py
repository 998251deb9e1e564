"""Forms about restricted records."""

from collections.abc import Sequence

from flask_wtf import FlaskForm

from app.accounts.models import User
from app.web.forms.entries import Given, Line, Ticks, Words


class NamePeople(FlaskForm):
    """Who may see a restricted record."""

    people = Ticks(
        "Who may see this record?",
        validators=[Given("Select at least one person who may see the record")],
        description="Everybody else sees the child’s reference at most.",
    )

    def offer(self, people: Sequence[User]) -> None:
        """Say who may be named."""
        self.people.choices = [
            (str(p.id), f"{p.name}, {p.provider.name if p.provider else p.role.label}")
            for p in people
        ]

    def chosen(self) -> list[int]:
        """The ids of the people who were selected."""
        return [int(number) for number in self.people.data or ()]


class RestrictRecord(NamePeople):
    """Why a record is restricted, and to whom."""

    reason = Words(
        "Why is the record restricted?",
        [Given("Enter why the record is restricted")],
        description="Only the people you name read this.",
    )


class OpenAtOnce(FlaskForm):
    """Which restricted record is needed at once, and why."""

    reference = Line("Child’s reference", [Given("Enter the child’s reference")], most=20)
    reason = Words(
        "Why do you need it at once?",
        [Given("Enter why you need the record at once")],
        description="The AP lead and the people named for the record read this.",
    )
