"""Referring a child: a new one or one on record, a draft a page at a time, submitted once whole."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children import referring as service
from app.children.models import Child, Referral
from app.children.queries import WHOLE_REFERRAL
from app.kernel.clock import today
from app.kernel.database import db
from app.web.columns import DRAFTS
from app.web.export import download_list
from app.web.forms.entries import refuse
from app.web.forms.referrals import ReferCase, ReferChild, WithdrawReferral
from app.web.histories import of_referral
from app.web.referrals import PARTS, save_part
from app.web.rulings import warn_of_left_aside

referrals = Blueprint("referrals", __name__, url_prefix="/referrals")
PAGE = 20


@referrals.get("/drafts")
@requires(Permission.WRITE_REFERRAL)
def drafts():
    """Referrals that were begun and not submitted."""
    page = db.paginate(service.drafts(), per_page=PAGE, max_per_page=PAGE)
    return render_template("referrals/drafts.html", page=page)


@referrals.get("/drafts.<any(csv, xlsx):kind>")
@requires(Permission.WRITE_REFERRAL)
def export_drafts(kind):
    """The drafts as a spreadsheet."""
    return download_list(kind, "drafts-of-referrals", DRAFTS, service.drafts())


@referrals.route("/new", methods=["GET", "POST"])
@requires(Permission.WRITE_REFERRAL)
def new():
    """A new child; those on record who may be the same are shown before anything is saved."""
    form, known = ReferChild(), []
    if form.validate_on_submit():
        facts = form.facts()
        if not refuse(form, service.child_faults(facts, None, today())):
            asked = (facts[name] for name in ("upn", "forename", "surname", "born_on"))
            known = service.known_children(*asked)
            if not known or (request.form.get("another") and not known[0].same_upn):
                child = service.register_child(facts)
                flash(f"{child.full_name} was put on record.", "success")
                return redirect(url_for(".begin", child_id=child.id))
    return render_template("referrals/new.html", form=form, known=known)


@referrals.route("/children/<int:child_id>/begin", methods=["GET", "POST"])
@requires(Permission.WRITE_REFERRAL, on=Child)
def begin(child):
    """Begin a referral of a child on record; the draft is saved at once."""
    if referral := next((r for r in child.referrals if r.state in service.OPEN), None):
        return redirect(url_for(".show", referral_id=referral.id))
    form = ReferCase(data={"officer": str(current_user.id)})
    if form.validate_on_submit():
        draft = service.begin(child, form.facts(), current_user)
        return redirect(url_for(".show", referral_id=draft.id))
    return render_template("referrals/begin.html", form=form, child=child)


@referrals.get("/<int:referral_id>")
@requires(Permission.WRITE_REFERRAL, on=Referral, options=WHOLE_REFERRAL)
def show(referral):
    """The parts of a referral, which of them are filled in, and what is missing."""
    return render_template(
        "referrals/show.html",
        referral=referral,
        parts=[(name, part.title, part.done(referral)) for name, part in PARTS.items()],
        missing=service.missing(referral) if referral.state == "draft" else (),
        may_change=referral.state in service.OPEN,
        history=of_referral(referral),
    )


@referrals.route(
    "/<int:referral_id>/<any(child, case, needs, support, views, wishes):name>",
    methods=["GET", "POST"],
)
@requires(Permission.WRITE_REFERRAL, on=Referral, options=WHOLE_REFERRAL)
def change(referral, name):
    """One part of a referral; it is saved by itself, as a draft grows."""
    part = PARTS[name]
    form = part.form(referral)
    if form.validate_on_submit() and save_part(part, referral, form):
        flash(f"{part.title}: saved.", "success")
        warn_of_left_aside(referral.child_id)
        return redirect(url_for(".show", referral_id=referral.id))
    return render_template(f"referrals/{name}.html", form=form, referral=referral, part=part)


@referrals.post("/<int:referral_id>/submit")
@requires(Permission.WRITE_REFERRAL, on=Referral)
def submit(referral):
    """Put a draft on the waiting list."""
    service.submit(referral)
    flash(f"{referral.child.full_name} is on the waiting list.", "success")
    return redirect(url_for("children.show", child_id=referral.child_id))


@referrals.route("/<int:referral_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.WRITE_REFERRAL, on=Referral)
def withdraw(referral):
    """Take a referral back, with the reason."""
    form = WithdrawReferral()
    if form.validate_on_submit():
        service.withdraw(referral, form.reason.data)
        flash("The referral was withdrawn.", "success")
        return redirect(url_for("children.show", child_id=referral.child_id))
    return render_template("referrals/withdraw.html", form=form, referral=referral)
