"""Proposals to place a child: made, submitted with reasons, and decided by somebody else."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from app.access import Permission, requires
from app.children.models import Referral
from app.children.queries import WHOLE_REFERRAL
from app.commissioning.placements import proposing, queries
from app.commissioning.placements.models import Proposal
from app.kernel.database import db
from app.web.columns import PROPOSALS
from app.web.export import download_list
from app.web.forms.placement_proposals import AnswerQuestion, DecideProposal, FilterProposals
from app.web.placement_notices import tell_deciders
from app.web.placement_proposals import decide as made_decision
from app.web.placement_proposals import draft_from, facts_of, form_for, submit_form

placement_proposals = Blueprint("placement_proposals", __name__, url_prefix="/placement-proposals")
PAGE = 20


@placement_proposals.get("/")
@requires(Permission.VIEW_PROPOSAL)
def listed():
    """Proposals, those that wait for a decision first unless another state is asked for."""
    form = _filter()
    page = db.paginate(queries.proposals(form.wanted), per_page=PAGE, max_per_page=PAGE)
    return render_template("placement_proposals/listed.html", form=form, page=page)


def _filter() -> FilterProposals:
    return FilterProposals(request.args or MultiDict({"state": "submitted"}))


@placement_proposals.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_PROPOSAL)
def export(kind):
    """The list as its filter leaves it; children by reference for those who see no names."""
    return download_list(kind, "proposals", PROPOSALS, queries.proposals(_filter().wanted))


@placement_proposals.route("/make/<int:referral_id>", methods=["GET", "POST"])
@requires(Permission.PROPOSE_PLACEMENT, on=Referral, options=WHOLE_REFERRAL)
def make(referral):
    """Propose offers for a child: a draft, whose page asks for the reasons."""
    form, run = form_for(referral)
    if form.validate_on_submit():
        proposal = draft_from(form, referral, run)
        if proposal is not None:
            return redirect(url_for(".show", placement_proposal_id=proposal.id))
    return render_template("placement_proposals/make.html", form=form, referral=referral, run=run)


@placement_proposals.get("/<int:placement_proposal_id>")
@requires(Permission.VIEW_PROPOSAL, on=Proposal)
def show(placement_proposal):
    """What a proposal asks for, what stands against it, what it costs, what was decided."""
    return _page(placement_proposal)


def _page(proposal: Proposal, **forms):
    facts = facts_of(proposal)
    forms = {
        "submit_form": submit_form(proposal, facts["found"]),
        "answer_form": AnswerQuestion(),
        "decide_form": DecideProposal(seen=proposal.version),
    } | forms
    wrong = next((form for form in forms.values() if form is not None and form.errors), None)
    return render_template("placement_proposals/show.html", **facts, **forms, form=wrong)


@placement_proposals.post("/<int:placement_proposal_id>/submit")
@requires(Permission.PROPOSE_PLACEMENT, on=Proposal)
def submit(placement_proposal):
    """Ask for a decision, with a reason for each exception."""
    found = facts_of(placement_proposal)["found"]
    form = submit_form(placement_proposal, found)
    if form is not None and not form.validate():
        return _page(placement_proposal, submit_form=form)
    reasons = form.reasons() if form else {}
    proposing.submit(placement_proposal, form.why.data if form else "", reasons)
    tell_deciders(placement_proposal)
    flash(f"{placement_proposal.reference} was submitted for a decision.", "success")
    return redirect(url_for(".show", placement_proposal_id=placement_proposal.id))


@placement_proposals.post("/<int:placement_proposal_id>/answer")
@requires(Permission.PROPOSE_PLACEMENT, on=Proposal)
def answer(placement_proposal):
    """Answer the question and ask again."""
    form = AnswerQuestion()
    if not form.validate_on_submit():
        return _page(placement_proposal, answer_form=form)
    proposing.answer(placement_proposal, form.answer.data, current_user, form.first_day.data)
    tell_deciders(placement_proposal)
    flash("Your answer was sent.", "success")
    return redirect(url_for(".show", placement_proposal_id=placement_proposal.id))


@placement_proposals.post("/<int:placement_proposal_id>/withdraw")
@requires(Permission.PROPOSE_PLACEMENT, on=Proposal)
def withdraw(placement_proposal):
    """Take a proposal back."""
    proposing.withdraw(placement_proposal)
    flash(f"{placement_proposal.reference} was withdrawn.", "success")
    return redirect(url_for(".show", placement_proposal_id=placement_proposal.id))


@placement_proposals.post("/<int:placement_proposal_id>/decide")
@requires(Permission.DECIDE_PROPOSAL, on=Proposal)
def decide(placement_proposal):
    """Approve, return with a question, or refuse."""
    form = DecideProposal()
    if not form.validate_on_submit():
        return _page(placement_proposal, decide_form=form)
    flash(made_decision(placement_proposal, form), "success")
    return redirect(url_for(".show", placement_proposal_id=placement_proposal.id))
