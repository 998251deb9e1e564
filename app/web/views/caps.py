"""Price caps: what holds from when to when, new ones after a preview, and exceptions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.kernel.database import db
from app.web.forms.caps import AllowAboveCap, PublishCap
from app.web.forms.entries import refuse
from providers import caps as cap_service
from providers.models.cap import CapException
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.pricing import cap_on
from providers.queries import caps_in_force

caps = Blueprint("caps", __name__, url_prefix="/price-caps")
PAGE = 20


@caps.get("/")
@requires(Permission.VIEW_CAP)
def listed():
    """Every cap by service, from when to when, with the services that have none."""
    return render_template("caps/listed.html", caps=cap_service.all_caps(), on=today())


@caps.route("/services/<int:service_id>/new", methods=["GET", "POST"])
@requires(Permission.SET_CAP, on=Service)
def new(service):
    """Preview whom a new cap affects, then publish it."""
    form, affected = PublishCap(), None
    if form.validate_on_submit():
        pence, starts_on = form.pence.data, form.starts_on.data
        if not refuse(form, cap_service.cap_faults(service, starts_on, today())):
            if request.form.get("seen") == form.seen():
                cap_service.publish_cap(service, pence, starts_on, on=today())
                flash(f"The new cap for {service.name} was published.", "success")
                return redirect(url_for("caps.listed"))
            affected = cap_service.affected(service, pence, starts_on)
    present = cap_on(caps_in_force(today()), service.code, today())
    return render_template(
        "caps/new.html", form=form, service=service, affected=affected, present=present
    )


@caps.get("/exceptions")
@requires(Permission.SET_CAP)
def exceptions():
    """Every exception that was decided, the latest first."""
    page = db.paginate(cap_service.exceptions(), per_page=PAGE, max_per_page=PAGE)
    return render_template("caps/exceptions.html", page=page, on=today())


@caps.route("/offers/<int:offer_id>/exception", methods=["GET", "POST"])
@requires(Permission.SET_CAP, on=Offer)
def allow(offer):
    """Decide that an offer may cost more than the cap."""
    form, on = AllowAboveCap(), today()
    cap = cap_on(caps_in_force(on), offer.service.code, on)
    if form.validate_on_submit():
        asked = (form.pence.data, form.ends_on.data)
        if not refuse(form, cap_service.exception_faults(asked[0], cap, asked[1], on)):
            reason, by = form.reason.data, current_user.actor
            cap_service.allow_above_cap(offer, *asked, reason, by=by, on=on)
            flash("The exception was recorded.", "success")
            return redirect(url_for("caps.exceptions"))
    return render_template("caps/allow.html", form=form, offer=offer, cap=cap)


@caps.post("/exceptions/<int:cap_exception_id>/withdraw")
@requires(Permission.SET_CAP, on=CapException)
def withdraw(cap_exception):
    """End an exception today."""
    cap_service.withdraw_exception(cap_exception, on=today())
    flash("The exception was withdrawn.", "success")
    return redirect(url_for("caps.exceptions"))
