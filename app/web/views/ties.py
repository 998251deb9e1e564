"""Ties between children: brothers and sisters, and children who are to be kept apart."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children import ties as service
from app.children.models import Child
from app.children.ties import ChildTie, TieKind
from app.kernel.rules import RuleBroken
from app.web.forms.entries import refuse
from app.web.forms.ties import MakeTie
from app.web.rulings import warn_of_left_aside

ties = Blueprint("ties", __name__, url_prefix="/ties")


@ties.route("/<int:child_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_REFERRAL, on=Child)
def of_child(child):
    """The ties of a child, and a form for one more."""
    form = MakeTie()
    if form.validate_on_submit() and _made(child, form):
        flash("The tie counts from the next match on.", "success")
        return redirect(url_for(".of_child", child_id=child.id))
    return render_template(
        "ties/of_child.html", child=child, form=form, ties=service.ties_of(child)
    )


def _made(child: Child, form: MakeTie) -> bool:
    """Make the tie; a refusal is shown on the form."""
    asked = (form.reference.data, TieKind(form.kind.data), form.reason.data or "")
    try:
        tie = service.make(child, *asked, current_user)
    except RuleBroken as refusal:
        refuse(form, {"reference": str(refusal)})
        return False
    warn_of_left_aside(tie.first_id, tie.second_id)
    return True


@ties.post("/<int:child_tie_id>/remove")
@requires(Permission.WRITE_REFERRAL, on=ChildTie)
def remove(child_tie):
    """Take a tie out."""
    first = child_tie.first_id
    service.remove(child_tie)
    flash("The tie is taken out.", "success")
    return redirect(url_for(".of_child", child_id=first))
