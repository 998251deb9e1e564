"""Quality visits: what is due, what is planned, and one visit from its plan to its findings."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.accounts.models import User
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import actions, interests, planning, queries, service
from app.visits.cycles import cycle_in_force
from app.visits.lifecycle import VisitState
from app.visits.models import Finding, Visit, VisitFile
from app.visits.terms import Answer, FindingKind, Part, Standard, VisitKind
from app.web import files
from app.web import visits as shown
from app.web.export import download
from app.web.forms.visits import (
    AddFile,
    CancelVisit,
    FilterVisits,
    MoveVisit,
    RecordFinding,
    SetAction,
)
from app.web.visit_lists import (
    EXPORT_HEADER,
    SHOWN,
    due_lines,
    faulty_day,
    faulty_plan,
    plan_form,
    rows_to_export,
)
from providers.models.provider import Provider, Site
from providers.uploads import LIMITS

visits = Blueprint("visits", __name__, url_prefix="/visits")
visits.url_value_preprocessor(files.take_large("visits.add_file", Permission.WRITE_VISIT))
PAGE = 20
PARTS = ", ".join(part.value for part in Part)


def _bound():
    return interests.providers_of(current_user.id)


@visits.get("/")
@requires(Permission.VIEW_VISIT)
def due():
    """Visits that are due or overdue, the earliest first, each with its reasons."""
    on, show = today(), request.args.get("show", "due")
    found = queries.worklist(on, cycle_in_force(), bound=_bound())
    counts, page = due_lines(found, show, on)
    return render_template(
        "visits/due.html", page=page, counts=counts, show=show, ways=SHOWN, on=on
    )


@visits.get("/due.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_VISIT)
def export(kind):
    """Every provider's next visit with its reasons, as a spreadsheet."""
    found = queries.worklist(today(), cycle_in_force(), bound=_bound())
    return download(kind, "visits-due", EXPORT_HEADER, rows_to_export(found, today()))


@visits.get("/all")
@requires(Permission.VIEW_VISIT)
def listed():
    """Every visit, the latest first, narrowed by adviser, kind and state."""
    form = FilterVisits(request.args)
    form.adviser.choices += [(str(person.id), person.name) for person in planning.advisers()]
    form.state.choices += [(state.value, state.label) for state in VisitState]
    state = form.state.code(VisitState)
    about = {"adviser_id": form.adviser.number, "kind": form.kind.code(VisitKind)}
    found = queries.visits(states=[state] if state else None, **about)
    reached = visible(found, Visit, Permission.VIEW_VISIT, current_user)
    page = db.paginate(reached, per_page=PAGE, max_per_page=PAGE)
    return render_template("visits/listed.html", page=page, filter=form)


