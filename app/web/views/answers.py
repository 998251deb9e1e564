"""Answers: what a provider is asked, answered signed in or by a link that came in a letter."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, public, requires, visible
from app.commissioning.enquiries import queries, service
from app.commissioning.enquiries.models import EnquiryAsk
from app.kernel.clock import now
from app.kernel.database import db
from app.links import DeadLink
from app.web.columns import ANSWERS
from app.web.enquiries import WORDS, answer_by_link, asked_by
from app.web.enquiries import answer as save
from app.web.export import download_list
from app.web.forms.enquiries import AnswerEnquiry
from app.web.history import history_of

answers = Blueprint("answers", __name__, url_prefix="/answers")
PAGE = 20


@answers.context_processor
def words():
    """How states are marked."""
    return WORDS


@answers.get("/")
@requires(Permission.ANSWER_ENQUIRY)
def listed():
    """What this provider was asked, what waits for an answer first."""
    page = db.paginate(_mine(), per_page=PAGE, max_per_page=PAGE)
    return render_template("answers/listed.html", page=page, at=now())


def _mine():
    return visible(queries.asks(), EnquiryAsk, Permission.ANSWER_ENQUIRY, current_user)


@answers.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.ANSWER_ENQUIRY)
def export(kind):
    """The same as a spreadsheet: what was asked, and what was answered."""
    return download_list(kind, "enquiries", ANSWERS, _mine())


@answers.route("/<int:enquiry_ask_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_ENQUIRY, on=EnquiryAsk, options=queries.WHOLE_ASK)
def show(enquiry_ask):
    """What is asked, without a word of who the child is; answered once."""
    form = AnswerEnquiry().of(enquiry_ask)
    if form.validate_on_submit() and save(enquiry_ask, form):
        flash("Thank you. The officer has your answer.", "success")
        return redirect(url_for(".show", enquiry_ask_id=enquiry_ask.id))
    facts = {
        "against": service.reasons_not_to_answer(enquiry_ask),
        "history": history_of(enquiry_ask),
    }
    return render_template("answers/show.html", ask=enquiry_ask, form=form, at=now(), **facts)


@answers.route("/link/<string:token>", methods=["GET", "POST"])
@public
def link(token):
    """The same by a link from a letter, for those who have not signed in."""
    try:
        ask = asked_by(token)
        form = AnswerEnquiry().of(ask)
        if form.validate_on_submit() and answer_by_link(token, form):
            return render_template("answers/thanks.html", ask=ask)
    except DeadLink as dead:
        return render_template("answers/dead_link.html", reason=str(dead)), 410
    facts = {"against": (), "history": []}
    return render_template("answers/show.html", ask=ask, form=form, at=now(), **facts)
