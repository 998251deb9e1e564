"""Placements: the list that each person may see, and one with all that belongs to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, may, requires, visible
from app.commissioning.placements import queries, running
from app.commissioning.placements.models import Placement
from app.kernel.database import db
from app.web.agreements import placement_facts
from app.web.child_search import look_for, looked_for
from app.web.export import download
from app.web.forms.agreements import GiveReason
from app.web.forms.placements import FilterPlacements
from app.web.listing import Sort
from app.web.placement_notices import tell_provider_of_change
from app.web.placements import EXPORT_HEADER, rows_to_export
from providers.needs import sessions_in_words

placements = Blueprint("placements", __name__, url_prefix="/placements")
PAGE = 20


@placements.context_processor
def words():
    """The words for half-days."""
    return {"days": sessions_in_words}


def _knows_names() -> bool:
    """Whether whoever asks knows these children by name: a case worker, or their provider."""
    return current_user.provider_id is not None or may(current_user, Permission.VIEW_CHILD)


def _listed(form: FilterPlacements, sort: Sort):
    criteria = form.criteria(looked_for("placements"), _knows_names())
    listed = queries.placements(criteria, sort.by, sort.descending)
    return visible(listed, Placement, Permission.VIEW_PLACEMENT, current_user)


@placements.get("/")
@requires(Permission.VIEW_PLACEMENT)
def listed():
    """Placements as the filters leave them, the latest to start first."""
    form = FilterPlacements(request.args)
    sort = Sort.from_args(request.args, queries.PLACEMENT_ORDERS, "-start")
    page = db.paginate(_listed(form, sort), per_page=PAGE, max_per_page=PAGE)
    facts = {"form": form, "sort": sort, "page": page, "looked_for": looked_for("placements")}
    facts["named"] = _knows_names()
    return render_template("placements/listed.html", **facts)


@placements.post("/")
@requires(Permission.VIEW_PLACEMENT)
def look_for_placement():
    """Narrow the list to a child's name or a reference, or no longer."""
    return look_for("placements")


@placements.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_PLACEMENTS)
def export(kind):
    """The list as its filters leave it, as a spreadsheet."""
    sort = Sort.from_args(request.args, queries.PLACEMENT_ORDERS, "-start")
    rows = rows_to_export(_listed(FilterPlacements(request.args), sort))
    return download(kind, "placements", EXPORT_HEADER, rows)


@placements.get("/<int:placement_id>")
@requires(Permission.VIEW_PLACEMENT, on=Placement, options=queries.WHOLE)
def show(placement):
    """One placement, what it still needs, its agreement, its cost and its history."""
    return render_template("placements/show.html", **placement_facts(placement))


@placements.post("/<int:placement_id>/start")
@requires(Permission.MANAGE_PLACEMENT, on=Placement)
def start(placement):
    """The child has begun."""
    running.start(placement)
    flash(f"{placement.reference} is live.", "success")
    return redirect(url_for(".show", placement_id=placement.id))


@placements.route("/<int:placement_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACEMENT, on=Placement)
def cancel(placement):
    """Cancel a placement before it starts."""
    form = GiveReason()
    if form.validate_on_submit():
        running.cancel(placement, form.reason.data)
        tell_provider_of_change(placement, "cancelled")
        flash(f"{placement.reference} was cancelled. Its room and its money are free.", "success")
        return redirect(url_for(".show", placement_id=placement.id))
    return render_template("placements/cancel.html", form=form, placement=placement)
