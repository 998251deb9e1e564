"""Enquiries: several providers asked at once, their answers side by side, one chosen."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children.models import Referral
from app.children.queries import WHOLE_REFERRAL
from app.commissioning.enquiries import queries, service
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.commissioning.enquiries.profile import profile_of
from app.kernel.clock import now, today
from app.kernel.database import db
from app.web.enquiries import EXPORT_HEADER, WORDS, offers_to_ask, rows_to_export
from app.web.enquiries import send as send_to
from app.web.export import download
from app.web.formats import plural
from app.web.forms.enquiries import CloseEnquiry, FilterEnquiries, SendEnquiry
from app.web.histories import of_enquiry
from providers.pricing import cap_on
from providers.queries import caps_in_force

enquiries = Blueprint("enquiries", __name__, url_prefix="/enquiries")
PAGE = 20


@enquiries.context_processor
def words():
    """How states are marked."""
    return WORDS


def _form() -> FilterEnquiries:
    """The filters of the address; the open ones where it says nothing of the state."""
    return FilterEnquiries(request.args, data={"state": "open"})


def _listed(form: FilterEnquiries):
    mine = current_user.id if form.whose.known else None
    return queries.enquiries(form.state.code(service.EnquiryState), mine)


@enquiries.get("/")
@requires(Permission.VIEW_ENQUIRY)
def listed():
    """Enquiries; unless another state is asked for, the open ones, the first to run out first."""
    form = _form()
    page = db.paginate(_listed(form), per_page=PAGE, max_per_page=PAGE)
    return render_template("enquiries/listed.html", form=form, page=page, at=now())


@enquiries.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_ENQUIRY)
def export(kind):
    """The enquiries as their filters leave them, one row a provider."""
    rows = rows_to_export(_listed(_form()))
    return download(kind, "enquiries", EXPORT_HEADER, rows)


@enquiries.route("/referrals/<int:referral_id>/new", methods=["GET", "POST"])
@requires(Permission.SEND_ENQUIRY, on=Referral, options=WHOLE_REFERRAL)
def new(referral):
    """What providers would read of a child, and whom to ask."""
    offers = offers_to_ask(referral)
    form = SendEnquiry().listing(offers)
    if form.validate_on_submit() and (enquiry := send_to(referral, offers, form)):
        flash(f"{plural(len(enquiry.asks), 'provider')} asked.", "success")
        return redirect(url_for(".show", enquiry_id=enquiry.id))
    return render_template(
        "enquiries/new.html",
        form=form,
        referral=referral,
        profile=profile_of(referral, today()).as_json(),
        earlier=queries.enquiries_of(referral.id),
    )


@enquiries.get("/<int:enquiry_id>")
@requires(Permission.VIEW_ENQUIRY, on=Enquiry, options=queries.WHOLE)
def show(enquiry):
    """The answers side by side, each price beside its cap."""
    on = today()
    caps = caps_in_force(on)
    return render_template(
        "enquiries/show.html",
        enquiry=enquiry,
        at=now(),
        history=of_enquiry(enquiry),
        caps={ask.id: cap_on(caps, ask.offer.service.code, on) for ask in enquiry.asks},
    )


@enquiries.route("/asks/<int:enquiry_ask_id>/choose", methods=["GET", "POST"])
@requires(Permission.SEND_ENQUIRY, on=EnquiryAsk, options=queries.WHOLE_ASK)
def choose(enquiry_ask):
    """Take one offer, once it is confirmed; the others for the same service are told."""
    if request.method == "POST":
        service.choose(enquiry_ask)
        flash(
            f"{enquiry_ask.offer.provider.name} was chosen. Propose the placement now.", "success"
        )
        return redirect(url_for(".show", enquiry_id=enquiry_ask.enquiry_id))
    against = service.reasons_not_to_choose(enquiry_ask)
    return render_template("enquiries/choose.html", ask=enquiry_ask, against=against)


@enquiries.route("/<int:enquiry_id>/close", methods=["GET", "POST"])
@requires(Permission.SEND_ENQUIRY, on=Enquiry, options=queries.WHOLE)
def close(enquiry):
    """Close an enquiry without a further choice."""
    form = CloseEnquiry()
    if form.validate_on_submit():
        service.close(enquiry, form.reason.data)
        flash(f"{enquiry.reference} was closed. The providers are told.", "success")
        return redirect(url_for(".show", enquiry_id=enquiry.id))
    return render_template("enquiries/close.html", form=form, enquiry=enquiry)
