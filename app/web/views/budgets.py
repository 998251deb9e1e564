"""Budgets: each financial year's lines, what is committed of them, and who may commit how much."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from app.access import Permission, requires
from app.commissioning.budgets import costs, limits, lines
from app.kernel.clock import today
from app.kernel.database import db
from app.web.columns import BUDGET_LINE
from app.web.export import download, download_list
from app.web.forms.budgets import SetBudget, SetLimits
from app.web.histories import of_budget, of_limits
from providers.needs import Tier

budgets = Blueprint("budgets", __name__, url_prefix="/budgets")
PAGE = 20
HEADER = (
    "Financial year",
    "Tier",
    "Budget (£)",
    "Committed (£)",
    "Of that to date (£)",
    "Actual (£)",
    "Waiting for a decision (£)",
    "Forecast (£)",
    "Left (£)",
)


@budgets.context_processor
def words():
    """The words for financial years."""
    return {"year_words": costs.year_in_figures}


def _year() -> int:
    return _known(request.args.get("year", type=int) or costs.financial_year_of(today()))


def _known(year: int) -> int:
    """A year that a budget can be for; any other is not found."""
    if not 2000 <= year <= 2200:
        abort(404)
    return year


@budgets.get("/")
@requires(Permission.VIEW_BUDGET)
def overview():
    """The lines of a financial year: budget, committed, waiting, forecast and what is left."""
    year = _year()
    facts = {"lines": lines.lines_of(year), "years": lines.years_known()}
    history = of_budget(lines.rows_of(year))
    return render_template("budgets/overview.html", year=year, history=history, **facts)


@budgets.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_BUDGET)
def export(kind):
    """The lines of a financial year as a spreadsheet."""
    rows = (_row(line) for line in lines.lines_of(_year()))
    return download(kind, f"budget-{_year()}", HEADER, rows)


def _row(line: lines.Line) -> tuple:
    sums = (
        line.budget,
        line.committed,
        line.to_date,
        line.actual,
        line.waiting,
        line.forecast,
        line.left,
    )
    pounds = (None if pence is None else pence / 100 for pence in sums)
    return (costs.year_in_figures(line.year), line.tier, *pounds)


@budgets.get("/<int:year>/<any('1', '2', '3'):tier>")
@requires(Permission.VIEW_BUDGET)
def line(year, tier):
    """The placements that make up one line, the dearest first."""
    found = lines.placements_of_line(_known(year), Tier(tier))
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    one = next(each for each in lines.lines_of(year) if each.tier == tier)
    return render_template("budgets/line.html", line=one, page=page)


@budgets.get("/<int:year>/<any('1', '2', '3'):tier>/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_BUDGET)
def export_line(year, tier, kind):
    """The same placements as a spreadsheet; children by reference for those who see no names."""
    found = lines.placements_of_line(_known(year), Tier(tier))
    return download_list(kind, f"budget-{year}-tier-{tier}", BUDGET_LINE, found)


@budgets.route("/<int:year>/set", methods=["GET", "POST"])
@requires(Permission.SET_BUDGET)
def set_budget(year):
    """Set what may be spent in a financial year."""
    form = SetBudget.of(lines.budgets_of(_known(year)))
    if form.validate_on_submit():
        lines.set_budget(year, form.sums())
        flash(f"The budget of {costs.year_in_figures(year)} was saved.", "success")
        return redirect(url_for(".overview", year=year))
    return render_template("budgets/set_budget.html", form=form, year=year)


@budgets.route("/limits", methods=["GET", "POST"])
@requires(Permission.SET_LIMIT)
def set_limits():
    """Set what each role and each person may approve without a panel."""
    own = {row.user_id: row.pence for row in limits.own_limits()}
    form = SetLimits.of(limits.limits_of_roles(), list(limits.approvers()), own)
    if form.validate_on_submit():
        for role, pence in form.role_sums().items():
            limits.set_for_role(role, pence)
        for user, pence in form.person_sums():
            limits.set_for_person(user, pence)
        flash("The financial limits were saved.", "success")
        return redirect(url_for(".overview"))
    history = of_limits()
    return render_template("budgets/set_limits.html", form=form, history=history)
