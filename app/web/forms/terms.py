"""Forms about the authority's term dates."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from app.children.term_defaults import ClosedKind, Term, TermName
from app.web.forms.entries import Choice, DayField, Given

PARTS = {
    "starts_on": "First day",
    "break_starts_on": "First day of half-term",
    "break_ends_on": "Last day of half-term",
    "ends_on": "Last day",
}


def _day(term: TermName, part: str) -> DayField:
    what = f"{PARTS[part].lower()} of the {term.label.lower()}"
    return DayField(
        PARTS[part], [Given(f"Enter the {what.replace('half-term of', 'half-term in')}")]
    )


class TermDates(FlaskForm):
    """The three terms of a school year, each with its half-term break."""

    autumn_starts_on = _day(TermName.AUTUMN, "starts_on")
    autumn_break_starts_on = _day(TermName.AUTUMN, "break_starts_on")
    autumn_break_ends_on = _day(TermName.AUTUMN, "break_ends_on")
    autumn_ends_on = _day(TermName.AUTUMN, "ends_on")
    spring_starts_on = _day(TermName.SPRING, "starts_on")
    spring_break_starts_on = _day(TermName.SPRING, "break_starts_on")
    spring_break_ends_on = _day(TermName.SPRING, "break_ends_on")
    spring_ends_on = _day(TermName.SPRING, "ends_on")
    summer_starts_on = _day(TermName.SUMMER, "starts_on")
    summer_break_starts_on = _day(TermName.SUMMER, "break_starts_on")
    summer_break_ends_on = _day(TermName.SUMMER, "break_ends_on")
    summer_ends_on = _day(TermName.SUMMER, "ends_on")

    def validate(self, extra_validators=None) -> bool:
        """Each day given and, in each term, in order."""
        if not super().validate(extra_validators):
            return False
        in_order = [self._in_order(name) for name in TermName]  # every term is told its fault
        return all(in_order)

    def _in_order(self, name: TermName) -> bool:
        fields = [self[f"{name}_{part}"] for part in PARTS]
        strictly = (True, False, True)  # a half-term may be a single day
        for before, after, more in zip(fields, fields[1:], strictly, strict=False):
            if after.data < before.data or (more and after.data == before.data):
                after.errors = [
                    f"{PARTS[after.name.removeprefix(f'{name}_')]}"
                    f" must be after the {before.label.text.lower()}"
                ]
                return False
        return True

    def terms(self) -> list[Term]:
        """What was entered, as three terms."""
        return [
            Term(name, **{part: self[f"{name}_{part}"].data for part in PARTS}) for name in TermName
        ]

    @staticmethod
    def entries(terms: Iterable[Term]) -> dict:
        """Terms as the form's data."""
        return {f"{t.name}_{part}": getattr(t, part) for t in terms for part in PARTS}

    def by_term(self):
        """The fields, a term at a time."""
        return [(name, [self[f"{name}_{part}"] for part in PARTS]) for name in TermName]


class CloseDay(FlaskForm):
    """A day of a term on which schools are closed."""

    day = DayField("Day", [Given("Enter the day on which schools are closed")])
    kind = Choice(
        "Why schools are closed",
        [(kind.value, kind.label) for kind in ClosedKind],
        [Given("Select why schools are closed")],
    )
