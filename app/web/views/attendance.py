"""Attendance: a provider's register of a day, what is missing, absences nobody has explained."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.children.terms import is_school_day
from app.commissioning.attendance import codes as vocabulary
from app.commissioning.attendance import queries, service
from app.commissioning.attendance.codes import AttendanceCode, Meaning
from app.commissioning.attendance.day import cells_of, days_around
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.kernel.clock import today
from app.kernel.database import db
from app.web.attendance import EXPORT_HEADER, EXPORTED, day_asked, delivered_of, rows_to_export
from app.web.columns import ATTENDANCE_CODES, MISSING_REGISTERS, UNEXPLAINED
from app.web.export import download, download_list
from app.web.formats import plural
from app.web.forms.attendance import ExplainAbsence, ExportDays, SetCode, register_form
from app.web.histories import of_marks
from app.web.history import history_of_all
from app.web.listing import paged

attendance = Blueprint("attendance", __name__, url_prefix="/attendance")
PAGE = 20


@attendance.context_processor
def words():
    """What a code means, and today."""
    return {"Meaning": Meaning, "today": today(), "is_school_day": is_school_day}


@attendance.route("/register", methods=["GET", "POST"])
@requires(Permission.RECORD_ATTENDANCE)
def register():
    """The register of a day, today unless another is asked for: seen, and saved at once."""
    day, known = day_asked(), vocabulary.codes()
    faults = service.day_faults(day)
    cells = [] if faults else cells_of(current_user.provider_id, day)
    form = register_form(cells, known)
    if form.validate_on_submit() and not faults:
        return _save(day, form)
    days = days_around(day, today())
    values = {"day": day, "cells": cells, "faults": faults, "days": days, "known": known}
    return render_template("attendance/register.html", form=form, **values)


def _save(day, form):
    by, reason = current_user.actor, form.out_of_term.data or ""
    changed = service.record(
        current_user.provider_id, day, form.entries(), by=by, out_of_term=reason
    )
    left = sum(not form.chosen(cell) and cell.mark is None for cell in form.cells if cell.agreed)
    told = f"{plural(changed, 'session was', 'sessions were')} saved."
    more = f" {plural(left, 'session is', 'sessions are')} still to record." if left else ""
    flash(told + more if changed else f"Nothing had changed.{more}", "success")
    return redirect(url_for("attendance.register", day=day.isoformat()))


@attendance.get("/missing")
@requires(Permission.VIEW_ATTENDANCE)
def missing():
    """Sessions of the last weeks that nobody has recorded."""
    page = paged(_missing(), PAGE)
    return render_template("attendance/missing.html", page=page, mine=_is_mine())


def _is_mine() -> bool:
    return request.args.get("show") == "mine" and current_user.provider_id is None


def _missing():
    return queries.missing(
        today(),
        provider_id=current_user.provider_id,
        officer_id=current_user.id if _is_mine() else None,
    )


@attendance.get("/missing/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_ATTENDANCE)
def export_missing(kind):
    """The same as a spreadsheet."""
    return download_list(kind, "missing-registers", MISSING_REGISTERS, _missing())


@attendance.get("/unexplained")
@requires(Permission.EXPLAIN_ABSENCE)
def unexplained():
    """Absences whose reason nobody knows: every one, or those of this officer's children."""
    page = db.paginate(_unexplained(), per_page=PAGE, max_per_page=PAGE)
    return render_template("attendance/unexplained.html", page=page, mine=_is_mine())


def _unexplained():
    return queries.unexplained(current_user.id if _is_mine() else None)


@attendance.get("/unexplained/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPLAIN_ABSENCE)
def export_unexplained(kind):
    """The same as a spreadsheet."""
    return download_list(kind, "unexplained-absences", UNEXPLAINED, _unexplained())


@attendance.route("/marks/<int:attendance_mark_id>/explain", methods=["GET", "POST"])
@requires(Permission.EXPLAIN_ABSENCE, on=AttendanceMark)
def explain(attendance_mark):
    """Give an absence its reason."""
    form = ExplainAbsence.of(vocabulary.codes())
    if form.validate_on_submit():
        service.explain(attendance_mark, form.code.data, form.note.data, by=current_user.actor)
        flash("The reason for the absence was saved.", "success")
        return redirect(url_for("attendance.unexplained"))
    return render_template("attendance/explain.html", form=form, mark=attendance_mark)


@attendance.get("/placements/<int:placement_id>")
@requires(Permission.VIEW_ATTENDANCE, on=Placement, options=WHOLE)
def of_placement(placement):
    """A placement's attendance: delivered hours against agreed by week, and every session."""
    marks = queries.marks_of(placement)
    page = paged(marks, 2 * PAGE)
    return render_template(
        "attendance/of_placement.html",
        placement=placement,
        history=of_marks(page.items),
        weeks=queries.weeks(placement, marks, today()),
        figures=queries.total(
            queries.figures([placement.id], placement.starts_on, max(today(), placement.last_day))
        ),
        delivered=delivered_of(placement),
        page=page,
    )


@attendance.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_ATTENDANCE)
def export(kind):
    """The sessions of some days that this person may see, as a spreadsheet."""
    first, last = ExportDays(request.args).span((today() - EXPORTED, today()))
    found = queries.marks_between(first, last)
    seen = visible(found, AttendanceMark, Permission.VIEW_ATTENDANCE, current_user)
    return download(kind, "attendance", EXPORT_HEADER, rows_to_export(seen))


@attendance.get("/placements/<int:placement_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_ATTENDANCE, on=Placement)
def export_placement(placement, kind):
    """Every session of one placement as a spreadsheet."""
    rows = rows_to_export(queries.marks_in(placement))
    return download(kind, f"attendance-{placement.reference}", EXPORT_HEADER, rows)


@attendance.get("/codes/download.<any(csv, xlsx):kind>")
@requires(Permission.SET_ATTENDANCE_CODES)
def export_codes(kind):
    """The codes as a spreadsheet."""
    listed = vocabulary.codes(all_of_them=True).values()
    return download_list(kind, "attendance-codes", ATTENDANCE_CODES, listed)


@attendance.get("/codes")
@requires(Permission.SET_ATTENDANCE_CODES)
def codes():
    """The codes of attendance, and what each means."""
    listed = vocabulary.codes(all_of_them=True).values()
    history = history_of_all(AttendanceCode)
    return render_template("attendance/codes.html", listed=listed, history=history)


@attendance.route("/codes/set", methods=["GET", "POST"])
@requires(Permission.SET_ATTENDANCE_CODES)
def set_code():
    """Reword a code, change how it counts, take it out of use, or add one."""
    known = vocabulary.codes(all_of_them=True).get(request.args.get("code", ""))
    form = SetCode(obj=known)
    if form.validate_on_submit():
        use = {"quick": form.quick.data, "in_use": form.in_use.data}
        vocabulary.set_code(form.code.data, form.label.data, Meaning(form.meaning.data), **use)
        flash(f"{form.code.data} was saved.", "success")
        return redirect(url_for("attendance.codes"))
    return render_template("attendance/set_code.html", form=form, known=known)
