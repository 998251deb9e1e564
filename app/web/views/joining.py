"""Joining the framework, for everyone: what it is, whether it is open, how to begin."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import public
from app.accounts.service import is_taken
from app.kernel.clock import today
from app.kernel.rules import require
from app.web.applications import begin
from app.web.forms.applications import StartApplication
from app.web.forms.entries import refuse
from providers.framework_service import open_scheme
from providers.queries import caps_in_force

joining = Blueprint("joining", __name__, url_prefix="/join")


@joining.get("/")
@public
def about():
    """What the framework buys, whether it takes applications, and what an application asks."""
    on = today()
    return render_template(
        "joining/about.html",
        scheme=open_scheme(on),
        on=on,
        caps={cap.service: cap for cap in caps_in_force(on)},
    )


@joining.route("/start", methods=["GET", "POST"])
@public
def start():
    """Open an account and begin an application."""
    if current_user.is_authenticated:
        return redirect(url_for("joining.about"))
    scheme = open_scheme(today())
    require(None if scheme else "The framework takes no applications at present.")
    form = StartApplication()
    taken = {"email": "An account has this address already. Sign in with it"}
    if form.validate_on_submit() and not (is_taken(form.email.data) and refuse(form, taken)):
        application = begin(form, scheme)
        flash("Your account is open and your application has begun.", "success")
        return redirect(url_for("applications.show", application_id=application.id))
    return render_template("joining/start.html", form=form)
