"""The providers' own portal: what is published of them, and changing it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.web.forms.portal import EditOffer, EditOrganisation
from app.web.portal import bring_in, overview, profile_lines, published
from providers import changes
from providers.models.change import ChangeItem
from providers.models.offer import Offer

portal = Blueprint("portal", __name__, url_prefix="/portal")


@portal.app_context_processor
def words_of_providers():
    """What a provider says of itself, for every page about it."""
    return {"published": published}


@portal.get("/")
@requires(Permission.EDIT_PROFILE)
def own():
    """This provider's profile and offers, what waits for approval, what was decided."""
    return render_template("portal/own.html", **overview(current_user.provider))


@portal.route("/profile", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE)
def edit():
    """Change the organisation's facts."""
    outcome = bring_in(current_user.provider, EditOrganisation)
    if outcome.saved:
        return redirect(url_for("portal.own"))
    return render_template("portal/edit.html", form=outcome.form, conflicts=outcome.conflicts)


@portal.get("/offers/<int:offer_id>")
@requires(Permission.EDIT_PROFILE, on=Offer)
def offer(offer):
    """One offer as it is published, with what waits for approval."""
    return render_template("portal/offer.html", offer=offer, lines=profile_lines(offer))


@portal.route("/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE, on=Offer)
def edit_offer(offer):
    """Change the facts of one offer."""
    outcome = bring_in(offer, EditOffer)
    if outcome.saved:
        return redirect(url_for("portal.offer", offer_id=offer.id))
    return render_template(
        "portal/edit_offer.html", form=outcome.form, conflicts=outcome.conflicts, offer=offer
    )


@portal.post("/changes/<int:change_item_id>/withdraw")
@requires(Permission.EDIT_PROFILE, on=ChangeItem)
def withdraw(change_item):
    """Take back a change that waits for approval."""
    changes.withdraw(change_item)
    flash("The change was withdrawn. What is published stays as it is.", "success")
    return redirect(url_for("portal.own"))
