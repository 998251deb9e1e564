"""Scorecards: a provider's figures beside those of similar ones, and who got how much work."""

from flask import Blueprint, current_app, render_template
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission, requires, visible
from app.kernel.clock import today
from app.kernel.database import db
from app.reporting.scorecards import Ledger
from app.web.export import download
from app.web.scorecards import EXPORT_HEADER, WORDS, rows
from providers.admission import AdmissionState
from providers.models.provider import Provider

scorecards = Blueprint("scorecards", __name__, url_prefix="/scorecards")
PAGE = 20


@scorecards.context_processor
def words():
    """The words for a figure."""
    return WORDS | {"smallest": current_app.config["SMALLEST_GROUP"]}


def _ledger() -> Ledger:
    return Ledger(today(), current_app.config["SMALLEST_GROUP"])


def _approved():
    found = select(Provider).where(Provider.state == AdmissionState.APPROVED)
    ordered = found.order_by(Provider.name, Provider.id)
    return visible(ordered, Provider, Permission.COMPARE_SCORECARDS, current_user)


@scorecards.get("/")
@requires(Permission.COMPARE_SCORECARDS)
def listed():
    """Every approved provider with its main figures and its share of the work."""
    page = db.paginate(_approved(), per_page=PAGE, max_per_page=PAGE)
    ledger = _ledger()
    cards = [ledger.card(provider) for provider in page.items]
    return render_template("scorecards/listed.html", page=page, cards=cards, period=ledger.period)


@scorecards.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.COMPARE_SCORECARDS)
def export(kind):
    """Every approved provider's scorecard as a row of a spreadsheet."""
    providers = db.session.scalars(_approved()).all()
    return download(kind, "scorecards", EXPORT_HEADER, rows(_ledger(), providers))


@scorecards.get("/<int:provider_id>")
@requires(Permission.VIEW_SCORECARD, on=Provider)
def show(provider):
    """One provider's scorecard; its own people see the same."""
    ledger = _ledger()
    return render_template("scorecards/show.html", card=ledger.card(provider), period=ledger.period)
