"""Reports of visits: judging, the provider's check of the facts, the final page and its PDF."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import judging, queries, reports
from app.visits.models import Visit
from app.visits.terms import Standard
from app.web import visits as shown
from app.web.forms.visits import CheckFacts, Judge, JudgeOverall
from app.web.visit_pdf import as_pdf
from providers.needs import Judgement

visit_reports = Blueprint("visit_reports", __name__, url_prefix="/visit-reports")
PAGE = 20
STANDARDS = ", ".join(standard.value for standard in Standard)


@visit_reports.get("/")
@requires(Permission.READ_VISIT_REPORT)
def listed():
    """Reports that this person may read: a provider's own, or every final one."""
    found = visible(queries.shared(), Visit, Permission.READ_VISIT_REPORT, current_user)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    own = current_user.provider_id
    ahead = queries.announced(own, today()) if own is not None else []
    return render_template("visit_reports/listed.html", page=page, ahead=ahead)


@visit_reports.get("/<int:visit_id>")
@requires(Permission.READ_VISIT_REPORT, on=Visit, options=queries.WHOLE)
def show(visit):
    """A report as it stands: draft for the authority, shared or final for the provider."""
    return render_template(
        "visit_reports/show.html", visit=visit, verdicts=shown.verdicts(visit), on=today()
    )


@visit_reports.get("/<int:visit_id>/report.pdf")
@requires(Permission.READ_VISIT_REPORT, on=Visit, options=queries.WHOLE)
def pdf(visit):
    """The same report as a PDF."""
    return as_pdf(visit)


@visit_reports.get("/<int:visit_id>/judgement")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def judgement(visit):
    """Each standard with its suggestion and the adviser's own judgement."""
    overall = judging.suggest_overall(visit.sections, visit.all_answers)
    return render_template(
        "visit_reports/judgement.html",
        visit=visit,
        verdicts=shown.verdicts(visit),
        overall=overall,
        against=shown.standing_against(visit),
    )


@visit_reports.route(
    f"/<int:visit_id>/judgement/<any({STANDARDS}):standard>", methods=["GET", "POST"]
)
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def judge(visit, standard):
    """Judge one standard beside the suggestion."""
    verdict = shown.verdict_of(visit, Standard(standard))
    form = Judge(judgement=verdict.row.judgement, reason=verdict.row.judgement_reason)
    if form.validate_on_submit() and not shown.judge_fault(form, verdict.suggestion):
        own = (Judgement(form.judgement.data), form.reason.data or "")
        reports.judge(visit, verdict.standard, *own, by=current_user.actor)
        flash(f"{verdict.standard.label} was judged.", "success")
        return redirect(url_for("visit_reports.judgement", visit_id=visit.id))
    return render_template("visit_reports/judge.html", form=form, visit=visit, verdict=verdict)


@visit_reports.route("/<int:visit_id>/judgement/overall", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def judge_overall(visit):
    """Judge the whole visit and write the summary."""
    about = {"reason": visit.judgement_reason, "summary": visit.summary}
    form = JudgeOverall(judgement=visit.judgement, **about)
    suggestion = judging.suggest_overall(visit.sections, visit.all_answers)
    if form.validate_on_submit() and not shown.judge_fault(form, suggestion):
        own = (Judgement(form.judgement.data), form.reason.data or "", form.summary.data)
        reports.judge_overall(visit, *own, by=current_user.actor)
        flash("The overall judgement was saved.", "success")
        return redirect(url_for("visit_reports.judgement", visit_id=visit.id))
    about = {"form": form, "visit": visit, "suggestion": suggestion}
    return render_template("visit_reports/judge_overall.html", **about)


@visit_reports.post("/<int:visit_id>/write")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def write(visit):
    """Make the draft report."""
    reports.write(visit, by=current_user.actor)
    flash("The draft report is made. Read it, then send it to the provider.", "success")
    return redirect(url_for("visit_reports.show", visit_id=visit.id))


@visit_reports.post("/<int:visit_id>/share")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def share(visit):
    """Send the draft to the provider to check its facts."""
    reports.share(visit, by=current_user.actor)
    flash("The draft was sent to the provider to check its facts.", "success")
    return redirect(url_for("visit_reports.show", visit_id=visit.id))


@visit_reports.route("/<int:visit_id>/check", methods=["GET", "POST"])
@requires(Permission.CHECK_VISIT_REPORT, on=Visit, options=queries.WHOLE)
def check(visit):
    """The provider checks the facts of a draft."""
    form = CheckFacts()
    if form.validate_on_submit():
        reports.answer(visit, form.response.data or "", by=current_user.actor)
        flash("Your answer was sent.", "success")
        return redirect(url_for("visit_reports.show", visit_id=visit.id))
    return render_template("visit_reports/check.html", form=form, visit=visit)


@visit_reports.post("/<int:visit_id>/correct")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def correct(visit):
    """Take a shared draft back to correct it."""
    reports.correct(visit)
    flash("The report is a draft again. Correct it and send it once more.", "success")
    return redirect(url_for("visit_reports.show", visit_id=visit.id))


@visit_reports.post("/<int:visit_id>/final")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def make_final(visit):
    """Make the report final."""
    reports.make_final(visit, by=current_user.actor)
    flash("The report is final. The provider’s judgement follows it.", "success")
    return redirect(url_for("visit_reports.show", visit_id=visit.id))
