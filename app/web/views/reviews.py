"""The authority's part in an application: review, ask, visit, admit or refuse."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.web.applications import evidence_rows, facts, tell
from app.web.formats import plural
from app.web.forms.reviews import AskQuestion, RecordVisit, RefuseApplication, ReviewSection
from app.web.letters import decision_letter, question_letter
from providers.applications import review as service
from providers.applications.lifecycle import APPLICATION
from providers.applications.sections import Section
from providers.applications.service import whole
from providers.models.application import Application, Review
from providers.needs import Judgement

reviews = Blueprint("reviews", __name__, url_prefix="/reviews")
SECTIONS = ", ".join(section.value for section in Section)


def _back(application: Application, message: str):
    flash(message, "success")
    return redirect(url_for("applications.show", application_id=application.id))


@reviews.post("/<int:application_id>/start")
@requires(Permission.REVIEW_APPLICATION, on=Application)
def start(application):
    """Begin the review."""
    service.start_review(application)
    return _back(application, "The review has begun.")


@reviews.route(f"/<int:application_id>/<any({SECTIONS}):section>", methods=["GET", "POST"])
@requires(Permission.REVIEW_APPLICATION, on=Application)
def section(application, section):
    """Read a section and say whether it meets what is asked."""
    kind, row = Section(section), application.section(Section(section))
    form = ReviewSection(verdict=row.review.value, note=row.review_note)
    if form.validate_on_submit():
        verdict, by = Review(form.verdict.data), current_user.actor
        service.review(application, kind, verdict, form.note.data or "", by=by)
        return _back(application, f"{kind.label} was reviewed.")
    evidence = list(evidence_rows(application)) if kind is Section.EVIDENCE else []
    about = {"application": application, "section": kind, "facts": facts(application, kind)}
    return render_template("reviews/section.html", form=form, evidence=evidence, **about)


@reviews.route(f"/<int:application_id>/<any({SECTIONS}):section>/ask", methods=["GET", "POST"])
@requires(Permission.REVIEW_APPLICATION, on=Application)
def ask(application, section):
    """Ask the applicant about a section."""
    form, kind = AskQuestion(), Section(section)
    if form.validate_on_submit():
        asked = (form.question.data, form.due_on.data)
        service.ask(application, kind, *asked, by=current_user.actor)
        tell(application, question_letter)
        return _back(application, "Your question was sent to the applicant.")
    return render_template("reviews/ask.html", application=application, section=kind, form=form)


@reviews.route("/<int:application_id>/visit", methods=["GET", "POST"])
@requires(Permission.RECORD_FIRST_VISIT, on=Application)
def visit(application):
    """Record the initial visit."""
    known = {"judgement": application.visit_judgement, "notes": application.visit_notes}
    form = RecordVisit(visited_on=application.visited_on, **known)
    if form.validate_on_submit():
        seen = (form.visited_on.data, Judgement(form.judgement.data), form.notes.data)
        service.record_visit(application, *seen, by=current_user.actor)
        return _back(application, "The initial visit was recorded.")
    return render_template("reviews/visit.html", application=application, form=form, on=today())


@reviews.route("/<int:application_id>/admit", methods=["GET", "POST"])
@requires(Permission.REVIEW_APPLICATION, on=Application)
def admit(application):
    """Admit the applicant and publish its offers, or see what stands against that."""
    if request.method == "POST":
        offers = service.admit(whole(application), by=current_user.actor)
        tell(application, decision_letter)
        done = plural(len(offers), "offer is", "offers are")
        return _back(application, f"{application.provider.name} was admitted. {done} published.")
    against = APPLICATION.reasons_against(application, "admit")
    return render_template("reviews/admit.html", application=application, against=against)


@reviews.route("/<int:application_id>/refuse", methods=["GET", "POST"])
@requires(Permission.REVIEW_APPLICATION, on=Application)
def refuse(application):
    """Refuse an application with every reason."""
    form = RefuseApplication(reasons="\n".join(service.reasons_found(application)))
    if form.validate_on_submit():
        service.refuse(application, form.reasons.data.splitlines(), by=current_user.actor)
        tell(application, decision_letter)
        return _back(application, "The application was refused.")
    return render_template("reviews/refuse.html", application=application, form=form)
