"""Capacity: a provider says what is free, signed in or by a link that came in an e-mail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, public, requires
from app.kernel.clock import today
from app.links import DeadLink
from app.web.capacity import WORDS, asked_by, confirm_by_link, save
from app.web.formats import plural
from app.web.forms.capacity import StateCapacity
from providers import confirmations
from providers.models.offer import Offer

capacity = Blueprint("capacity", __name__, url_prefix="/capacity")


@capacity.context_processor
def words():
    """The words for half-days and children."""
    return WORDS


@capacity.get("/")
@requires(Permission.CONFIRM_CAPACITY)
def own():
    """What this provider states, what of it is promised, and when it was last confirmed."""
    figures = confirmations.stated(current_user.provider, today())
    return render_template(
        "capacity/own.html", figures=figures, mark=confirmations.mark(figures), today=today()
    )


@capacity.post("/confirm")
@requires(Permission.CONFIRM_CAPACITY)
def confirm():
    """Nothing has changed: confirm every offer as of today."""
    count = confirmations.confirm(current_user.provider, request.form.get("shown", ""))
    flash(f"Thank you. {plural(count, 'offer')} confirmed as of today.", "success")
    return redirect(url_for("capacity.own"))


@capacity.route("/offers/<int:offer_id>", methods=["GET", "POST"])
@requires(Permission.CONFIRM_CAPACITY, on=Offer)
def change(offer):
    """Say anew what one offer has room for."""
    figures = confirmations.stated_of(offer, today())
    mark = confirmations.mark([figures])
    form = StateCapacity.of(figures, mark)
    overtaken = form.is_submitted() and form.shown.data != mark
    if form.validate_on_submit() and not overtaken and save(offer, form):
        flash(f"{offer.service.name} is up to date.", "success")
        return redirect(url_for("capacity.own"))
    form.shown.data = mark
    return render_template("capacity/change.html", form=form, figures=figures, overtaken=overtaken)


@capacity.get("/link/<string:token>")
@public
def answer(token):
    """What a link from an e-mail would confirm. Looking at it changes nothing."""
    try:
        figures = confirmations.stated(asked_by(token).provider, today())
    except DeadLink as dead:
        return render_template("capacity/dead_link.html", reason=str(dead)), 410
    mark = confirmations.mark(figures)
    return render_template("capacity/answer.html", figures=figures, mark=mark, token=token)


@capacity.post("/link/<string:token>")
@public
def confirm_link(token):
    """Confirm by a link from an e-mail what its page showed."""
    try:
        count = confirm_by_link(token, request.form.get("shown", ""))
    except DeadLink as dead:
        return render_template("capacity/dead_link.html", reason=str(dead)), 410
    return render_template("capacity/confirmed.html", count=count)
