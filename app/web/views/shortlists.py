"""A child's shortlist: offers worth considering, each with a note."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children.models import Referral
from app.children.queries import WHOLE_REFERRAL
from app.commissioning import shortlists as kept
from app.commissioning.models.search import ShortlistEntry
from app.kernel.clock import today
from app.web.columns import SHORTLIST
from app.web.export import download_list
from app.web.forms.shortlists import KeepOnShortlist
from app.web.search import shortlisted

shortlists = Blueprint("shortlists", __name__, url_prefix="/shortlists")


@shortlists.get("/<int:referral_id>")
@requires(Permission.KEEP_SHORTLIST, on=Referral, options=WHOLE_REFERRAL)
def show(referral):
    """The offers on a child's shortlist, as they stand today."""
    entries, results = _stand(referral)
    return render_template(
        "shortlists/show.html", referral=referral, entries=entries, results=results
    )


def _stand(referral):
    """The entries by offer, and how each offer stands today."""
    entries = {entry.offer_id: entry for entry in kept.shortlist(referral)}
    return entries, list(shortlisted(referral, entries.values(), today()))


@shortlists.get("/<int:referral_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.KEEP_SHORTLIST, on=Referral, options=WHOLE_REFERRAL)
def export(referral, kind):
    """A child's shortlist as a spreadsheet; the file's name says the reference alone."""
    entries, results = _stand(referral)
    pairs = [(entries[result.offer.id], result) for result in results]
    return download_list(kind, f"shortlist-{referral.child.reference}", SHORTLIST, pairs)


@shortlists.route("/<int:referral_id>/add", methods=["GET", "POST"])
@requires(Permission.KEEP_SHORTLIST, on=Referral, options=WHOLE_REFERRAL)
def add(referral):
    """Put an offer on the shortlist, or change its note."""
    offer = kept.offer_on_list(request.args.get("offer", type=int))
    form = KeepOnShortlist(obj=kept.entry_of(referral, offer))
    if form.validate_on_submit():
        kept.keep(referral, offer, form.note.data, current_user)
        flash(f"{offer.provider.name}, {offer.service.name}, is on the shortlist.", "success")
        return redirect(url_for(".show", referral_id=referral.id))
    return render_template("shortlists/add.html", form=form, referral=referral, offer=offer)


@shortlists.post("/entries/<int:shortlist_entry_id>/remove")
@requires(Permission.KEEP_SHORTLIST, on=ShortlistEntry)
def remove(shortlist_entry):
    """Take an offer off a shortlist."""
    referral_id = shortlist_entry.referral_id
    flash(f"{shortlist_entry.offer.provider.name} is off the shortlist.", "success")
    kept.drop(shortlist_entry)
    return redirect(url_for(".show", referral_id=referral_id))
