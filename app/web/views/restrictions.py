"""Restricted records: restricting one to named people, and opening one that is needed at once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children.models import Child
from app.children.reach import restrictions as service
from app.children.reach.models import Restriction
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.web.formats import datetime_uk
from app.web.forms.entries import refuse
from app.web.forms.restrictions import NamePeople, OpenAtOnce, RestrictRecord

restrictions = Blueprint("restrictions", __name__, url_prefix="/restricted-records")
PAGE = 20


@restrictions.get("/")
@requires(Permission.VIEW_RESTRICTION)
def listed():
    """The restrictions in force: all for the AP lead, for others those they are named in."""
    page = db.paginate(service.in_force(current_user), per_page=PAGE, max_per_page=PAGE)
    return render_template("restrictions/listed.html", page=page)


@restrictions.route("/children/<int:child_id>", methods=["GET", "POST"])
@requires(Permission.RESTRICT_RECORD, on=Child)
def restrict(child):
    """Restrict a child's record to named people."""
    form = RestrictRecord(data={"people": [str(current_user.id)]})
    form.offer(service.people_to_name())
    if form.validate_on_submit():
        service.restrict(child, form.reason.data, form.chosen(), by=current_user.actor)
        flash(f"The record of {child.reference} is restricted.", "success")
        return redirect(url_for(".listed"))
    return render_template("restrictions/restrict.html", form=form, child=child)


@restrictions.route("/<int:restricted_record_id>/people", methods=["GET", "POST"])
@requires(Permission.RESTRICT_RECORD, on=Restriction)
def people(restricted_record):
    """Change who may see a restricted record."""
    form = NamePeople(data={"people": [str(r.user_id) for r in restricted_record.readers]})
    form.offer(service.people_to_name())
    if form.validate_on_submit():
        service.name_people(restricted_record, form.chosen())
        flash("The people named were saved. Those named before were told.", "success")
        return redirect(url_for(".listed"))
    return render_template("restrictions/people.html", form=form, restriction=restricted_record)


@restrictions.route("/<int:restricted_record_id>/lift", methods=["GET", "POST"])
@requires(Permission.RESTRICT_RECORD, on=Restriction)
def lift(restricted_record):
    """Show a record to everybody again."""
    if request.method == "POST":
        service.lift(restricted_record, by=current_user.actor)
        flash(f"{restricted_record.child.reference} is no longer restricted.", "success")
        return redirect(url_for(".listed"))
    return render_template("restrictions/lift.html", restriction=restricted_record)


@restrictions.route("/open", methods=["GET", "POST"])
@requires(Permission.OPEN_RESTRICTED)
def open_at_once():
    """Open a restricted record that is needed at once, with a reason."""
    form = OpenAtOnce()
    if form.validate_on_submit() and (opened := _opened(form)):
        flash(f"The record is open to you until {datetime_uk(opened.until)}.", "success")
        return redirect(url_for("children.show", child_id=opened.restriction.child_id))
    return render_template("restrictions/open.html", form=form, hours=service.LASTS.seconds // 3600)


def _opened(form: OpenAtOnce):
    entered = form.reference.data, form.reason.data
    try:
        return service.open_at_once(*entered, current_user, request.endpoint)
    except RuleBroken as refusal:
        refuse(form, {"reference": str(refusal)})
        return None
