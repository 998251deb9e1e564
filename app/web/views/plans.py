"""The Learner Intervention Plan of a child's package: read, written, printed."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from app.access import Permission, requires
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.plans import service
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.web.documents import plan_as_pdf
from app.web.export import attachment
from app.web.forms.plans import OBJECTIVES, REVIEWS, aims_in, form_of, parts_in, reviews_in
from app.web.histories import of_plan

plans = Blueprint("plans", __name__, url_prefix="/plans")


@plans.get("/<int:placement_proposal_id>")
@requires(Permission.WRITE_PLAN, on=Proposal)
def show(placement_proposal):
    """A plan as it stands, with what is missing; without one, the form."""
    if placement_proposal.plan is None:
        return redirect(url_for(".write", placement_proposal_id=placement_proposal.id))
    return _page(placement_proposal)


def _page(proposal: Proposal):
    plan = proposal.plan
    return render_template("plans/show.html", proposal=proposal, plan=plan, history=of_plan(plan))


@plans.route("/<int:placement_proposal_id>/write", methods=["GET", "POST"])
@requires(Permission.WRITE_PLAN, on=Proposal)
def write(placement_proposal):
    """Write a plan, or go on with it; a part may be left for later."""
    form = form_of(placement_proposal.plan, service.suggested_reviews(placement_proposal))
    if form.validate_on_submit() and _saved(placement_proposal, form):
        flash("The plan was saved.", "success")
        return redirect(url_for(".show", placement_proposal_id=placement_proposal.id))
    numbers = {"objectives": range(1, OBJECTIVES + 1), "reviews": range(1, REVIEWS + 1)}
    return render_template("plans/write.html", form=form, proposal=placement_proposal, **numbers)


def _saved(proposal: Proposal, form) -> bool:
    """Keep a plan; where a rule is broken, its reasons stand in the form and all is as typed."""
    try:
        service.save(proposal, parts_in(form), aims_in(form), reviews_in(form))
    except RuleBroken as refusal:
        db.session.rollback()
        form.purpose.errors = [*form.purpose.errors, *refusal.reasons]
        return False
    return True


@plans.get("/<int:placement_proposal_id>/plan.pdf")
@requires(Permission.WRITE_PLAN, on=Proposal)
def pdf(placement_proposal):
    """The plan as a document."""
    if placement_proposal.plan is None:
        abort(404)
    return attachment(plan_as_pdf(placement_proposal), f"plan-{placement_proposal.reference}.pdf")


@plans.get("/of-placement/<int:placement_id>")
@requires(Permission.VIEW_PLAN, on=Placement)
def of_placement(placement):
    """The plan as the provider reads it, from the award on."""
    if placement.plan is None:
        abort(404)
    return _page(placement.proposal)
