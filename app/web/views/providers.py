"""Providers: the directory, and the page of each."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.access import Permission, requires, visible
from app.commissioning.placements.queries import outcomes_at
from app.kernel.clock import today
from app.kernel.database import db
from app.web.export import download
from app.web.forms.providers import FilterDirectory
from app.web.listing import Sort
from app.web.providers import (
    EXPORT_HEADER,
    WORDS,
    concerned,
    lines,
    map_of_sites,
    rows_to_export,
)
from app.web.visit_lists import quality_of
from providers.commitments import children_there
from providers.compliance import visit_remarks
from providers.directory_queries import DIRECTORY_ORDERS, directory_offers, fitting_offers
from providers.directory_queries import directory as listed
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.profile import evidence_standings, offer_standings
from providers.queries import caps_in_force

providers = Blueprint("providers", __name__, url_prefix="/providers")
PAGE = 20


@providers.context_processor
def words():
    """The words for an offer."""
    return WORDS


@providers.get("/")
@requires(Permission.VIEW_PROVIDER)
def directory():
    """Every provider, narrowed and ordered; a provider's own account goes to its own page."""
    if current_user.provider_id is not None:
        return redirect(url_for("providers.show", provider_id=current_user.provider_id))
    form, on = FilterDirectory(request.args), today()
    criteria = form.criteria(partial(concerned, on))
    sort = Sort.from_args(request.args, DIRECTORY_ORDERS, "name")
    found = visible(listed(criteria, sort), Provider, Permission.VIEW_PROVIDER, current_user)
    page = db.paginate(found, per_page=PAGE, max_per_page=PAGE)
    rows = lines(page.items, criteria, on)
    return render_template("providers/directory.html", form=form, sort=sort, page=page, rows=rows)


@providers.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_PROVIDER)
def export(kind):
    """The offers that the list's filters leave, one a row, as a spreadsheet."""
    on = today()
    criteria = FilterDirectory(request.args).criteria(partial(concerned, on))
    offers = visible(directory_offers(criteria), Offer, Permission.VIEW_PROVIDER, current_user)
    return download(kind, "providers", EXPORT_HEADER, rows_to_export(offers, on))


@providers.get("/<int:provider_id>")
@requires(Permission.VIEW_PROVIDER, on=Provider, options=(joinedload(Provider.sites),))
def show(provider):
    """A provider: what it offers, to whom, where and at what price, and how it is checked."""
    on = today()
    offers = fitting_offers([provider])[provider.id]
    return render_template(
        "providers/show.html",
        provider=provider,
        offers=offer_standings(offers, on, caps_in_force(on)),
        evidence=evidence_standings(provider, on),
        visit=visit_remarks(provider.last_visit_on, provider.judgement, on),
        children=children_there(provider.id, on),
        outcomes=outcomes_at(provider.id),
        picture=map_of_sites(provider),
        quality=quality_of(provider),
    )
