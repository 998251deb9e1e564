"""Matches: run one, see what it found for the county and for each child, take it away."""

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from app import jobs
from app.access import Permission, requires
from app.commissioning import queries, service
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchOutcome, MatchRun
from app.kernel.database import db
from app.web.export import download
from app.web.forms.matches import FilterOutcomes, StartMatch
from app.web.listing import Sort
from app.web.matches import figures, map_of_match, rows_to_export

matches = Blueprint("matches", __name__, url_prefix="/matches")
PAGE = 20


@matches.get("/")
@requires(Permission.VIEW_MATCH)
def runs():
    """Every match that was run, the newest first."""
    page = db.paginate(queries.runs(), per_page=PAGE)
    return render_template("matches/runs.html", page=page)


@matches.route("/start", methods=["GET", "POST"])
@requires(Permission.RUN_MATCH)
def start():
    """Ask for a match of every child who waits; while one is under way, show that one."""
    if under_way := queries.run_under_way():
        return redirect(url_for("matches.show", match_run_id=under_way.id))
    form = StartMatch(seconds=current_app.config["MATCH_SECONDS"])
    if form.validate_on_submit():
        run = service.request_match(
            current_user, seconds=form.seconds.data, confirmed_within_days=form.confirmed_within
        )
        jobs.ask("match", run.id)
        return redirect(url_for("matches.show", match_run_id=run.id))
    waiting = queries.waiting_counts()
    return render_template("matches/start.html", form=form, waiting=waiting)


@matches.get("/<int:match_run_id>")
@requires(Permission.VIEW_MATCH, on=MatchRun)
def show(match_run):
    """What a match found; while it runs, how far it has come."""
    if match_run.state in (RunState.QUEUED, RunState.RUNNING):
        return _under_way(match_run)
    if match_run.state is RunState.FAILED:
        return render_template("matches/failed.html", run=match_run)
    form = FilterOutcomes(request.args)
    sort = Sort.from_args(request.args, queries.OUTCOME_ORDERS, "-waiting")
    page = db.paginate(queries.outcomes(match_run, form.criteria(), sort), per_page=PAGE)
    return render_template(
        "matches/show.html", run=match_run, page=page, form=form, sort=sort, **figures(match_run)
    )


def _under_way(run: MatchRun):
    """How far a run has come, as a page or, for the page's own script, as JSON."""
    progress = jobs.progress("match", run.id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(fraction=progress.fraction, message=progress.message, done=False)
    return render_template(
        "matches/under_way.html", run=run, progress=progress, refresh_seconds=3
    )


@matches.post("/<int:match_run_id>/stop")
@requires(Permission.RUN_MATCH, on=MatchRun)
def stop(match_run):
    """End a run early and keep the best it has found."""
    jobs.ask_to_stop("match", match_run.id)
    flash("The match will stop in a moment and keep the best result it has.", "success")
    return redirect(url_for("matches.show", match_run_id=match_run.id))


@matches.get("/outcomes/<int:match_outcome_id>")
@requires(Permission.VIEW_MATCH, on=MatchOutcome)
def outcome(match_outcome):
    """What a match found for one child, and why."""
    return render_template("matches/outcome.html", outcome=match_outcome, run=match_outcome.run)


@matches.get("/<int:match_run_id>/map")
@requires(Permission.VIEW_MATCH, on=MatchRun)
def map_page(match_run):
    """Where the children of a match live, by postcode sector, and where each would go."""
    table = queries.outcomes(match_run, queries.OutcomeCriteria())
    page = db.paginate(table, per_page=50)
    picture = map_of_match(match_run)
    return render_template("matches/map.html", run=match_run, page=page, picture=picture)


@matches.get("/<int:match_run_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_MATCH, on=MatchRun)
def export(match_run, kind):
    """The whole list, one row a component, as a spreadsheet."""
    form = FilterOutcomes(request.args)
    header, rows = rows_to_export(match_run, form.criteria())
    return download(kind, f"match-{match_run.id}", header, rows)
