"""One child now, and officers' rulings: an offer that must be used for a child, or must not."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children.models import Child, Referral
from app.commissioning import now
from app.commissioning import rulings as made
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.kernel.rules import RuleBroken
from app.web.columns import RULINGS
from app.web.export import download_list
from app.web.forms.rulings import MakeRuling
from app.web.listing import paged
from providers.models.offer import Offer

rulings = Blueprint("rulings", __name__, url_prefix="/rulings")
PAGE = 20


@rulings.get("/")
@requires(Permission.VIEW_MATCH)
def in_force():
    """Every ruling that counts in the next match."""
    page = paged(made.in_force(), PAGE)
    left_aside = now.left_aside() if page.total else {}
    return render_template("rulings/in_force.html", page=page, left_aside=left_aside)


@rulings.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_MATCH)
def export(kind):
    """The rulings in force as a spreadsheet."""
    return download_list(kind, "rulings", RULINGS, made.in_force())


@rulings.get("/places-now/<int:child_id>")
@requires(Permission.VIEW_MATCH, on=Child)
def places_now(child):
    """Which offers could take this child now, best first, and why the others could not."""
    waiting = now.waiting_referrals_of(child)
    return render_template(
        "rulings/places_now.html",
        child=child,
        referrals=[(referral, now.parts_of(referral)) for referral in waiting],
        rulings=made.in_force(waiting) if waiting else [],
        left_aside=now.left_aside(child.id) if waiting else {},
    )


@rulings.route("/make/<int:referral_id>", methods=["GET", "POST"])
@requires(Permission.MAKE_RULING, on=Referral)
def make(referral):
    """Fix an offer for a child, or rule it out, with a reason."""
    wanted = request.args.get("offer", type=int)
    offer = next((each for each in now.offers_for(referral) if each.id == wanted), None)
    if offer is None:
        abort(404)
    form = MakeRuling(kind=request.args.get("kind"))
    if form.validate_on_submit() and _made(referral, offer, form):
        flash(f"The ruling on {offer.provider.name} counts from the next match on.", "success")
        return redirect(url_for("rulings.places_now", child_id=referral.child_id))
    return render_template("rulings/make.html", form=form, referral=referral, offer=offer)


def _made(referral: Referral, offer: Offer, form: MakeRuling) -> bool:
    """Record the ruling; what stands against it is told on the form, which stays as typed."""
    try:
        now.rule(RulingKind(form.kind.data), referral, offer, form.reason.data, current_user)
    except RuleBroken as refusal:
        form.kind.errors = [str(refusal)]
        return False
    return True


@rulings.post("/<int:pair_ruling_id>/withdraw")
@requires(Permission.MAKE_RULING, on=PairRuling)
def withdraw(pair_ruling):
    """Take a ruling back."""
    made.withdraw(pair_ruling, current_user)
    flash("The ruling is withdrawn.", "success")
    return redirect(url_for("rulings.places_now", child_id=pair_ruling.referral.child_id))
