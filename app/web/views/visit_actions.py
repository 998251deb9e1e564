"""Actions from visits: the provider answers, the adviser closes or returns."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.access import Permission, requires, visible
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import actions as service
from app.visits import queries
from app.visits.lifecycle import NOT_CLOSED, ActionState
from app.visits.models import Action, Visit
from app.web import files
from app.web.forms.entries import refuse
from app.web.forms.visits import AnswerAction, DecideAction, ReturnAction
from providers.uploads import RefusedFile

visit_actions = Blueprint("visit_actions", __name__, url_prefix="/visit-actions")
visit_actions.url_value_preprocessor(
    files.take_large("visit_actions.answer", Permission.ANSWER_VISIT_ACTION)
)
PAGE = 20
COLOURS = {"open": "yellow", "answered": "blue", "returned": "yellow", "closed": "green"}
WITH_VISIT = (joinedload(Action.visit).joinedload(Visit.provider), joinedload(Action.finding))


@visit_actions.context_processor
def words():
    """The colours of states."""
    return {"action_colours": COLOURS, "ActionState": ActionState}


@visit_actions.get("/")
@requires(Permission.VIEW_VISIT_ACTION)
def listed():
    """Actions that are not closed, the earliest due first; or the overdue, or every one."""
    show, on = request.args.get("show", "open"), today()
    states = tuple(ActionState) if show == "all" else NOT_CLOSED
    found = queries.actions(states=states, overdue_on=on if show == "overdue" else None)
    reached = visible(found, Action, Permission.VIEW_VISIT_ACTION, current_user)
    page = db.paginate(reached, per_page=PAGE, max_per_page=PAGE)
    return render_template("visit_actions/listed.html", page=page, show=show, on=on)


@visit_actions.get("/<int:visit_action_id>")
@requires(Permission.VIEW_VISIT_ACTION, on=Action, options=WITH_VISIT)
def show(visit_action):
    """One action with its finding, its answer, and what was decided."""
    return render_template("visit_actions/show.html", action=visit_action, on=today())


@visit_actions.get("/<int:visit_action_id>/file")
@requires(Permission.VIEW_VISIT_ACTION, on=Action)
def file(visit_action):
    """The document that was sent with an answer."""
    return files.give_or_404(visit_action.file)


@visit_actions.route("/<int:visit_action_id>/answer", methods=["GET", "POST"])
@requires(Permission.ANSWER_VISIT_ACTION, on=Action, options=WITH_VISIT)
def answer(visit_action):
    """The provider says what was done."""
    form = AnswerAction()
    if form.validate_on_submit():
        sent = files.upload(form.file.data) if form.file.data else None
        about = {"by": current_user.actor, "files": files.storage()}
        try:
            service.answer(visit_action, form.answer.data, sent, **about)
        except RefusedFile as refusal:
            refuse(form, {"file": str(refusal)})
        else:
            flash("Your answer was sent.", "success")
            return redirect(url_for("visit_actions.show", visit_action_id=visit_action.id))
    return render_template("visit_actions/answer.html", form=form, action=visit_action)


@visit_actions.route("/<int:visit_action_id>/close", methods=["GET", "POST"])
@requires(Permission.DECIDE_VISIT_ACTION, on=Action, options=WITH_VISIT)
def close(visit_action):
    """Accept what was done."""
    form = DecideAction()
    if form.validate_on_submit():
        service.close(visit_action, form.note.data or "", by=current_user.actor)
        flash("The action was closed.", "success")
        return redirect(url_for("visit_actions.show", visit_action_id=visit_action.id))
    return render_template("visit_actions/close.html", form=form, action=visit_action)


@visit_actions.route("/<int:visit_action_id>/return", methods=["GET", "POST"])
@requires(Permission.DECIDE_VISIT_ACTION, on=Action, options=WITH_VISIT)
def give_back(visit_action):
    """Return an answer that is not enough."""
    form = ReturnAction(due_on=visit_action.due_on)
    if form.validate_on_submit():
        about = (form.note.data, form.due_on.data)
        service.give_back(visit_action, *about, by=current_user.actor)
        flash("The action was returned to the provider.", "success")
        return redirect(url_for("visit_actions.show", visit_action_id=visit_action.id))
    return render_template("visit_actions/give_back.html", form=form, action=visit_action)
