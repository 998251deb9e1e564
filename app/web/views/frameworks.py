"""The open framework: its scheme, dates, lots, windows for applications and committed spend."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.web.forms.frameworks import ChangeTerms, CloseWindow, OpenWindow, StartNext
from providers import framework_service
from providers.models.framework import Framework, Scheme, SchemeWindow
from providers.procurement import spend_warning
from providers.queries import caps_in_force

frameworks = Blueprint("frameworks", __name__, url_prefix="/framework")


def _done(message: str):
    flash(message, "success")
    return redirect(url_for("frameworks.overview"))


@frameworks.get("/")
@requires(Permission.VIEW_FRAMEWORK)
def overview():
    """Every scheme: its frameworks, what they have committed, its windows and its history."""
    on, schemes = today(), framework_service.schemes()
    return render_template(
        "frameworks/overview.html",
        on=on,
        schemes=schemes,
        warnings={scheme.id: framework_service.warnings(scheme, on) for scheme in schemes},
        spend={f.id: framework_service.spend_of(f, on) for s in schemes for f in s.frameworks},
        spend_warning=spend_warning,
        caps={cap.service: cap for cap in caps_in_force(on)},
    )


@frameworks.route("/schemes/<int:scheme_id>/open", methods=["GET", "POST"])
@requires(Permission.SET_FRAMEWORK, on=Scheme)
def open_window(scheme):
    """Reopen the whole scheme to applications."""
    form = OpenWindow()
    if form.validate_on_submit():
        days = (form.opens_on.data, form.closes_on.data)
        framework_service.open_window(scheme, *days, form.reason.data, by=current_user.actor)
        return _done("The scheme’s window for applications was set.")
    return render_template("frameworks/open_window.html", form=form, scheme=scheme)


@frameworks.route("/windows/<int:scheme_window_id>/close", methods=["GET", "POST"])
@requires(Permission.SET_FRAMEWORK, on=SchemeWindow)
def close_window(scheme_window):
    """Set the last day for applications."""
    form = CloseWindow()
    if form.validate_on_submit():
        day, reason = form.closes_on.data, form.reason.data
        framework_service.close_window(scheme_window, day, reason, by=current_user.actor)
        return _done("The last day for applications was set.")
    return render_template("frameworks/close_window.html", form=form, window=scheme_window)


@frameworks.route("/<int:framework_id>/terms", methods=["GET", "POST"])
@requires(Permission.SET_FRAMEWORK, on=Framework)
def change_terms(framework):
    """Change a framework's dates or maximum value."""
    form = ChangeTerms(obj=framework)
    if form.validate_on_submit():
        terms = (form.starts_on.data, form.ends_on.data, form.max_value_pence.data)
        reason, by = form.reason.data, current_user.actor
        framework_service.change_terms(framework, *terms, reason, by=by)
        return _done(f"The terms of {framework.reference} were changed.")
    return render_template("frameworks/change_terms.html", form=form, framework=framework)


@frameworks.route("/schemes/<int:scheme_id>/next", methods=["GET", "POST"])
@requires(Permission.SET_FRAMEWORK, on=Scheme)
def start_next(scheme):
    """Start the scheme's next framework, with the same lots and services."""
    form = StartNext()
    if form.validate_on_submit():
        row = framework_service.start_next(scheme, **form.terms(), by=current_user.actor)
        return _done(f"{row.reference} follows in the scheme.")
    return render_template("frameworks/start_next.html", form=form, scheme=scheme)
