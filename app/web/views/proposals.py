"""The sites and offers of an application: add, change, take out."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.web.drafts import bring_in_item
from providers.applications import service
from providers.applications.sections import Section
from providers.models.application import Application

proposals = Blueprint("proposals", __name__, url_prefix="/applications")


def _edited(application: Application, section: Section, number: int, template: str):
    edit = bring_in_item(application, section, number, by=current_user.actor)
    if edit.saved:
        return _back(application, section, "It was saved.")
    return render_template(
        template, application=application, form=edit.form, edit=edit, number=number
    )


def _back(application: Application, section: Section, message: str):
    flash(message, "success")
    return redirect(
        url_for("applications.section", application_id=application.id, section=section.value)
    )


@proposals.route("/<int:application_id>/site/<int:number>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def site(application, number):
    """Add a site, or change one."""
    return _edited(application, Section.SITES, number, "proposals/site.html")


@proposals.route("/<int:application_id>/offer/<int:number>", methods=["GET", "POST"])
@requires(Permission.WRITE_APPLICATION, on=Application)
def offer(application, number):
    """Add an offer, or change one; a price above the cap is refused."""
    return _edited(application, Section.OFFERS, number, "proposals/offer.html")


@proposals.post("/<int:application_id>/<any(sites, offers):section>/<int:number>/take-out")
@requires(Permission.WRITE_APPLICATION, on=Application)
def take_out(application, section, number):
    """Take a site or an offer out."""
    service.take_out(application, Section(section), number, by=current_user.actor)
    return _back(application, Section(section), "It was taken out.")
