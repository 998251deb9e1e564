"""Teams: whom they limit, their people and their areas."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.access import Permission, requires
from app.children.reach import teams as service
from app.children.reach.models import Team
from app.kernel.rules import RuleBroken
from app.web.forms.entries import refuse
from app.web.forms.teams import WhomTeamsLimit, WriteTeam

teams = Blueprint("teams", __name__, url_prefix="/teams")


@teams.route("/", methods=["GET", "POST"])
@requires(Permission.SET_TEAMS)
def listed():
    """Every team, and whom they limit."""
    form = WhomTeamsLimit.of(service.rule())
    if form.validate_on_submit() and _set_rule(form):
        flash("Whom teams limit was saved. It holds from now on.", "success")
        return redirect(url_for(".listed"))
    return render_template(
        "teams/listed.html",
        form=form,
        teams=service.teams(),
        rule=service.rule(),
        without=service.waiting_in_no_team(),
    )


def _set_rule(form: WhomTeamsLimit) -> bool:
    try:
        service.set_rule(**form.values())
    except RuleBroken as refusal:
        refuse(form, {"belongs": str(refusal)})
        return False
    return True


@teams.route("/new", methods=["GET", "POST"])
@requires(Permission.SET_TEAMS)
def new():
    """Add a team."""
    return _write(None)


@teams.route("/<int:team_id>", methods=["GET", "POST"])
@requires(Permission.SET_TEAMS, on=Team)
def change(team):
    """Change a team's name, people or area."""
    return _write(team)


def _write(team: Team | None):
    form = WriteTeam.about(team, service.people_for_teams())
    if form.validate_on_submit():
        try:
            saved = service.save_team(team, **form.values())
        except RuleBroken as refusal:
            field = "people" if str(refusal) == service.NOBODY_LEFT else "name"
            refuse(form, {field: str(refusal)})
        else:
            flash(f"The team {saved.name} was saved.", "success")
            return redirect(url_for(".listed"))
    return render_template("teams/write.html", form=form, team=team)


@teams.route("/<int:team_id>/remove", methods=["GET", "POST"])
@requires(Permission.SET_TEAMS, on=Team)
def remove(team):
    """Remove a team."""
    if request.method == "POST":
        service.remove_team(team)
        flash(f"The team {team.name} was removed.", "success")
        return redirect(url_for(".listed"))
    return render_template("teams/remove.html", team=team)
