"""Forms about teams: whom they limit, and who and what belongs to one."""

import re
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import ValidationError

from app.accounts.models import User
from app.children.reach.models import Team, TeamRule
from app.web.forms.entries import Given, Line, Ticks, Words

DISTRICT = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")


class WhomTeamsLimit(FlaskForm):
    """Who reaches only their team's children, and which children those are."""

    limited = Ticks(
        "Who reaches only the children of their team?",
        [("officers", "SEND officers"), ("commissioners", "Commissioners")],
        description="Select neither to let everybody reach every child.",
    )
    belongs = Ticks(
        "Which children belong to a team?",
        [
            ("by_officer", "Those whose case officer is in the team"),
            ("by_district", "Those who live in its postcode districts"),
        ],
    )

    @classmethod
    def of(cls, rule: TeamRule) -> "WhomTeamsLimit":
        """The form filled with what holds now."""
        limited = [name for name in ("officers", "commissioners") if getattr(rule, name)]
        belongs = [name for name in ("by_officer", "by_district") if getattr(rule, name)]
        return cls(data={"limited": limited, "belongs": belongs})

    def values(self) -> dict[str, bool]:
        """What was chosen, as the service takes it."""
        chosen = {*(self.limited.data or ()), *(self.belongs.data or ())}
        names = ("officers", "commissioners", "by_officer", "by_district")
        return {name: name in chosen for name in names}


class WriteTeam(FlaskForm):
    """A team's name, its people and its area."""

    name = Line("Name of the team", [Given("Enter the name of the team")], most=80)
    people = Ticks("Who is in the team?")
    districts = Words(
        "Postcode districts of its area",
        description="The first half of a postcode, such as SO23. Put a space or a comma between.",
    )

    @classmethod
    def about(cls, team: Team | None, people: Sequence[User]) -> "WriteTeam":
        """The form for a team, or for a new one."""
        data = {}
        if team is not None:
            data = {
                "name": team.name,
                "people": [str(member.user_id) for member in team.members],
                "districts": ", ".join(row.district for row in team.districts),
            }
        form = cls(data=data)
        form.people.choices = [(str(p.id), f"{p.name}, {p.role.label}") for p in people]
        return form

    def validate_districts(self, field: Words) -> None:
        """Refuse what is no postcode district."""
        for district in self.listed_districts():
            if not DISTRICT.fullmatch(district):
                raise ValidationError(
                    f"{district} is not a postcode district. Enter districts such as SO23"
                )

    def listed_districts(self) -> list[str]:
        """The districts that were entered, in capitals."""
        return (
            re.split(r"[\s,;]+", (self.districts.data or "").upper().strip(" ,;"))
            if (self.districts.data or "").strip(" ,;")
            else []
        )

    def values(self) -> dict:
        """What was entered, as the service takes it."""
        return {
            "name": self.name.data,
            "user_ids": [int(number) for number in self.people.data or ()],
            "districts": self.listed_districts(),
        }
