"""Applications to join: the list, the task list of each, its sections, and handing it in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import require
from app.web.applications import evidence_rows, facts, tasks
from app.web.drafts import bring_in_section
from app.web.forms.applications import SECTION_FORMS, AnswerQuestion
from providers.applications import service
from providers.applications.lifecycle import APPLICATION
from providers.applications.sections import Section
from providers.framework_service import open_scheme
from providers.models.application import Application, Clarification

applications = Blueprint("applications", __name__, url_prefix="/applications")
PAGE = 20
SECTIONS = ", ".join(section.value for section in Section)


@applications.get("/")
@requires(Permission.VIEW_APPLICATION)
def listed():
    """Applications, the latest first: all of them, or one's own."""
    found = visible(service.applications(), Application, Permission.VIEW_APPLICATION, current_user)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    return render_template("applications/listed.html", page=page, scheme=open_scheme(today()))


@applications.post("/start")
@requires(Permission.WRITE_APPLICATION)
def start():
    """Begin an application, empty or from an earlier one."""
    earlier_id, scheme = request.form.get("earlier", type=int), open_scheme(today())
    require(None if scheme else "The framework takes no applications at present.")
    earlier = db.session.get(Application, earlier_id) if earlier_id else None
    row = service.start(current_user.provider, scheme, by=current_user.actor, earlier=earlier)
    return redirect(url_for("applications.show", application_id=row.id))


@applications.get("/<int:application_id>")
@requires(Permission.VIEW_APPLICATION, on=Application)
def show(application):
    """The task list: each section, what is unanswered, and how its review stands."""
    whole = service.whole(application)
    return render_template(
        "applications/show.html",
        application=whole,
        tasks=tasks(whole),
        offered={move.name for move in APPLICATION.offered(whole)},
        on=today(),
    )


@applications.route(f"/<int:application_id>/<any({SECTIONS}):section>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def section(application, section):
    """Fill in a section; what is written is kept, complete or not."""
    kind = Section(section)
    reading = request.method == "GET" and not application.may_change(kind)
    if reading or kind not in SECTION_FORMS:
        return _as_list(application, kind)
    edit = bring_in_section(application, kind, by=current_user.actor)
    if edit.saved:
        flash(f"{kind.label} was saved.", "success")
        return redirect(url_for("applications.show", application_id=application.id))
    shown = {"section": kind, "form": edit.form, "edit": edit}
    return render_template("applications/section.html", application=application, **shown)


def _as_list(application: Application, kind: Section):
    """A section that is a list of things, or that may only be read now."""
    return render_template(
        "applications/list.html",
        application=application,
        section=kind,
        facts=facts(application, kind),
        evidence=list(evidence_rows(application)) if kind is Section.EVIDENCE else [],
        may_change=application.may_change(kind),
    )


@applications.route("/<int:application_id>/submit", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def submit(application):
    """See what is missing, or hand the application in."""
    if request.method == "POST":
        service.submit(service.whole(application))
        flash("Your application was submitted.", "success")
        return redirect(url_for("applications.show", application_id=application.id))
    against = APPLICATION.reasons_against(application, "submit")
    return render_template("applications/submit.html", application=application, against=against)


@applications.route("/<int:application_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def withdraw(application):
    """End an application that is not decided."""
    if request.method == "POST":
        service.withdraw(application)
        flash("Your application was withdrawn. You can start from it again.", "success")
        return redirect(url_for("applications.listed"))
    return render_template("applications/withdraw.html", application=application)


@applications.route("/questions/<int:clarification_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Clarification)
def answer(clarification):
    """Answer a question of the reviewer's."""
    form = AnswerQuestion()
    if form.validate_on_submit():
        service.answer(clarification, form.answer.data, by=current_user.actor)
        flash("Your answer was sent.", "success")
        return redirect(url_for("applications.show", application_id=clarification.application_id))
    return render_template("applications/answer.html", form=form, question=clarification)
