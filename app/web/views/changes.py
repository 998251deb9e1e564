"""Changes that providers propose: what waits, deciding about it, and every earlier version."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.access import Permission, requires
from app.kernel.database import db
from app.web.additions import in_words
from app.web.changes import comparison, decide_from, for_decision, waiting_by_provider
from providers import additions
from providers import changes as service
from providers.models.offer import Offer
from providers.models.provider import Provider

changes = Blueprint("changes", __name__, url_prefix="/changes")


@changes.get("/")
@requires(Permission.DECIDE_CHANGE)
def waiting():
    """Providers with changes that wait for approval, the longest first."""
    items = db.session.scalars(service.waiting_changes()).all()
    return render_template(
        "changes/waiting.html",
        found=waiting_by_provider(items),
        additions=in_words(db.session.scalars(additions.waiting()).all()),
    )


@changes.route("/providers/<int:provider_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_CHANGE, on=Provider)
def decide(provider):
    """What one provider wants changed, fact by fact, each to be accepted or returned."""
    found = for_decision(provider)
    if request.method == "POST":
        decided = decide_from(request.form, found)
        if decided.saved:
            flash(decided.saved, "success")
            return redirect(url_for("changes.waiting"))
        found = decided.found
    return render_template("changes/decide.html", provider=provider, found=found)


@changes.get("/history/<int:provider_id>")
@requires(Permission.VIEW_CHANGE, on=Provider)
def history(provider):
    """Every published version of an organisation's facts, and any two compared."""
    shown = comparison(provider, request.args)
    return render_template("changes/history.html", title=provider.name, provider=provider, **shown)


@changes.get("/history/offers/<int:offer_id>")
@requires(Permission.VIEW_CHANGE, on=Offer)
def offer_history(offer):
    """Every published version of an offer's facts, and any two compared."""
    shown = comparison(offer, request.args)
    title = f"{offer.provider.name}: {offer.service.name}"
    return render_template("changes/history.html", title=title, provider=offer.provider, **shown)
