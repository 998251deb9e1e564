"""The report on spend: by tier, service, provider or month, as a chart and as the same table."""

from flask import Blueprint, render_template, request

from app.access import Permission, requires
from app.commissioning.budgets.costs import year_in_figures
from app.commissioning.invoices import reports
from app.web.export import download
from app.web.forms.spend import ChooseSpend
from app.web.spend import HEADER, chart_of, rows_to_export

spend = Blueprint("spend", __name__, url_prefix="/spend")


@spend.get("/")
@requires(Permission.VIEW_SPEND)
def report():
    """Spend in a financial year, broken down as was chosen."""
    form = ChooseSpend(request.args, reports.years())
    rows = reports.spend(form.by_chosen, form.year_chosen)
    return render_template(
        "spend/report.html",
        form=form,
        rows=rows,
        picture=chart_of(rows, form.by_chosen, form.year_chosen),
        year=year_in_figures(form.year_chosen),
    )


@spend.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_SPEND)
def export(kind):
    """The same table as a spreadsheet."""
    form = ChooseSpend(request.args, reports.years())
    rows = rows_to_export(reports.spend(form.by_chosen, form.year_chosen))
    name = f"spend-{form.year_chosen}-by-{form.by_chosen.value}"
    return download(kind, name, (form.by_chosen.label, *HEADER), rows)
