"""Stops of new placements: those in force, imposing one by hand, lifting one with a reason."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.kernel.database import db
from app.web.children_there import counted, there
from app.web.forms.stops import ImposeStop, LiftStop
from providers import stops as service
from providers.models.provider import Provider
from providers.models.stop import PlacementStop

stops = Blueprint("stops", __name__, url_prefix="/stops")
PAGE = 20


@stops.get("/")
@requires(Permission.VIEW_STOP)
def listed():
    """The stops in force, or every one there was."""
    shown_all = request.args.get("show") == "all"
    found = service.listed(all_of_them=shown_all)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    return render_template("stops/listed.html", page=page, shown_all=shown_all)


@stops.get("/<int:placement_stop_id>")
@requires(Permission.VIEW_STOP, on=PlacementStop)
def show(placement_stop):
    """One stop: why, since when, by whom, and how it ended."""
    return render_template("stops/show.html", stop=placement_stop)


@stops.get("/providers/<int:provider_id>/children")
@requires(Permission.VIEW_CHILD, on=Provider)
def children(provider):
    """The children at a provider, about to start or just gone, each with officer and next step."""
    lines = there(provider, today())
    return render_template(
        "stops/children.html", provider=provider, lines=lines, counted=counted(lines)
    )


@stops.route("/impose/<int:provider_id>", methods=["GET", "POST"])
@requires(Permission.SET_STOP, on=Provider)
def impose(provider):
    """Stop new placements at a provider, by decision."""
    form = ImposeStop(provider.offers)
    if form.validate_on_submit():
        stop = service.impose_by_hand(
            provider,
            form.reason.data,
            form.source.data,
            by=current_user.actor,
            offer=form.chosen(provider.offers),
        )
        flash(f"New placements at {provider.name} are stopped: {stop.about}.", "success")
        return redirect(url_for("stops.show", placement_stop_id=stop.id))
    return render_template("stops/impose.html", form=form, provider=provider)


@stops.route("/<int:placement_stop_id>/lift", methods=["GET", "POST"])
@requires(Permission.SET_STOP, on=PlacementStop)
def lift(placement_stop):
    """Lift a stop, with the reason."""
    form = LiftStop()
    if form.validate_on_submit():
        service.lift(placement_stop, form.reason.data, by=current_user.actor)
        flash(f"The stop at {placement_stop.provider.name} is lifted.", "success")
        return redirect(url_for("stops.show", placement_stop_id=placement_stop.id))
    return render_template("stops/lift.html", form=form, stop=placement_stop)
