"""A provider's standing on the framework: suspend, reinstate, remove, record that it left."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.web.forms.reviews import DecideStanding
from providers import standing as service
from providers.models.provider import Provider

standings = Blueprint("standings", __name__, url_prefix="/standing")
MOVES = {name.split()[-1]: name for name in service.BY_HAND}


@standings.get("/<int:provider_id>")
@requires(Permission.SET_STANDING, on=Provider)
def show(provider):
    """How a provider stands, what may be decided now, and what was decided before."""
    offered = [(move.name.split()[-1], move.name) for move in service.moves(provider)]
    history = service.history(provider)
    return render_template(
        "standings/show.html", provider=provider, offered=offered, history=history
    )


@standings.route(f"/<int:provider_id>/<any({', '.join(MOVES)}):move>", methods=["GET", "POST"])
@requires(Permission.SET_STANDING, on=Provider)
def decide(provider, move):
    """Decide about a provider, with a reason."""
    form = DecideStanding()
    if form.validate_on_submit():
        service.decide(provider, MOVES[move], form.reason.data, by=current_user.actor)
        flash(f"{provider.name} is now {provider.state.value}.", "success")
        return redirect(url_for("standings.show", provider_id=provider.id))
    return render_template(
        "standings/decide.html", form=form, provider=provider, move=move, name=MOVES[move]
    )
