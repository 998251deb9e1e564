"""What the report on spend can be asked for."""

from collections.abc import Sequence

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from app.commissioning.budgets.costs import year_in_figures
from app.commissioning.invoices.reports import By
from app.web.forms.filters import labels


class ChooseSpend(Form):
    """The financial year, and what to break it down by; an address it cannot read is the usual."""

    year = SelectField("Financial year", widget=GovSelect(), validate_choice=False)
    by = SelectField(
        "Broken down by", widget=GovSelect(), choices=labels(By), validate_choice=False
    )

    def __init__(self, args: MultiDict, years: Sequence[int]) -> None:
        super().__init__(args)
        self.year.choices = [(str(year), year_in_figures(year)) for year in years]

    @property
    def year_chosen(self) -> int:
        """The year that was asked for, else the present one or the latest known."""
        known = [value for value, _label in self.year.choices]
        return int(self.year.data if self.year.data in known else known[0])

    @property
    def by_chosen(self) -> By:
        """What it is broken down by."""
        return By(self.by.data) if self.by.data in set(By) else By.TIER
