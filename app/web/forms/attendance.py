"""Forms about attendance: a day's register, a reason for an absence, the codes."""

from collections.abc import Iterable, Mapping
from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect, GovTextInput
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.commissioning.attendance.codes import PRESENT, Code, Meaning
from app.commissioning.attendance.day import Cell
from app.commissioning.attendance.service import Entry
from app.web.fields import Amount
from app.web.forms.entries import Choice, DayField, Given, Line, Words

OTHER = "other"
HOURS = "Enter the hours delivered as a number from 0.25 to 8, such as 2.5"


class _Register(FlaskForm):
    """What every day's register has; `register_form` adds the fields of each session."""

    cells: tuple[Cell, ...] = ()
    known: Mapping[str, Code] = {}

    all_present = BooleanField(
        "Everyone was present, except where I select something else", widget=GovCheckboxInput()
    )
    out_of_term = Line("Why was a session given on this day?", most=200)

    def part(self, cell: Cell, name: str):
        """A field of one session."""
        return self[f"{cell.key}_{name}"]

    def chosen(self, cell: Cell) -> str:
        """The code that was selected for a session; empty where nothing was."""
        code = self.part(cell, "code").data or ""
        if code in ("", OTHER):
            code = self.part(cell, "other").data or ""
        fills = self.all_present.data and cell.agreed and cell.mark is None
        return code or (PRESENT if fills else "")

    def validate(self, extra_validators=None) -> bool:
        """Something selected; hours that can be; another code where "another" is selected."""
        sound = super().validate(extra_validators)
        for cell in self.cells:
            sound = self._sound(cell) and sound
        if sound and not any(self.chosen(cell) for cell in self.cells):
            self.all_present.errors = ["Select what happened for at least one session"]
            return False
        return sound

    def _sound(self, cell: Cell) -> bool:
        hours, code = self.part(cell, "hours"), self.part(cell, "code")
        if code.data == OTHER and not self.part(cell, "other").data:
            code.errors = [f"Select another code for {cell.name}, in the details below it"]
            return False
        present = self._is_present(cell)
        if present and hours.data is not None and not 0 < hours.data <= 8:
            hours.errors = [HOURS]
            return False
        return not hours.errors

    def _is_present(self, cell: Cell) -> bool:
        code = self.known.get(self.chosen(cell))
        return code is not None and code.meaning is Meaning.PRESENT

    def entries(self) -> list[Entry]:
        """What was selected, a session at a time; those left alone are left out."""
        return [self._entry(cell) for cell in self.cells if self.chosen(cell)]

    def _entry(self, cell: Cell) -> Entry:
        hours, seen = self.part(cell, "hours").data, self.part(cell, "seen").data or ""
        return Entry(
            cell.placement.id,
            cell.half,
            self.chosen(cell),
            cell.planned if hours is None else round(hours * 60),
            self.part(cell, "note").data or "",
            int(seen) if seen.isdecimal() else 0,
        )


def register_form(cells: Iterable[Cell], known: Mapping[str, Code]) -> _Register:
    """The register of a day, filled with what is recorded, or with what was sent."""
    shown = tuple(cells)
    quick = [(each.code, each.short) for each in known.values() if each.quick]
    rest = [(e.code, f"{e.code} – {e.label}") for e in known.values() if not e.quick]
    fields, data = {"cells": shown, "known": known}, {}
    for cell in shown:
        fields |= _fields(cell, [*quick, (OTHER, "Another code")], [("", "Select a code"), *rest])
        data |= _data(cell, {code for code, _words in quick})
    return type("Register", (_Register,), fields)(data=data)


def _fields(cell: Cell, quick: list, rest: list) -> dict:
    return {
        f"{cell.key}_code": Choice(cell.title, quick),
        f"{cell.key}_other": SelectField(
            "Another code", choices=rest, widget=GovSelect(), validators=[Optional()]
        ),
        f"{cell.key}_hours": Amount("Hours delivered", HOURS, widget=GovTextInput()),
        f"{cell.key}_note": Line("Note", most=500),
        f"{cell.key}_seen": HiddenField(),
    }


def _data(cell: Cell, quick: set[str]) -> dict:
    mark = cell.mark
    minutes = mark.minutes if mark and mark.minutes else cell.planned
    data = {f"{cell.key}_hours": minutes / 60, f"{cell.key}_seen": "0"}
    if mark is None:
        return data
    return data | {
        f"{cell.key}_code": mark.code if mark.code in quick else OTHER,
        f"{cell.key}_other": "" if mark.code in quick else mark.code,
        f"{cell.key}_note": mark.note or "",
        f"{cell.key}_seen": str(mark.version),
    }


class ExplainAbsence(FlaskForm):
    """Why a child was absent, and what was done."""

    code = Choice("Why was the child absent?", [], [Given("Select why the child was absent")])
    note = Words(
        "What did you find out, and what did you do?",
        [Given("Enter what you found out and did")],
        most=500,
    )

    @classmethod
    def of(cls, known: Mapping[str, Code]) -> "ExplainAbsence":
        """With the codes of absence that are in use."""
        form = cls()
        form.code.choices = [
            (each.code, f"{each.code} – {each.label}")
            for each in known.values()
            if each.meaning not in (Meaning.PRESENT, Meaning.UNEXPLAINED)
        ]
        return form


class SetCode(FlaskForm):
    """A code of attendance, its words and its meaning."""

    code = StringField(
        "Code",
        widget=GovTextInput(),
        description="One or two characters, as in the registers of schools.",
        filters=[lambda text: (text or "").strip().upper()],
        validators=[
            Given("Enter the code"),
            Length(max=2, message="Enter a code of one or two characters"),
        ],
    )
    label = Line("What it means, in words", [Given("Enter what the code means")], most=100)
    meaning = Choice(
        "How it counts",
        [(each.value, each.label) for each in Meaning],
        [Given("Select how it counts")],
    )
    quick = BooleanField("Offer it as a button in the day’s register", widget=GovCheckboxInput())
    in_use = BooleanField("In use", widget=GovCheckboxInput(), default=True)


class ChooseDay(FlaskForm):
    """A day whose register to open, read from the address."""

    class Meta:
        """Read from the address, so nothing to protect."""

        csrf = False

    day = DayField("Another day", [Given("Enter the day to open")])


class ExportDays(FlaskForm):
    """From which day to which to take marks away."""

    class Meta:
        """Read from the address, so nothing to protect."""

        csrf = False

    first = DayField("First day", [Given("Enter the first day")])
    last = DayField("Last day", [Given("Enter the last day")])

    def span(self, otherwise: tuple[date, date]) -> tuple[date, date]:
        """What was entered, or something else where it cannot be read."""
        return (self.first.data, self.last.data) if self.validate() else otherwise
