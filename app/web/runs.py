"""What the pages of a run share while it is under way, be it a match or a trial of one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from app import jobs
from app.commissioning import queries
from app.commissioning.clashes import told_to_reader
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import MatchRun, RunKind
from app.kernel.progress import Progress
from app.web.formats import NOTHING, money, number, per_cent, plural
from app.web.histories import of_run

LOOK_AGAIN = 3
LOOK_AGAIN_LATER = 15
"""Seconds until a page without script, or of work that has died, looks again."""

_STOPPING = {
    RunState.RUNNING: (
        "It will stop in a moment and keep the best result it has.",
        "success",
    ),
    RunState.FAILED: ("It had not begun, so there is nothing to keep.", "info"),
    RunState.FINISHED: ("It had ended already. This is all that it found.", "info"),
}


def with_result(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view show a match that has a result; of any other run lead to where that one stands.

    A match that came to nothing has placed nobody, which is not what it would have found.
    """

    @wraps(view)
    def guarded(match_run: MatchRun, **values: Any) -> Any:
        if match_run.kind is not RunKind.MATCH or match_run.state is not RunState.FINISHED:
            return redirect(url_for("matches.show", match_run_id=match_run.id))
        return view(match_run, **values)

    return guarded


def words_of_stopping(state: RunState) -> tuple[str, str]:
    """What became of a wish to stop, by where the run stands then, and which kind of news it is."""
    return _STOPPING[state]


def lead_to(running: MatchRun):
    """To the match that is under way instead of a new one; whoever sent the form is told."""
    if request.method == "POST":
        flash(
            f"Match {running.id}, asked for by {running.requested_by}, is under way. "
            "Another was not started.",
            "info",
        )
    return redirect(url_for("matches.show", match_run_id=running.id))


def came_to_nothing(run: MatchRun) -> str:
    """The page of a run that failed, and why."""
    (failure,) = told_to_reader([run.failure or ""])
    facts = {"run": run, "failure": failure, "history": of_run(run)}
    return render_template("matches/failed.html", **facts)


def under_way(run: MatchRun):
    """How far a run has come, as a page or, for the page's own script, as JSON.

    Of work that has died there is a page alone: the script then loads it, and it says what to do.
    """
    progress = jobs.progress("match", run.id)
    figures = _figures(progress)
    begun = run.state is RunState.RUNNING
    dead = jobs.is_dead("match", run.id, begun=begun)
    message = progress.message if begun else _waiting(run)
    if request.accept_mimetypes.best == "application/json" and not dead:
        return jsonify(
            fraction=progress.fraction,
            message=message,
            done=False,
            stage=run.state.value,
            figures={name: text for name, _, text in figures},
        )
    return render_template(
        "matches/under_way.html",
        run=run,
        begun=begun,
        dead=dead,
        progress=progress,
        message=message,
        figures=figures,
        refresh_seconds=LOOK_AGAIN_LATER if dead else LOOK_AGAIN,
    )


def _waiting(run: MatchRun) -> str:
    ahead = queries.ahead_of(run)
    if not ahead:
        return "Waiting to start"
    return f"Waiting for {plural(ahead, 'match or trial', 'matches and trials')} asked for before"


def _figures(progress: Progress) -> list[tuple[str, str, str]]:
    """The best result so far: for each figure a key, its name and its value in words."""
    so_far = dict(progress.figures)
    if not so_far.get("placed"):
        so_far.pop("hours_gap", None)  # nothing is proven before the first result
        so_far.pop("cost_gap", None)

    def shown(key: str, write: Any, **options: Any) -> str:
        return write(so_far[key], **options) if so_far.get(key) is not None else NOTHING

    return [
        ("placed", "Children placed", shown("placed", number)),
        ("hours", "Hours a week", shown("hours", number)),
        ("cost_pence", "Cost a week, with transport", shown("cost_pence", money, whole=True)),
        ("hours_gap", "Proven gap in hours", shown("hours_gap", per_cent, places=2)),
        ("cost_gap", "Proven gap in cost", shown("cost_gap", per_cent, places=2)),
    ]