@visits.route("/plan/<int:provider_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Provider)
def plan(provider):
    """Plan a visit to a provider."""
    form = plan_form(provider, request.args)
    if form.validate_on_submit() and not faulty_plan(form, provider):
        who = db.session.get_one(User, form.adviser.data)
        what = (provider, VisitKind(form.kind.data), who, form.planned_on.data)
        site = db.session.get(Site, form.site.data) if form.site.data else None
        about = {"site": site, "minutes": form.minutes.data, "why": form.why.data or ""}
        made = planning.plan(*what, by=current_user.actor, **about)
        flash("The visit was planned.", "success")
        return redirect(url_for("visits.show", visit_id=made.id))
    return render_template("visits/plan.html", form=form, provider=provider)


@visits.get("/<int:visit_id>")
@requires(Permission.VIEW_VISIT, on=Visit, options=queries.WHOLE)
def show(visit):
    """One visit: where it stands and what is next."""
    return render_template(
        "visits/show.html",
        visit=visit,
        sheets=shown.sheets(visit),
        against=shown.standing_against(visit),
        on=today(),
    )


@visits.route("/<int:visit_id>/move", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Visit)
def move(visit):
    """Give a planned visit another day, adviser or length."""
    known = {"adviser": visit.adviser_id, "planned_on": visit.planned_on}
    form = MoveVisit(**known, minutes=visit.minutes)
    form.offer(planning.advisers())
    if form.validate_on_submit() and not faulty_plan(form, visit.provider):
        who = db.session.get_one(User, form.adviser.data)
        planning.move(visit, who, form.planned_on.data, form.minutes.data or visit.minutes)
        flash("The visit was moved.", "success")
        return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/move.html", form=form, visit=visit)


@visits.route("/<int:visit_id>/cancel", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Visit)
def cancel(visit):
    """Cancel a visit with a reason."""
    form = CancelVisit()
    if form.validate_on_submit():
        planning.cancel(visit, form.reason.data)
        flash("The visit was cancelled.", "success")
        return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/cancel.html", form=form, visit=visit)


@visits.post("/<int:visit_id>/start")
@requires(Permission.WRITE_VISIT, on=Visit)
def start(visit):
    """Begin a visit on the spot."""
    service.start(visit, by=current_user.actor)
    return redirect(url_for("visits.carry_out", visit_id=visit.id))


@visits.get("/<int:visit_id>/carry-out")
@requires(Permission.WRITE_VISIT, on=Visit, options=queries.WHOLE)
def carry_out(visit):
    """The whole visit on one page, so that it can be filled in without a connection."""
    if visit.state is not VisitState.UNDER_WAY:
        return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template(
        "visits/carry_out.html",
        visit=visit,
        sheets=shown.sheets(visit),
        Answer=Answer,
        new_key=shown.new_key,
        add_file=AddFile(key=shown.new_key()),
        largest_file=LIMITS.file_bytes,
    )


@visits.get("/worker.js")
@requires(Permission.WRITE_VISIT)
def worker():
    """The script that lets the page of a visit open without a connection; it may do no more
    than what lies beside it, so it stands here and not among the other files."""
    return current_app.send_static_file("visit-worker.js")


@visits.post(f"/<int:visit_id>/parts/<any({PARTS}):part>")
@requires(Permission.WRITE_VISIT, on=Visit)
def save(visit, part):
    """Save a part, once for each key that is sent with it."""
    if shown.wants_json():
        return shown.save_by_script(visit, Part(part), current_user.actor)
    saved = shown.take(visit, Part(part), current_user.actor)
    if not saved.taken:
        return shown.conflict_page(visit, saved)
    flash(f"{Part(part).label} was saved.", "success")
    return redirect(url_for("visits.carry_out", visit_id=visit.id, _anchor=part))


@visits.route("/<int:visit_id>/files", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Visit)
def add_file(visit):
    """Send a photograph or document as evidence; taken once for each key that is sent with it."""
    form = AddFile(part=request.args.get("part"))
    kept = shown.take_file(visit, form, current_user.actor) if form.is_submitted() else None
    if shown.wants_json():
        return shown.about_file(kept, form)
    if kept is not None:
        flash("The file was kept, without where it was taken.", "success")
        return redirect(url_for("visits.show", visit_id=visit.id))
    form.key.data = form.key.data or shown.new_key()
    return render_template("visits/add_file.html", form=form, visit=visit)


@visits.get("/files/<int:visit_file_id>")
@requires(Permission.VIEW_VISIT, on=VisitFile)
def file(visit_file):
    """A file of a visit, to save."""
    return files.give(visit_file.file)


@visits.post("/<int:visit_id>/finish")
@requires(Permission.WRITE_VISIT, on=Visit)
def finish(visit):
    """End the visit on the spot."""
    service.finish(visit)
    flash("The visit is carried out. Judge it and write the report.", "success")
    return redirect(url_for("visits.show", visit_id=visit.id))


@visits.post("/<int:visit_id>/reopen")
@requires(Permission.WRITE_VISIT, on=Visit)
def reopen(visit):
    """Go back to the answers."""
    service.reopen(visit)
    return redirect(url_for("visits.carry_out", visit_id=visit.id))


@visits.route("/<int:visit_id>/findings", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Visit)
def record_finding(visit):
    """Record what was found; something to improve goes on to its action."""
    form = RecordFinding()
    if form.validate_on_submit():
        what = (Standard(form.standard.data), FindingKind(form.kind.data), form.text.data)
        made = service.record_finding(visit, *what, by=current_user.actor)
        flash("The finding was recorded.", "success")
        if made.kind is not FindingKind.STRENGTH:
            return redirect(url_for("visits.set_action", visit_finding_id=made.id))
        return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/record_finding.html", form=form, visit=visit)


@visits.post("/findings/<int:visit_finding_id>/remove")
@requires(Permission.WRITE_VISIT, on=Finding)
def remove_finding(visit_finding):
    """Take a finding out."""
    visit_id = visit_finding.visit_id
    service.remove_finding(visit_finding)
    flash("The finding was removed.", "success")
    return redirect(url_for("visits.show", visit_id=visit_id))


@visits.route("/findings/<int:visit_finding_id>/action", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT, on=Finding)
def set_action(visit_finding):
    """Set what the provider is to do about a finding."""
    form = SetAction()
    if form.validate_on_submit() and not faulty_day(form.due_on):
        what = (form.text.data, form.owner.data, form.due_on.data, form.evidence_required.data)
        actions.set_action(visit_finding, *what)
        flash("The action was set.", "success")
        return redirect(url_for("visits.show", visit_id=visit_finding.visit_id))
    return render_template("visits/set_action.html", form=form, finding=visit_finding)
