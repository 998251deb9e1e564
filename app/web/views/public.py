"""The public directory: who is approved and what they do, without rates, quality or children.

An authority that does not want one sets FAIRPLACE_PUBLIC_DIRECTORY=off; then there is none.
"""

from collections.abc import Iterable

from flask import Blueprint, abort, current_app, render_template, request

from app.access import public as open_to_all
from app.kernel.database import db
from app.web.forms.public import FilterPublic
from app.web.providers import WORDS
from providers.admission import AdmissionState
from providers.directory_queries import directory as listed
from providers.directory_queries import fitting_offers
from providers.models.offer import Offer
from providers.models.provider import Provider, Site
from providers.stops import wholly_stopped

public = Blueprint("public", __name__, url_prefix="/directory")
PAGE = 20


@public.before_request
def only_where_it_is_on():
    """An address of a directory that is switched off leads nowhere."""
    if not current_app.config["PUBLIC_DIRECTORY"]:
        abort(404)


@public.context_processor
def words():
    """The words for an offer, and for a place: no finer than SO23, since it may be a home."""
    return {**WORDS, "area": area, "areas": areas}


def area(site: Site) -> str:
    """The first half of a site's postcode: "SO23"."""
    return site.postcode[:-3]


def areas(offers: Iterable[Offer]) -> list[str]:
    """The areas in which offers are given from, each once."""
    return sorted({area(offer.site) for offer in offers})


@public.get("/")
@open_to_all
def directory():
    """Approved providers by name, narrowed by what they do."""
    form = FilterPublic(request.args)
    page = db.paginate(listed(form.criteria()), per_page=PAGE, max_per_page=PAGE)
    offers = fitting_offers(page.items)
    return render_template("public/directory.html", form=form, page=page, offers=offers)


@public.get("/<int:provider_id>")
@open_to_all
def show(provider_id):
    """One approved provider: what it does, for whom and roughly where."""
    provider = db.session.get(Provider, provider_id)
    listed_here = provider is not None and provider.state is AdmissionState.APPROVED
    if not listed_here or wholly_stopped(provider):
        abort(404)
    offers = fitting_offers([provider])[provider.id]
    return render_template("public/show.html", provider=provider, offers=offers)
