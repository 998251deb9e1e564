"""What the AP lead sets about visits: templates in versions, the cycle, declared interests."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.accounts.models import User
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import cycles, interests, planning, versions
from app.visits.settings_models import Interest
from app.visits.templates import find
from app.visits.terms import PURPOSE, VisitKind
from app.web.forms.visit_settings import ChangeCycle, DeclareInterest, EditQuestion
from app.web.visit_setting import question_form, readable_cycle
from providers.queries import provider_by_reference

visit_settings = Blueprint("visit_settings", __name__, url_prefix="/visit-settings")
KINDS = ", ".join(kind.value for kind in VisitKind)


@visit_settings.get("/templates")
@requires(Permission.VIEW_VISIT)
def templates():
    """The kinds of visit, each with the version of its template that is in use."""
    listed = [(kind, PURPOSE[kind], versions.in_use(kind)) for kind in VisitKind]
    cycle = readable_cycle(cycles.cycle_in_force())
    about = {"listed": listed, "cycle": cycle, "interests": interests.in_force()}
    return render_template("visit_settings/templates.html", **about)


@visit_settings.get(f"/templates/<any({KINDS}):kind>")
@requires(Permission.VIEW_VISIT)
def template(kind):
    """The questions that a kind of visit asks now, and its earlier versions."""
    kind = VisitKind(kind)
    return render_template(
        "visit_settings/template.html",
        kind=kind,
        sections=versions.sections_in_use(kind),
        versions=versions.versions(kind),
    )


@visit_settings.route(f"/templates/<any({KINDS}):kind>/question", methods=["GET", "POST"])
@requires(Permission.SET_VISITS)
def question(kind):
    """Change a question or add one, in a new version."""
    kind, key = VisitKind(kind), request.args.get("key", "")
    known = find(versions.sections_in_use(kind), key)
    form: EditQuestion = question_form(known, request.args.get("standard"))
    if form.validate_on_submit():
        made = form.question(key if known else versions.new_key())
        about = (form.standard_chosen, made, form.note.data)
        row = versions.change_question(kind, *about, by=current_user.actor)
        flash(f"Version {row.version} is in use for visits planned from now on.", "success")
        return redirect(url_for("visit_settings.template", kind=kind.value))
    return render_template("visit_settings/question.html", form=form, kind=kind, known=known)


@visit_settings.post(f"/templates/<any({KINDS}):kind>/remove")
@requires(Permission.SET_VISITS)
def remove(kind):
    """Take a question out, in a new version."""
    key = request.form.get("key", "")
    row = versions.remove_question(VisitKind(kind), key, by=current_user.actor)
    flash(f"Version {row.version} is in use for visits planned from now on.", "success")
    return redirect(url_for("visit_settings.template", kind=kind))


@visit_settings.route("/cycle", methods=["GET", "POST"])
@requires(Permission.SET_VISITS)
def cycle():
    """Change how often visits are due."""
    form = ChangeCycle.about(cycles.cycle_in_force())
    if form.validate_on_submit():
        cycles.change_cycle(form.values(), by=current_user.actor)
        flash("The visit cycle was changed. Due days follow it from now on.", "success")
        return redirect(url_for("visit_settings.templates"))
    return render_template("visit_settings/cycle.html", form=form)


@visit_settings.route("/interests/declare", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT)
def declare():
    """Declare an interest in a provider."""
    form = DeclareInterest(adviser=current_user.id)
    form.adviser.choices = [(person.id, person.name) for person in planning.advisers()]
    if form.validate_on_submit():
        who = db.session.get_one(User, form.adviser.data)
        interests.declare(who, provider_by_reference(form.provider.data), form.what.data)
        flash("The interest was declared.", "success")
        return redirect(url_for("visit_settings.templates"))
    return render_template("visit_settings/declare.html", form=form)


@visit_settings.post("/interests/<int:declared_interest_id>/end")
@requires(Permission.SET_VISITS, on=Interest)
def end_interest(declared_interest):
    """End an interest."""
    interests.end(declared_interest, today())
    flash("The interest was ended.", "success")
    return redirect(url_for("visit_settings.templates"))
