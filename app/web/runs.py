"""What the pages of a run share while it is under way, be it a match or a trial of one."""

from datetime import timedelta
from typing import Any

from flask import jsonify, render_template, request

from app import jobs
from app.commissioning.models.match import MatchRun
from app.kernel.clock import now
from app.kernel.progress import Progress
from app.web.formats import NOTHING, money, number, per_cent

PATIENCE = timedelta(minutes=10)


def under_way(run: MatchRun):
    """How far a run has come, as a page or, for the page's own script, as JSON."""
    progress = jobs.progress("match", run.id)
    figures = _figures(progress)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(
            fraction=progress.fraction,
            message=progress.message,
            done=False,
            figures={name: text for name, _, text in figures},
        )
    return render_template(
        "matches/under_way.html",
        run=run,
        progress=progress,
        figures=figures,
        overdue=is_overdue(run),
        refresh_seconds=3,
    )


def is_overdue(run: MatchRun) -> bool:
    """Whether a run should have ended long ago: twice its time and ten minutes have passed."""
    expected = timedelta(seconds=2 * run.parameters["seconds"]) + PATIENCE
    return now() > run.requested_at + expected


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
        ("cost_pence", "Cost a week", shown("cost_pence", money, whole=True)),
        ("hours_gap", "Proven gap in hours", shown("hours_gap", per_cent, places=2)),
        ("cost_gap", "Proven gap in cost", shown("cost_gap", per_cent, places=2)),
    ]
