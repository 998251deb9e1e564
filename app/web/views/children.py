"""Children: the waiting list, and the record of each."""

from flask import Blueprint, render_template, request

from app.access import Permission, requires
from app.accounts.looks import looks_at
from app.children import queries
from app.children.models import Child
from app.children.queries import WAITING_ORDERS
from app.children.referring import OPEN
from app.commissioning.enquiries.queries import enquiries_of
from app.commissioning.figures import last_outcomes
from app.commissioning.placements.queries import of_child
from app.kernel.clock import today
from app.kernel.database import db
from app.web.child_search import look_for, looked_for
from app.web.children import EXPORT_HEADER, URGENCY_COLOURS, lines, rows_to_export, year_group
from app.web.columns import LOOKS, page_in_words
from app.web.export import attachment, download, download_list
from app.web.forms.children import FilterWaiting
from app.web.histories import of_child as history_of_child
from app.web.listing import Sort
from app.web.places import PLACE_WORDS
from app.web.subject_access import bundle
from providers.stages import age_on

children = Blueprint("children", __name__, url_prefix="/children")
PAGE = 20


@children.context_processor
def words():
    """The words for a place."""
    return PLACE_WORDS | {"urgency_colour": URGENCY_COLOURS.get, "page_in_words": page_in_words}


@children.get("/")
@requires(Permission.VIEW_CHILD)
def waiting():
    """Every child who waits for provision, the most urgent first, with the reason in words."""
    form, on = FilterWaiting(request.args), today()
    sort = Sort.from_args(request.args, WAITING_ORDERS, "-urgency")
    listed = queries.waiting(form.criteria(text := looked_for("waiting")), sort, on)
    page = db.paginate(listed, per_page=PAGE, max_per_page=PAGE)
    return render_template(
        "children/waiting.html",
        form=form,
        looked_for=text,
        sort=sort,
        page=page,
        rows=lines(page.items, on),
        counts=queries.counts_by_urgency(on),
    )


@children.post("/")
@requires(Permission.VIEW_CHILD)
def look_for_waiting():
    """Narrow the waiting list to a name or reference, or no longer."""
    return look_for("waiting")


@children.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_CHILDREN)
def export(kind):
    """The waiting list as its filters leave it, one row a referral, as a spreadsheet."""
    on = today()
    sort = Sort.from_args(request.args, WAITING_ORDERS, "-urgency")
    criteria = FilterWaiting(request.args).criteria(looked_for("waiting"))
    listed = queries.waiting(criteria, sort, on)
    return download(kind, "children-waiting", EXPORT_HEADER, rows_to_export(listed, on))


@children.get("/<int:child_id>")
@requires(Permission.VIEW_CHILD, on=Child)
def show(child):
    """A child: needs, what is asked for, what the last match found, what was changed when."""
    on = today()
    return render_template(
        "children/show.html",
        child=child,
        age=age_on(child.born_on, on),
        year_group=year_group(child, on),
        has_open=any(referral.state in OPEN for referral in child.referrals),
        lines=lines(reversed(child.referrals), on),
        outcomes=last_outcomes(child),
        enquiries={each.id: enquiries_of(each.id) for each in child.referrals},
        placed=of_child(child.id),
        history=history_of_child(child),
    )


@children.get("/<int:child_id>/looks")
@requires(Permission.VIEW_LOOKS, on=Child)
def looks(child):
    """Who has opened pages about a child, the latest first."""
    page = db.paginate(looks_at(child.id), per_page=PAGE, max_per_page=PAGE)
    return render_template("children/looks.html", child=child, page=page)


@children.get("/<int:child_id>/looks.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_LOOKS, on=Child)
def export_looks(child, kind):
    """The same as a spreadsheet."""
    return download_list(kind, f"{child.reference}-looks", LOOKS, looks_at(child.id))


@children.get("/<int:child_id>/everything.zip")
@requires(Permission.EXPORT_RECORD, on=Child)
def everything(child):
    """Everything that is held on a child, for a request of access to it."""
    return attachment(bundle(child), f"{child.reference}-everything.zip")
