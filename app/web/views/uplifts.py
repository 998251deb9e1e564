"""The yearly uplift: rounds, what providers propose, and deciding in bulk."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.kernel.database import db
from app.web.columns import UPLIFT_PROPOSALS
from app.web.export import download_list
from app.web.forms.entries import refuse
from app.web.forms.uplifts import DecideProposals, OpenRound, ProposePrices
from providers import uplifts as service
from providers.models.uplift import UpliftRound

uplifts = Blueprint("uplifts", __name__, url_prefix="/uplifts")
PAGE = 50


@uplifts.get("/")
@requires(Permission.VIEW_UPLIFT)
def rounds():
    """Every round, the latest first."""
    return render_template("uplifts/rounds.html", rounds=service.rounds(), on=today())


@uplifts.route("/open", methods=["GET", "POST"])
@requires(Permission.DECIDE_UPLIFT)
def open_round():
    """Open a round."""
    form = OpenRound()
    if form.validate_on_submit():
        days = (form.opens_on.data, form.closes_on.data, form.applies_on.data)
        if not refuse(form, service.round_faults(*days, today())):
            service.open_round(form.name.data, *days, by=current_user.actor, on=today())
            flash("The round was set. Providers see it on their pages.", "success")
            return redirect(url_for("uplifts.rounds"))
    return render_template("uplifts/open_round.html", form=form)


@uplifts.get("/<int:uplift_round_id>")
@requires(Permission.VIEW_UPLIFT, on=UpliftRound)
def show(uplift_round):
    """A round: one's own proposals, or all of them to decide."""
    listed = service.proposals_listed(uplift_round, current_user.provider)
    page = db.paginate(listed, per_page=PAGE, max_per_page=PAGE)
    waiting = service.count_to_decide(uplift_round)
    facts = {"page": page, "to_decide": waiting, "form": DecideProposals(), "on": today()}
    return render_template("uplifts/show.html", round=uplift_round, **facts)


@uplifts.get("/<int:uplift_round_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_UPLIFT, on=UpliftRound)
def export(uplift_round, kind):
    """The same proposals as a spreadsheet: one's own, or all of them."""
    listed = service.proposals_listed(uplift_round, current_user.provider)
    return download_list(kind, "proposed-prices", UPLIFT_PROPOSALS, listed)


@uplifts.post("/<int:uplift_round_id>/decide")
@requires(Permission.DECIDE_UPLIFT, on=UpliftRound)
def decide(uplift_round):
    """Accept or return the proposals that were ticked."""
    form = DecideProposals()
    chosen = form.among(service.proposals_of(uplift_round))
    if request.form.get("decision") == "accept":
        service.accept(chosen, by=current_user.actor)
    else:
        service.give_back(chosen, form.comment.data or "", by=current_user.actor)
    flash("Your decision was saved.", "success")
    return redirect(url_for("uplifts.show", uplift_round_id=uplift_round.id))


@uplifts.route("/<int:uplift_round_id>/propose", methods=["GET", "POST"])
@requires(Permission.PROPOSE_UPLIFT, on=UpliftRound)
def propose(uplift_round):
    """Propose new prices for one's own offers."""
    offers, on = current_user.provider.offers, today()
    form = ProposePrices.of(offers)
    if form.validate_on_submit():
        prices = form.prices(offers)
        if not refuse(form, form.by_field(service.price_faults(uplift_round, prices))):
            reason, by = form.reason.data, current_user.actor
            service.propose(uplift_round, prices, reason, by=by, on=on)
            flash("Your prices were proposed.", "success")
            return redirect(url_for("uplifts.show", uplift_round_id=uplift_round.id))
    return render_template("uplifts/propose.html", form=form, round=uplift_round)
