"""The planner: visits by adviser and week, a day in order of least travel, and calendar feeds."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from app.access import Permission, public, requires
from app.visits import calendars, queries, timing
from app.visits.cycles import cycle_in_force
from app.web.visit_days import adviser_asked, board, day_asked, day_page

visit_planner = Blueprint("visit_planner", __name__, url_prefix="/visit-planner")


@visit_planner.get("/")
@requires(Permission.VIEW_VISIT)
def week():
    """Visits of one week by adviser and day."""
    return render_template("visit_planner/week.html", **board(day_asked(request.args)))


@visit_planner.get("/day")
@requires(Permission.VIEW_VISIT)
def day():
    """An adviser's day in the order of least travel, with a map and a table."""
    adviser, on = adviser_asked(request.args), day_asked(request.args)
    visits = queries.planned_between(on, on, adviser.id)
    about = day_page(visits, cycle_in_force())
    return render_template("visit_planner/day.html", adviser=adviser, day=on, **about)


@visit_planner.post("/day")
@requires(Permission.WRITE_VISIT)
def keep_times():
    """Give the visits of a day the times of the plan."""
    adviser, on = adviser_asked(request.form), day_asked(request.form)
    visits = queries.planned_between(on, on, adviser.id)
    plan, _day, _nowhere = timing.planned(visits, cycle_in_force())
    if plan is not None:
        timing.keep_times(plan, visits)
    flash("The times were kept. They are in the adviser’s calendar.", "success")
    return redirect(url_for("visit_planner.day", adviser=adviser.id, day=on))


@visit_planner.route("/calendar", methods=["GET", "POST"])
@requires(Permission.WRITE_VISIT)
def calendar():
    """A person's own calendar address; a new one ends the old one at once."""
    address, known = None, calendars.calendar_of(current_user)
    if request.method == "POST":
        secret = calendars.renew(current_user)
        path = url_for("visit_planner.feed", secret=secret)
        address = f"{current_app.config['ADDRESS']}{path}"
    return render_template("visit_planner/calendar.html", address=address, known=known)


@visit_planner.get("/feed/<string:secret>")
@public
def feed(secret):
    """An adviser's visits for a calendar program, for whoever has the secret address."""
    owner = calendars.owner_of(secret)
    if owner is None:
        abort(404)
    content = calendars.feed(owner, current_app.config["ADDRESS"])
    return Response(content, mimetype="text/calendar")
