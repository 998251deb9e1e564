"""Commitments: the room at offers that was called off, recorded and ended by hand."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.kernel.database import db
from app.web.forms.commitments import EndCommitment, RecordCommitment
from providers import commitments as service
from providers.models.commitment import COMMITMENT, Commitment
from providers.needs import sessions_in_words

commitments = Blueprint("commitments", __name__, url_prefix="/commitments")
PAGE = 20


@commitments.context_processor
def words():
    """The words for half-days."""
    return {"days": sessions_in_words}


@commitments.get("/")
@requires(Permission.VIEW_COMMITMENT)
def recorded():
    """Commitments that are promised or live, or every one there was."""
    shown_all = request.args.get("show") == "all"
    listed = service.commitments(all_of_them=shown_all)
    found = visible(listed, Commitment, Permission.VIEW_COMMITMENT, current_user)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    return render_template("commitments/recorded.html", page=page, shown_all=shown_all)


@commitments.route("/record", methods=["GET", "POST"])
@requires(Permission.RECORD_COMMITMENT)
def record():
    """Record a call-off that was agreed."""
    form = RecordCommitment(offer=request.args.get("offer"))
    if form.validate_on_submit():
        offer = service.offer_by_reference(form.offer.data)
        made = service.promise(offer, **form.terms(offer))
        flash(f"{made.reference} was recorded. Its room is taken from what is free.", "success")
        return redirect(url_for("commitments.recorded"))
    return render_template("commitments/record.html", form=form)


@commitments.get("/<int:commitment_id>")
@requires(Permission.VIEW_COMMITMENT, on=Commitment)
def show(commitment):
    """One commitment, and what may be done with it."""
    return render_template(
        "commitments/show.html",
        commitment=commitment,
        is_open=commitment.state in service.OPEN,
        may_release=not COMMITMENT.reasons_against(commitment, "release"),
    )


@commitments.route("/<int:commitment_id>/end", methods=["GET", "POST"])
@requires(Permission.RECORD_COMMITMENT, on=Commitment)
def end(commitment):
    """Set the last day of a commitment."""
    form = EndCommitment(last_day=commitment.ends_on)
    if form.validate_on_submit():
        service.end(commitment, form.last_day.data)
        flash(f"The last day of {commitment.reference} was saved.", "success")
        return redirect(url_for("commitments.show", commitment_id=commitment.id))
    return render_template("commitments/end.html", form=form, commitment=commitment)


@commitments.post("/<int:commitment_id>/release")
@requires(Permission.RECORD_COMMITMENT, on=Commitment)
def release(commitment):
    """Give back room that was promised and never used."""
    service.release(commitment)
    flash(f"{commitment.reference} was released. Its room is free again.", "success")
    return redirect(url_for("commitments.show", commitment_id=commitment.id))
