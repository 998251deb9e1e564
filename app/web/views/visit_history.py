"""The visits to one provider over the years, with what each of them judged and found."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.access import Permission, requires, visible
from app.kernel.database import db
from app.visits import queries
from app.visits.models import Visit
from app.visits.terms import Standard
from app.web.export import download
from app.web.visit_history import EXPORT_HEADER, SHORT, rows, tally
from providers.models.provider import Provider

visit_history = Blueprint("visit_history", __name__, url_prefix="/visit-history")
PAGE = 20


def _visits(provider):
    """What this person may read of a provider's visits: for officers only what is final."""
    found = queries.history(provider.id)
    return visible(found, Visit, Permission.READ_VISIT_REPORT, current_user)


@visit_history.get("/<int:provider_id>")
@requires(Permission.VIEW_VISIT_HISTORY, on=Provider)
def show(provider):
    """Every visit to a provider, the latest first, standard by standard."""
    return render_template(
        "visit_history/show.html",
        provider=provider,
        page=db.paginate(_visits(provider), per_page=PAGE, max_per_page=PAGE),
        standards=[(standard, SHORT[standard]) for standard in Standard],
        tally=tally,
    )


@visit_history.get("/<int:provider_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_VISIT_HISTORY, on=Provider)
def export(provider, kind):
    """The same as a spreadsheet."""
    found = db.session.scalars(_visits(provider))
    return download(kind, f"visits-{provider.reference}", EXPORT_HEADER, rows(found))
