"""Forms about invoices: the month, a line, what the provider says, and what finance decides."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.commissioning.invoices.models import Invoice, InvoiceLine, InvoiceState
from app.commissioning.invoices.queries import InvoiceCriteria
from app.kernel.clock import today
from app.web.fields import Amount
from app.web.forms.entries import Choice, Given, Line, Price, Words
from app.web.forms.filters import Chooser, FilterForm, labels

MONTHS_BACK = 18
NO_HOURS = "Enter hours as a number, such as 12.5"


def in_month(day: date) -> str:
    """A month as it is written: "November 2026"."""
    return f"{day:%B %Y}"


def months_back(on: date) -> list[date]:
    """The first days of this month and of those before it that can be invoiced."""
    months = [on.replace(day=1)]
    while len(months) < MONTHS_BACK:
        before = months[-1]
        months.append(date(before.year - (before.month == 1), (before.month - 2) % 12 + 1, 1))
    return months


class StartInvoice(FlaskForm):
    """Which month to invoice."""

    month = SelectField("Month", widget=GovSelect())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.month.choices = [(day.isoformat(), in_month(day)) for day in months_back(today())]

    @property
    def day(self) -> date:
        """The first day of the month that was chosen."""
        return date.fromisoformat(self.month.data)


class ChangeLine(FlaskForm):
    """What was delivered to one placement, and the price."""

    hours = Amount(
        "Hours delivered",
        NO_HOURS,
        validators=[
            InputRequired("Enter how many hours were delivered"),
            NumberRange(0.05, 400, "Enter hours between 0.05 and 400"),
        ],
    )
    pence_per_hour = Price("Price an hour, net of VAT", [Given("Enter the price an hour")])

    @property
    def exact_hours(self) -> Fraction:
        """Hours as they were written."""
        return Fraction(str(self.hours.data))


class SubmitInvoice(FlaskForm):
    """The provider's own number, and its words."""

    number = Line(
        "Your invoice number",
        [Given("Enter your own number of the invoice")],
        most=40,
        description="As it stands in your books. You can use each number once.",
    )
    note = Words("Anything that finance should know (optional)")

    def given(self) -> dict[str, str]:
        """What was written, as the service takes it."""
        return {
            name: self[name].data or "" for name in ("number", "note", "answer") if name in self
        }


class SubmitAgain(SubmitInvoice):
    """The same after a query, with an answer to it."""

    answer = Words("Your answer to the query", [Given("Enter your answer to the query")])


class DecideInvoice(FlaskForm):
    """Approve, query or refuse. version: of the invoice that the person saw."""

    version = HiddenField()
    decision = Choice(
        "What do you decide?",
        [
            ("approve", "Approve it for payment"),
            ("query", "Return it to the provider with a query"),
            ("refuse", "Refuse it"),
        ],
        [Given("Select what you decide")],
    )
    reason = Words("Reason or query", description="The provider reads this.")

    def faults(self, invoice: Invoice) -> dict[str, str]:
        """What is missing for the decision, beside its field."""
        if (self.reason.data or "").strip():
            return {}
        if self.decision.data == "approve" and not invoice.flags:
            return {}
        return {
            "reason": {
                "approve": "Enter why you approve it in spite of its differences",
                "query": "Enter what the provider should explain or correct",
                "refuse": "Enter why you refuse it",
            }[self.decision.data]
        }


class CreditInvoice(FlaskForm):
    """How many hours to take back of each line, and why."""

    note = Words("Why are the hours taken back?", [Given("Enter why the hours are taken back")])

    @classmethod
    def on(cls, lines: Sequence[InvoiceLine]) -> "CreditInvoice":
        """The form with a field for each line."""
        fields = {
            f"line_{line.id}": Amount(
                f"Hours of {line.placement.reference} to take back",
                NO_HOURS,
                validators=[Optional(), NumberRange(0, 400, "Enter hours between 0 and 400")],
            )
            for line in lines
        }
        return type("CreditLines", (cls,), fields)()

    def hours(self) -> dict[int, Fraction]:
        """Hours to take back, by line."""
        return {
            int(name.removeprefix("line_")): Fraction(str(field.data))
            for name, field in self._fields.items()
            if name.startswith("line_") and field.data
        }


class FilterInvoices(FilterForm):
    """What to list; read from the address."""

    state = Chooser("State", "Any", labels(InvoiceState))
    month = Chooser("Month", "Any")
    differences = Chooser("Differences", "Any", [("yes", "With differences")])
    text = StringField("Provider or number", widget=GovTextInput())

    def __init__(self, args: MultiDict, months: Sequence[date]) -> None:
        super().__init__(args)
        self.month.choices += [(day.isoformat(), in_month(day)) for day in months]

    def criteria(self) -> InvoiceCriteria:
        """The filters as the list takes them; anything unknown leaves that open."""
        return InvoiceCriteria(
            state=self.state.code(InvoiceState),
            month=date.fromisoformat(self.month.known) if self.month.known else None,
            with_differences=bool(self.differences.answer),
            text=(self.text.data or "").strip()[:100],
        )
