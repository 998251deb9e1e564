"""Trials: the inputs of a match matched again, with something changed or nothing, side by side."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user

from app import jobs
from app.access import Permission, requires
from app.commissioning import service
from app.commissioning import trials as compared
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.kernel.database import db
from app.web.columns import MATCHES
from app.web.export import download, download_list
from app.web.histories import of_run
from app.web.runs import came_to_nothing, under_way
from app.web.trials import EXPORT_HEADER, facts, rows_to_export

trials = Blueprint("trials", __name__, url_prefix="/trials")
PAGE = 20


@trials.get("/")
@requires(Permission.VIEW_MATCH)
def made():
    """Every trial that was made, the newest first."""
    page = db.paginate(compared.listed(), per_page=PAGE, max_per_page=PAGE)
    return render_template("trials/made.html", page=page)


@trials.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH)
def export(kind):
    """The trials that were made, as a spreadsheet."""
    return download_list(kind, "trials", MATCHES, compared.listed())


@trials.get("/<int:match_run_id>")
@requires(Permission.VIEW_MATCH, on=MatchRun)
def show(match_run):
    """A trial beside its match; while it runs, how far it has come."""
    if match_run.kind is RunKind.MATCH:
        return redirect(url_for("matches.show", match_run_id=match_run.id))
    if match_run.state in (RunState.QUEUED, RunState.RUNNING):
        return under_way(match_run)
    if match_run.state is RunState.FAILED:
        return came_to_nothing(match_run)
    found = facts(match_run) | {"history": of_run(match_run)}
    return render_template("trials/show.html", run=match_run, **found)


@trials.get("/<int:match_run_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_MATCH, on=MatchRun)
def export_comparison(match_run, kind):
    """Every child for whom a trial differs from its match, as a spreadsheet."""
    if match_run.kind is RunKind.MATCH or match_run.state is not RunState.FINISHED:
        abort(404)
    return download(kind, f"trial-{match_run.id}", EXPORT_HEADER, rows_to_export(match_run))


@trials.post("/again/<int:match_run_id>")
@requires(Permission.RUN_MATCH, on=MatchRun)
def again(match_run):
    """Match the very same inputs again, to see that they give the same answer."""
    trial = service.request_trial(current_user, RunKind.AGAIN, match_run)
    jobs.ask("match", trial.id)
    return redirect(url_for("trials.show", match_run_id=trial.id))


@trials.post("/<int:match_run_id>/repeat")
@requires(Permission.RUN_MATCH, on=MatchRun)
def repeat(match_run):
    """Ask once more for a trial that came to nothing."""
    trial = service.repeat_trial(match_run, current_user)
    jobs.ask("match", trial.id)
    return redirect(url_for("trials.show", match_run_id=trial.id))
