"""Concerns about providers: recording one, and what those who need it see and decide."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, may, requires, visible
from app.accounts.models import User
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import interests
from app.visits.concerns import queries, service
from app.visits.concerns.models import Concern, ConcernAction
from app.visits.concerns.terms import CONCERN, ConcernKind, Outcome, Priority
from app.web.concerns import EXPORT_HEADER, received, rows
from app.web.export import download
from app.web.forms import concerns as forms
from providers.models.provider import Provider

concerns = Blueprint("concerns", __name__, url_prefix="/concerns")
PAGE = 20


def _to(concern, message):
    flash(message, "success")
    return redirect(url_for("concerns.show", concern_id=concern.id))


@concerns.get("/")
@requires(Permission.VIEW_CONCERN)
def listed():
    """The concerns that this person may see: all, or those that they recorded."""
    form = forms.FilterConcerns(request.args)
    asked = queries.concerns(**form.criteria())
    found = visible(asked, Concern, Permission.VIEW_CONCERN, current_user)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    return render_template("concerns/listed.html", page=page, filter=form)


@concerns.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_CONCERNS)
def export(kind):
    """The same list as a spreadsheet, without what the concerns say and without children."""
    asked = queries.concerns(**forms.FilterConcerns(request.args).criteria())
    found = visible(asked, Concern, Permission.EXPORT_CONCERNS, current_user)
    return download(kind, "concerns", EXPORT_HEADER, rows(db.session.scalars(found)))


@concerns.get("/pattern")
@requires(Permission.VIEW_PATTERN)
def pattern():
    """The pattern across a year’s concerns: by provider, kind and month."""
    bound = interests.providers_of(current_user.id)
    found = queries.pattern(today(), leaving_out=bound)
    return render_template("concerns/pattern.html", pattern=found, kinds=list(ConcernKind))


@concerns.get("/<int:concern_id>")
@requires(Permission.VIEW_CONCERN, on=Concern, options=queries.WHOLE)
def show(concern):
    """A concern whole, or for its recorder what became of it."""
    if not may(current_user, Permission.HANDLE_CONCERN, concern):
        return render_template("concerns/receipt.html", concern=concern)
    moves = [move.name for move in CONCERN.offered(concern)]
    return render_template(
        "concerns/show.html",
        concern=concern,
        moves=moves,
        last_day=service.last_day_of_visit(concern),
    )


@concerns.route("/record/<int:provider_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_CONCERN, on=Provider)
def record(provider):
    """Record a concern about a provider."""
    form = forms.RecordConcern()
    if form.validate_on_submit():
        made = service.record(provider, **form.entered(), by=current_user)
        return _to(made, received(made.reference, form.child.data or ""))
    return render_template("concerns/record.html", form=form, provider=provider)


@concerns.route("/<int:concern_id>/triage", methods=["GET", "POST"])
@requires(Permission.HANDLE_CONCERN, on=Concern)
def triage(concern):
    """Decide how soon it is acted upon, and by whom."""
    form = forms.Triage(
        priority=concern.priority, handler=str(concern.handler_id or ""), note=concern.triage_note
    )
    if form.validate_on_submit():
        handler = db.session.get_one(User, int(form.handler.data))
        priority, note = Priority(form.priority.data), form.note.data or ""
        service.triage(concern, priority, handler, note, by=current_user.actor)
        return _to(concern, f"{handler.name} handles {concern.reference}.")
    return _ask("Decide priority and handler", form, concern, "Save")


@concerns.route("/<int:concern_id>/action", methods=["GET", "POST"])
@requires(Permission.HANDLE_CONCERN, on=Concern)
def add_action(concern):
    """Set something that is to be done."""
    form = forms.AddAction()
    if form.validate_on_submit():
        service.add_action(concern, form.text.data, form.owner.data, form.due_on.data)
        return _to(concern, "The action was added.")
    return _ask("Add an action", form, concern, "Add the action")


@concerns.post("/<int:concern_id>/actions/<int:number>/done")
@requires(Permission.HANDLE_CONCERN, on=Concern)
def finish_action(concern, number):
    """Note that an action was done."""
    action = db.one_or_404(
        db.select(ConcernAction).filter_by(id=number, concern_id=concern.id).with_for_update()
    )
    service.finish_action(action, by=current_user.actor)
    return _to(concern, "The action was noted as done.")


@concerns.route("/<int:concern_id>/refer", methods=["GET", "POST"])
@requires(Permission.HANDLE_CONCERN, on=Concern)
def refer(concern):
    """Note a referral to the designated officer."""
    form = forms.ReferConcern(on=concern.referred_on or today(), note=concern.referral_note)
    if form.validate_on_submit():
        service.refer(concern, form.on.data, form.note.data)
        return _to(concern, "The referral to the designated officer was noted.")
    return _ask("Referral to the designated officer", form, concern, "Save the referral")


@concerns.route("/<int:concern_id>/visit", methods=["GET", "POST"])
@requires(Permission.HANDLE_CONCERN, on=Concern)
def plan_visit(concern):
    """Plan the visit without notice."""
    form = forms.PlanVisit()
    if form.validate_on_submit():
        adviser = db.session.get_one(User, int(form.adviser.data))
        service.plan_visit(concern, adviser, form.on.data, by=current_user.actor)
        return _to(concern, "The visit was planned. The provider is not told of it.")
    return _ask("Plan a visit without notice", form, concern, "Plan the visit")


@concerns.route("/<int:concern_id>/stop", methods=["GET", "POST"])
@requires(Permission.STOP_FOR_CONCERN, on=Concern)
def stop(concern):
    """Stop new placements because of a concern."""
    form = forms.StopForConcern()
    if form.validate_on_submit():
        service.stop_placements(concern, form.reason.data, by=current_user.actor)
        return _to(concern, f"New placements at {concern.provider.name} are stopped.")
    return _ask("Stop new placements", form, concern, "Stop new placements")


@concerns.route("/<int:concern_id>/close", methods=["GET", "POST"])
@requires(Permission.HANDLE_CONCERN, on=Concern)
def close(concern):
    """Close a concern with its outcome."""
    form = forms.CloseConcern()
    if form.validate_on_submit():
        outcome, told = Outcome(form.outcome.data), form.told.data or ""
        service.close(concern, outcome, form.note.data, told, by=current_user.actor)
        return _to(concern, f"{concern.reference} is closed.")
    return _ask("Close the concern", form, concern, "Close the concern")


@concerns.post("/<int:concern_id>/reopen")
@requires(Permission.HANDLE_CONCERN, on=Concern)
def reopen(concern):
    """Take a closed concern up again."""
    service.reopen(concern)
    return _to(concern, f"{concern.reference} is open again.")


def _ask(title, form, concern, button):
    return render_template(
        "concerns/decide.html", title=title, form=form, concern=concern, button=button
    )
