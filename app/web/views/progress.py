"""Progress: reviews that are due, one placement's progress, endings, who is ready to move on."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.commissioning.attendance.queries import figures, total
from app.commissioning.placements.lifecycle import Destination, PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import WHOLE
from app.commissioning.progress import endings, overview, reviews, stepdown, worklist
from app.commissioning.progress.models import Review
from app.commissioning.progress.schedule import Urgency, in_words
from app.kernel.clock import today
from app.web.export import download, download_list
from app.web.forms.progress import ending_form, review_form
from app.web.histories import of_progress
from app.web.history import history_of
from app.web.listing import paged
from app.web.progress import (
    OVERSIGHT,
    REVIEWS_HEADER,
    STEP_DOWN_HEADER,
    figures_of_overview,
    objectives_of,
    review_rows,
    step_down_rows,
)

progress = Blueprint("progress", __name__, url_prefix="/progress")
PAGE = 20


@progress.context_processor
def words():
    """How near a review is."""
    return {"near": in_words, "Urgency": Urgency}


def _lines():
    """The reviews that the address asks for: this officer's or all; those due or every one."""
    mine = request.args.get("show") == "mine"
    found = worklist.lines(today(), current_user.id if mine else None)
    if request.args.get("when") == "all":
        return found
    return [line for line in found if line.timing.urgency is not Urgency.LATER]


@progress.get("/")
@requires(Permission.VIEW_REVIEW)
def due():
    """Reviews that are urgent, overdue or due, with the reason; or those of every placement."""
    page = paged(_lines(), PAGE)
    asked = {name: request.args.get(name) for name in ("show", "when")}
    return render_template("progress/due.html", page=page, asked=asked)


@progress.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_REVIEW)
def export(kind):
    """The worklist as a spreadsheet."""
    return download(kind, "reviews", REVIEWS_HEADER, review_rows(_lines()))


@progress.get("/placements/<int:placement_id>")
@requires(Permission.VIEW_REVIEW, on=Placement, options=WHOLE)
def of_placement(placement):
    """One placement's progress: attendance, the reviews, the next one, and how it ended."""
    facts = _facts(placement)
    return render_template("progress/of_placement.html", placement=placement, **facts)


def _facts(placement: Placement) -> dict[str, Any]:
    last = max(today(), placement.last_day)
    is_live = placement.state is PlacementState.LIVE
    held, ending = reviews.held_for(placement), endings.ending_of(placement)
    return {
        "is_live": is_live,
        "line": worklist.line_of(placement, today()) if is_live else None,
        "held": held,
        "figures": total(figures([placement.id], placement.starts_on, last)),
        "ending": ending,
        "history": of_progress(placement, held, ending),
    }


@progress.get("/own/<int:placement_id>")
@requires(Permission.READ_PROGRESS, on=Placement, options=WHOLE)
def own(placement):
    """What a provider reads of a placement of its own: never what was said in confidence."""
    facts = _facts(placement)
    return render_template("progress/own.html", placement=placement, **facts)


@progress.route("/placements/<int:placement_id>/review", methods=["GET", "POST"])
@requires(Permission.HOLD_REVIEW, on=Placement, options=WHOLE)
def review(placement):
    """Record a review that was held, with the attendance since the last beside it."""
    form = review_form(objectives_of(placement))
    if form.validate_on_submit():
        reviews.hold(placement, form.conclusion(), form.progress(), by=current_user.actor)
        flash("The review was recorded.", "success")
        return redirect(url_for("progress.of_placement", placement_id=placement.id))
    since = reviews.attendance_since(placement, today())
    line = worklist.line_of(placement, today())
    values = {"placement": placement, "since": since, "line": line}
    return render_template("progress/review.html", form=form, **values)


@progress.get("/reviews/<int:placement_review_id>")
@requires(Permission.VIEW_REVIEW, on=Review)
def show(placement_review):
    """One review as it was held."""
    history = history_of(placement_review, placement_review.objectives)
    return render_template("progress/show.html", review=placement_review, history=history)


@progress.route("/placements/<int:placement_id>/end", methods=["GET", "POST"])
@requires(Permission.END_PLACEMENT, on=Placement, options=WHOLE)
def end(placement):
    """End a placement: last day, destination, what became of each objective."""
    form = ending_form(objectives_of(placement))
    if form.validate_on_submit():
        _end(placement, form)
        flash(f"{placement.reference} has ended.", "success")
        return redirect(url_for("progress.of_placement", placement_id=placement.id))
    came_to = endings.account(placement, today())
    return render_template("progress/end.html", form=form, placement=placement, came_to=came_to)


def _end(placement, form):
    told = {"where": form.where.data or "", "reason": form.reason.data}
    endings.end(
        placement,
        form.last_day.data,
        Destination(form.destination.data),
        form.outcomes(),
        waits_again=form.waits_again.data,
        by=current_user,
        **told,
    )


@progress.get("/ready-to-move-on")
@requires(Permission.VIEW_STEP_DOWN)
def step_down():
    """Placements that may be ready to move on, with what that would save."""
    found = stepdown.candidates(today())
    return render_template(
        "progress/step_down.html",
        page=paged(found, PAGE),
        count=len(found),
        agreed=sum(each.is_agreed for each in found),
        saving=stepdown.total_saving(found),
        agreed_saving=stepdown.total_saving(found, agreed_only=True),
    )


@progress.get("/ready-to-move-on.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_STEP_DOWN)
def export_step_down(kind):
    """The same as a spreadsheet."""
    rows = step_down_rows(stepdown.candidates(today()))
    return download(kind, "ready-to-move-on", STEP_DOWN_HEADER, rows)


@progress.get("/oversight")
@requires(Permission.VIEW_OVERSIGHT)
def oversight():
    """Alternative provision as a whole: numbers, length, attendance, reviews, destinations."""
    return render_template("progress/oversight.html", found=_overview())


def _overview():
    return overview.of(today(), current_app.config["SMALLEST_GROUP"])


@progress.get("/oversight.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_OVERSIGHT)
def export_oversight(kind):
    """The same figures as a spreadsheet, small groups withheld there too."""
    return download_list(kind, "oversight", OVERSIGHT, figures_of_overview(_overview()))
