"""The sites and offers of an application: add, change, take out."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.clock import today
from app.web.forms.applications import PutOffer, PutSite
from app.web.forms.entries import refuse
from app.web.places import postcode_in_words
from providers.applications import service
from providers.applications.proposals import ProposedOffer, offer_faults
from providers.applications.sections import Section
from providers.models.application import Application
from providers.queries import caps_in_force

proposals = Blueprint("proposals", __name__, url_prefix="/applications")
NEW = 0


def _numbered(items, number: int):
    """The item with a number, None for a new one; 404 where there is none."""
    if number == NEW:
        return None
    return next((item for item in items if item.number == number), None) or abort(404)


def _back(application: Application, section: Section, message: str):
    flash(message, "success")
    return redirect(
        url_for("applications.section", application_id=application.id, section=section.value)
    )


@proposals.route("/<int:application_id>/site/<int:number>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def site(application, number):
    """Add a site, or change one."""
    known = _numbered(application.sites, number)
    form = PutSite(
        data=known and {"name": known.name, "postcode": postcode_in_words(known.postcode)}
    )
    if form.validate_on_submit():
        entered = form.site(number or service.next_number(application.sites))
        service.put_site(application, entered, by=current_user.actor)
        return _back(application, Section.SITES, f"{entered.name} was saved.")
    return render_template("proposals/site.html", application=application, form=form)


@proposals.route("/<int:application_id>/offer/<int:number>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def offer(application, number):
    """Add an offer, or change one; a price above the cap is refused."""
    form = PutOffer.about(application, _numbered(application.offers, number))
    if form.validate_on_submit():
        entered = form.offer(number or service.next_number(application.offers))
        if not refuse(form, _faults(application, entered)):
            service.put_offer(application, entered, by=current_user.actor)
            return _back(application, Section.OFFERS, "The offer was saved.")
    return render_template("proposals/offer.html", application=application, form=form)


def _faults(application: Application, entered: ProposedOffer) -> dict[str, str]:
    return offer_faults(
        entered,
        services={row.code: row.name for row in application.services},
        sites=[site.number for site in application.sites],
        caps=caps_in_force(today()),
        on=today(),
    )


@proposals.post("/<int:application_id>/<any(sites, offers):section>/<int:number>/take-out")
@requires(Permission.WRITE_APPLICATION, on=Application)
def take_out(application, section, number):
    """Take a site or an offer out."""
    service.take_out(application, Section(section), number, by=current_user.actor)
    return _back(application, Section(section), "It was taken out.")
