"""Matches: run one, see what it found for the county and for each child, take it away."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from app import jobs
from app.access import Permission, requires
from app.commissioning import (
    costs_of_choices,
    equality,
    policies,
    queries,
    rulings,
    service,
    sufficiency,
)
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchOutcome, MatchRun, RunKind
from app.commissioning.recheck import doubts
from app.commissioning.staleness import moved_since
from app.kernel.database import db
from app.kernel.reach import current
from app.web.child_search import look_for, looked_for
from app.web.columns import DOUBTS, EQUALITY, MATCHES, SHORTAGES
from app.web.export import download, download_list
from app.web.forms.matches import FilterOutcomes, StartMatch
from app.web.histories import of_run
from app.web.listing import Sort, paged
from app.web.matches import figures, map_of_match, rows_to_export, smallest_for_reader
from app.web.roads import roads_of
from app.web.runs import came_to_nothing, lead_to, under_way, with_result, words_of_stopping

matches = Blueprint("matches", __name__, url_prefix="/matches")
PAGE = 20


@matches.get("/")
@requires(Permission.VIEW_MATCH)
def runs():
    """Every match that was run, the newest first."""
    page = db.paginate(queries.runs(), per_page=PAGE)
    return render_template("matches/runs.html", page=page)


@matches.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH)
def export_runs(kind):
    """The matches that were run, as a spreadsheet."""
    return download_list(kind, "matches", MATCHES, queries.runs())


@matches.route("/start", methods=["GET", "POST"])
@requires(Permission.RUN_MATCH)
def start():
    """Ask for a match of every child who waits; while one is under way, show that one."""
    if running := queries.run_under_way():
        return lead_to(running)
    days = policies.capacity_days(policies.in_force())
    form = StartMatch(days, seconds=current_app.config["MATCH_SECONDS"])
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
    if match_run.kind is not RunKind.MATCH:
        return redirect(url_for("trials.show", match_run_id=match_run.id))
    if match_run.state in (RunState.QUEUED, RunState.RUNNING):
        return under_way(match_run)
    if match_run.state is RunState.FAILED:
        return came_to_nothing(match_run)
    return render_template("matches/show.html", run=match_run, **_found(match_run))


def _found(run: MatchRun) -> dict[str, Any]:
    """The list of a match's children as its filters leave it, and the figures above it."""
    form = FilterOutcomes(request.args)
    sort = Sort.from_args(request.args, queries.OUTCOME_ORDERS, "-waiting")
    listed = queries.outcomes(run, form.criteria(text := looked_for("matches")), sort)
    page = db.paginate(listed, per_page=PAGE)
    return {"form": form, "sort": sort, "page": page, "moved": moved_since(run), **figures(run)} | {
        "history": of_run(run),
        "looked_for": text,
    }


@matches.post("/<int:match_run_id>")
@requires(Permission.VIEW_MATCH, on=MatchRun)
def look_for_outcome(match_run):
    """Narrow a match's children to a name or reference, or no longer."""
    return look_for("matches")


@matches.post("/<int:match_run_id>/stop")
@requires(Permission.RUN_MATCH, on=MatchRun)
def stop(match_run):
    """End a run early and keep the best it has found."""
    state = service.stop_match(match_run, current_user)
    if state is RunState.RUNNING:
        jobs.ask_to_stop("match", match_run.id)
    flash(*words_of_stopping(state))
    return redirect(url_for("matches.show", match_run_id=match_run.id))


@matches.get("/<int:match_run_id>/check")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def check(match_run):
    """Which recommendations of a match would not be given as things stand now."""
    page, some = paged(doubts(match_run), PAGE), not current().is_all
    facts = {"page": page, "some": some, "moved": moved_since(match_run)}
    return render_template("matches/check.html", run=match_run, **facts)


@matches.get("/<int:match_run_id>/check.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_MATCH, on=MatchRun)
@with_result
def export_check(match_run, kind):
    """The recommendations that do not hold now, as a spreadsheet."""
    return download_list(kind, f"match-{match_run.id}-checked", DOUBTS, doubts(match_run))


@matches.get("/<int:match_run_id>/equality")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def equality_check(match_run):
    """Whether a match treats groups of children alike; small groups are withheld."""
    smallest = current_app.config["SMALLEST_GROUP"]
    whole, dimensions = equality.check(match_run, smallest)
    facts = {"whole": whole, "dimensions": dimensions, "smallest": smallest}
    return render_template("matches/equality.html", run=match_run, **facts)


@matches.get("/<int:match_run_id>/sufficiency")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def shortfall(match_run):
    """Where the county is short: hours not placed, and what more room would be worth."""
    return render_template(
        "matches/sufficiency.html",
        run=match_run,
        smallest=(smallest := smallest_for_reader()),
        shortages=sufficiency.shortages(match_run, smallest),
        worth=sufficiency.worth_of_an_hour(match_run),
    )


@matches.get("/<int:match_run_id>/equality.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def export_equality(match_run, kind):
    """The figures of the equality check as a spreadsheet, small groups withheld there too."""
    _whole, dimensions = equality.check(match_run, current_app.config["SMALLEST_GROUP"])
    pairs = [(dimension.name, group) for dimension in dimensions for group in dimension.groups]
    return download_list(kind, f"equality-{match_run.id}", EQUALITY, pairs)


@matches.get("/<int:match_run_id>/sufficiency.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def export_shortfall(match_run, kind):
    """Where the county is short, as a spreadsheet."""
    found = sufficiency.shortages(match_run, smallest_for_reader())
    pairs = [(by, group) for by, groups in found.items() for group in groups]
    return download_list(kind, f"short-{match_run.id}", SHORTAGES, pairs)


@matches.get("/outcomes/<int:match_outcome_id>")
@requires(Permission.VIEW_MATCH, on=MatchOutcome)
def outcome(match_outcome):
    """What a match found for one child, and why."""
    return render_template(
        "matches/outcome.html",
        outcome=match_outcome,
        run=match_outcome.run,
        rulings=rulings.in_force([match_outcome.referral]),
        costs=costs_of_choices.known_for(match_outcome),
        choosable=costs_of_choices.choices_of(match_outcome),
        roads=roads_of(match_outcome),
    )


@matches.get("/<int:match_run_id>/map")
@requires(Permission.VIEW_MATCH, on=MatchRun)
@with_result
def map_page(match_run):
    """Where the children of a match live, by postcode sector, and where each would go."""
    table = queries.outcomes(match_run, queries.OutcomeCriteria())
    page = db.paginate(table, per_page=50)
    picture = map_of_match(match_run)
    return render_template("matches/map.html", run=match_run, page=page, picture=picture)


@matches.get("/<int:match_run_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_MATCH, on=MatchRun)
@with_result
def export(match_run, kind):
    """The whole list, one row a component, as a spreadsheet."""
    form = FilterOutcomes(request.args)
    header, rows = rows_to_export(match_run, form.criteria(looked_for("matches")))
    return download(kind, f"match-{match_run.id}", header, rows)
