"""Proposing and approving many children of a match at once, exceptions set aside."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app import jobs
from app.access import Permission, requires
from app.commissioning.models.match import MatchRun
from app.commissioning.placements import bulk
from app.commissioning.placements.bulk_models import BulkState, BulkWork
from app.commissioning.staleness import moved_since
from app.kernel.rules import RuleBroken
from app.web.columns import SET_ASIDE
from app.web.export import download_list
from app.web.forms.placement_proposals import ProposeMany
from app.web.history import history_of
from app.web.runs import with_result

bulk_proposals = Blueprint("bulk_proposals", __name__, url_prefix="/bulk-proposals")


@bulk_proposals.route("/propose/<int:match_run_id>", methods=["GET", "POST"])
@requires(Permission.PROPOSE_PLACEMENT, on=MatchRun)
@with_result
def propose(match_run):
    """Choose the children of a match to propose, and what holds for all of them."""
    form, outcomes = ProposeMany(), bulk.outcomes_to_propose(match_run)
    if form.validate_on_submit():
        known = {outcome.id for outcome in outcomes}
        chosen = [n for n in request.form.getlist("chosen", type=int) if n in known]
        return _asked(bulk.ask_to_propose(match_run, chosen, form.terms(None), current_user))
    context = {"run": match_run, "outcomes": outcomes, "moved": moved_since(match_run)}
    return render_template("bulk_proposals/propose.html", form=form, **context)


@bulk_proposals.route("/approve/<int:match_run_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_PROPOSAL, on=MatchRun)
@with_result
def approve(match_run):
    """Approve the proposals of a match that ask for no exception; see which are set aside."""
    waiting = bulk.proposals_to_approve(match_run)
    aside = {each.id: bulk.needs_a_person(each, current_user) for each in waiting}
    plain = [each for each in waiting if aside[each.id] is None]
    if request.method == "POST":
        known = {each.id for each in plain}
        chosen = [n for n in request.form.getlist("chosen", type=int) if n in known]
        return _asked(bulk.ask_to_approve(match_run, chosen, current_user))
    context = {"run": match_run, "plain": plain, "aside": aside, "waiting": waiting}
    context |= {"moved": moved_since(match_run)}
    return render_template("bulk_proposals/approve.html", **context)


def _asked(work: BulkWork):
    jobs.ask("bulk", work.id)
    return redirect(url_for("bulk_proposals.show", bulk_work_id=work.id))


@bulk_proposals.get("/<int:bulk_work_id>")
@requires(Permission.VIEW_MATCH, on=BulkWork)
def show(bulk_work):
    """How far bulk work has come, and what was set aside, each with its reason."""
    under_way = bulk_work.state in (BulkState.QUEUED, BulkState.RUNNING)
    facts = {"under_way": under_way, "names": bulk.names_of(bulk_work)}
    history = history_of(bulk_work)
    return render_template("bulk_proposals/show.html", work=bulk_work, history=history, **facts)


@bulk_proposals.get("/<int:bulk_work_id>/set-aside.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH, on=BulkWork)
def export(bulk_work, kind):
    """What was set aside, each with its reason, as a spreadsheet."""
    names = bulk.names_of(bulk_work)
    pairs = [(names.get(int(key)), why) for key, why in bulk_work.set_aside.items()]
    return download_list(kind, f"set-aside-{bulk_work.id}", SET_ASIDE, pairs)


@bulk_proposals.post("/<int:bulk_work_id>/resume")
@requires(Permission.PROPOSE_PLACEMENT, on=BulkWork)
def resume(bulk_work):
    """Go on with work that a fault stopped."""
    if bulk_work.requested_by_id != current_user.id:
        raise RuleBroken("Whoever asked for it must go on with it.")
    bulk.resume(bulk_work)
    flash("The work goes on where it stopped.", "success")
    return _asked(bulk_work)
