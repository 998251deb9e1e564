"""The authority's term dates: a school year at a time, and the days on which schools are closed."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from app.access import Permission, requires
from app.children import terms as service
from app.children.term_defaults import ClosedKind
from app.children.terms import ClosedDay, SchoolTerm
from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from app.kernel.words import in_words
from app.web.columns import TERMS
from app.web.export import download_list
from app.web.forms.entries import refuse
from app.web.forms.terms import CloseDay, TermDates
from app.web.history import history_of_all
from app.web.terms import days_to_export
from providers.stages import school_year_of

terms = Blueprint("terms", __name__, url_prefix="/term-dates")
YEARS_SHOWN = 3


@terms.context_processor
def words():
    """How a school year is written."""
    return {"year_in_figures": service.year_in_figures}


@terms.get("/")
@requires(Permission.VIEW_TERMS)
def listed():
    """This school year and the next two, with what is saved and what is only a default."""
    first, calendar = school_year_of(today()), service.calendar()
    return render_template(
        "terms/listed.html",
        years=range(first, first + YEARS_SHOWN),
        calendar=calendar,
        saved=service.saved_years(),
        half_term=calendar.half_term_containing(today()),
        history=history_of_all(SchoolTerm, ClosedDay),
    )


@terms.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_TERMS)
def export(kind):
    """The terms, half-terms and closed days of the years shown, as a spreadsheet."""
    first = school_year_of(today())
    rows = days_to_export(service.calendar(), range(first, first + YEARS_SHOWN))
    return download_list(kind, "term-dates", TERMS, rows)


@terms.route("/<int:year>", methods=["GET", "POST"])
@requires(Permission.SET_TERMS)
def change(year):
    """Change the terms of a school year."""
    calendar = _calendar_with(year)
    form = TermDates(data=TermDates.entries(calendar.terms_of(year)))
    if form.validate_on_submit():
        faults = service.term_faults(year, form.terms())
        if not refuse(form, {"autumn_starts_on": " ".join(faults)} if faults else {}):
            service.save_terms(year, form.terms())
            flash(f"The term dates of {service.year_in_figures(year)} were saved.", "success")
            return redirect(url_for("terms.listed"))
    return render_template("terms/change.html", form=form, year=year)


@terms.route("/<int:year>/closed-days", methods=["GET", "POST"])
@requires(Permission.SET_TERMS)
def closed_days(year):
    """The days of a school year on which schools are closed, and another."""
    calendar, form = _calendar_with(year), CloseDay()
    if form.validate_on_submit() and _closed(year, form):
        flash(f"{in_words(form.day.data)} was added.", "success")
        return redirect(url_for("terms.closed_days", year=year))
    return render_template(
        "terms/closed_days.html",
        form=form,
        year=year,
        closed=service.closed_days(year),
        shown=calendar.closed_of(year),
    )


def _closed(year: int, form: CloseDay) -> bool:
    """Close the day that was entered; a refusal is shown beside it."""
    try:
        service.close_day(year, form.day.data, ClosedKind(form.kind.data))
    except RuleBroken as refusal:
        refuse(form, {"day": str(refusal)})
        return False
    return True


@terms.post("/closed-days/<int:closed_day_id>/remove")
@requires(Permission.SET_TERMS, on=ClosedDay)
def open_day(closed_day):
    """Take a closed day out of the calendar."""
    year, day = closed_day.school_year, closed_day.day
    service.open_day(year, day)
    flash(f"{in_words(day)} is a school day again.", "success")
    return redirect(url_for("terms.closed_days", year=year))


def _calendar_with(year: int) -> service.Calendar:
    """The calendar, for a year that people may want to see."""
    if not service.may_be_set(year, today()):
        abort(404)
    return service.calendar()
