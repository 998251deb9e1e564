"""Placement agreements: read, answered by the provider, varied, decided; the authority's text."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.commissioning.agreements import service, text
from app.commissioning.agreements.lifecycle import AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.placements.models import Placement
from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from app.notices.topics import Topic
from app.web.agreements import facts_of
from app.web.documents import agreement_as_pdf
from app.web.export import attachment
from app.web.forms.agreements import ChangeText, GiveReason, VaryAgreement
from app.web.placement_notices import tell_officer, tell_provider

agreements = Blueprint("agreements", __name__, url_prefix="/agreements")


def _back(version: Agreement):
    return redirect(url_for("placements.show", placement_id=version.placement_id))


@agreements.get("/<int:placement_agreement_id>")
@requires(Permission.VIEW_AGREEMENT, on=Agreement)
def show(placement_agreement):
    """One version, whole, with what may be done about it."""
    return render_template("agreements/show.html", **facts_of(placement_agreement))


@agreements.get("/<int:placement_agreement_id>/agreement.pdf")
@requires(Permission.VIEW_AGREEMENT, on=Agreement)
def pdf(placement_agreement):
    """One version as a document."""
    name = f"{placement_agreement.placement.reference}-version-{placement_agreement.number}.pdf"
    return attachment(agreement_as_pdf(placement_agreement), name)


@agreements.post("/<int:placement_agreement_id>/accept")
@requires(Permission.ANSWER_AGREEMENT, on=Agreement)
def accept(placement_agreement):
    """The provider accepts a version."""
    service.accept(placement_agreement, current_user)
    what = f"accepted:{placement_agreement.number}"
    tell_officer(placement_agreement.placement, Topic.AGREEMENT_ACCEPTED, what)
    flash(f"You accepted version {placement_agreement.number} of the agreement.", "success")
    return _back(placement_agreement)


@agreements.route("/<int:placement_agreement_id>/decline", methods=["GET", "POST"])
@requires(Permission.ANSWER_AGREEMENT, on=Agreement)
def decline(placement_agreement):
    """The provider declines a version, and says why."""
    form = GiveReason()
    if form.validate_on_submit():
        service.decline(placement_agreement, form.reason.data, current_user)
        what = f"declined:{placement_agreement.number}"
        tell_officer(placement_agreement.placement, Topic.PLACEMENT_CHANGED, what)
        flash("You declined this version. The authority is told why.", "success")
        return _back(placement_agreement)
    return _ask(form, "Decline this version?", "Decline", placement_agreement)


def _ask(form: GiveReason, question: str, button: str, version: Agreement):
    words = {"question": question, "button": button, "version": version}
    return render_template("agreements/ask.html", form=form, **words)


@agreements.route("/vary/<int:placement_id>", methods=["GET", "POST"])
@requires(Permission.VARY_AGREEMENT, on=Placement)
def vary(placement):
    """Ask for other hours, another price or another last day."""
    form = VaryAgreement.of(placement, today())
    if form.validate_on_submit():
        made = service.propose(placement, form.change(), form.reason.data, current_user)
        if made.state is AgreementState.OFFERED:
            tell_provider(made)
        flash(f"Version {made.number}: {made.state.label.lower()}.", "success")
        return _back(made)
    return render_template("agreements/vary.html", form=form, placement=placement)


@agreements.post("/<int:placement_agreement_id>/approve")
@requires(Permission.DECIDE_AGREEMENT, on=Agreement)
def approve(placement_agreement):
    """Approve a variation that costs more; the provider is asked next."""
    service.approve(placement_agreement, current_user)
    tell_provider(placement_agreement)
    flash(f"Version {placement_agreement.number} was approved and sent to the provider.", "success")
    return _back(placement_agreement)


@agreements.route("/<int:placement_agreement_id>/refuse", methods=["GET", "POST"])
@requires(Permission.DECIDE_AGREEMENT, on=Agreement)
def refuse(placement_agreement):
    """Refuse a variation."""
    form = GiveReason()
    if form.validate_on_submit():
        service.refuse(placement_agreement, form.reason.data, current_user)
        flash(f"Version {placement_agreement.number} was refused.", "success")
        return _back(placement_agreement)
    return _ask(form, "Refuse this version?", "Refuse", placement_agreement)


@agreements.post("/<int:placement_agreement_id>/withdraw")
@requires(Permission.VARY_AGREEMENT, on=Agreement)
def withdraw(placement_agreement):
    """Take back a version that nobody has accepted."""
    service.withdraw(placement_agreement)
    flash(f"Version {placement_agreement.number} was withdrawn.", "success")
    return _back(placement_agreement)


@agreements.post("/again/<int:placement_id>")
@requires(Permission.VARY_AGREEMENT, on=Placement)
def offer_again(placement):
    """Offer the agreement again, in the text in force, after the provider declined it."""
    made = service.offer_again(placement, current_user)
    tell_provider(made)
    flash("The agreement was sent to the provider again.", "success")
    return _back(made)


@agreements.route("/text", methods=["GET", "POST"])
@requires(Permission.SET_AGREEMENT_TEXT)
def text_in_force():
    """The text that new agreements are made from: read it, try it out, save a new version."""
    form = ChangeText(body=text.body_in_force())
    if form.validate_on_submit():
        return _text_saved(form)
    return _text_page(form)


def _text_saved(form: ChangeText):
    """Save the text, or show it with what is wrong with it; a trial saves nothing."""
    try:
        if "try" in request.form:
            return _text_page(form, text.fill(form.body.data, text.FIELDS))
        row = text.save(form.body.data, current_user)
    except RuleBroken as refusal:
        form.body.errors = list(refusal.reasons)
        return _text_page(form)
    flash(f"Text {row.id} holds for agreements from now on.", "success")
    return redirect(url_for(".text_in_force"))


def _text_page(form: ChangeText, tried: str | None = None):
    return render_template(
        "agreements/text.html",
        form=form,
        tried=tried,
        fields=text.FIELDS,
        versions=text.versions(),
    )
