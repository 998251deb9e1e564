"""Further sites and offers of a provider: proposing them, and deciding about them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.rules import require
from app.web.additions import bring_in, facts
from app.web.entry_notices import tell_of_addition
from app.web.forms.additions import DecideAddition
from providers import additions as service
from providers.models.addition import Addition, AdditionKind

additions = Blueprint("additions", __name__, url_prefix="/additions")
KINDS = ", ".join(kind.value for kind in AdditionKind)


@additions.route(f"/<any({KINDS}):kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE)
def propose(kind):
    """Propose a further site or offer."""
    return _proposed(AdditionKind(kind))


@additions.route("/<int:addition_id>/again", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE, on=Addition)
def again(addition):
    """Change a proposal that waits or was returned, and send it anew."""
    return _proposed(addition.kind, addition)


def _proposed(kind: AdditionKind, earlier: Addition | None = None):
    require(service.closed_to(current_user.provider, kind))
    form, made = bring_in(current_user.provider, kind, earlier, by=current_user.actor)
    if made:
        flash("Sent to the authority for approval.", "success")
        return redirect(url_for("portal.own"))
    return render_template(f"additions/{kind.value}.html", form=form, earlier=earlier)


@additions.post("/<int:addition_id>/withdraw")
@requires(Permission.EDIT_PROFILE, on=Addition)
def withdraw(addition):
    """Take back a proposal that waits."""
    service.withdraw(addition)
    flash("The proposal was withdrawn.", "success")
    return redirect(url_for("portal.own"))


@additions.route("/<int:addition_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_CHANGE, on=Addition)
def decide(addition):
    """What is proposed, and what to look at first; accept or return it."""
    form = DecideAddition()
    if form.validate_on_submit():
        return _decided(addition, form)
    shown = {"facts": facts(addition), "remarks": service.remarks(addition), "form": form}
    return render_template("additions/decide.html", addition=addition, **shown)


def _decided(addition: Addition, form: DecideAddition):
    accepted = form.choice.data == "accept"
    act = service.accept if accepted else service.send_back
    act(addition, form.comment.data or "", by=current_user.actor)
    tell_of_addition(addition)
    flash("Accepted and published." if accepted else "Returned to the provider.", "success")
    return redirect(url_for("changes.waiting"))
