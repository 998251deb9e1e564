"""The audit trail: who did what to which record, narrowed, and taken away."""

from functools import partial

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.access import Permission, requires
from app.accounts.trail import entries
from app.kernel.database import db
from app.web import entries as words
from app.web.export import download
from app.web.forms.trail import FilterTrail

trail = Blueprint("trail", __name__, url_prefix="/audit-trail")
PAGE = 20


@trail.context_processor
def in_words():
    """How an entry reads."""
    return {
        "action_in_words": words.action_in_words,
        "subject_in_words": words.subject_in_words,
        "changes_in_words": partial(words.changes_in_words, reader=current_user),
        "done_in_words": words.DONE,
    }


@trail.get("/")
@requires(Permission.VIEW_AUDIT)
def listed():
    """Entries of the trail, the latest first."""
    form = FilterTrail(request.args)
    page = db.paginate(entries(form.criteria()), per_page=PAGE, max_per_page=PAGE)
    return render_template("trail/listed.html", form=form, page=page)


@trail.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_AUDIT)
def export(kind):
    """The trail as its filters leave it, as a spreadsheet."""
    found = entries(FilterTrail(request.args).criteria()).execution_options(yield_per=500)
    rows = words.rows_to_export(db.session.scalars(found), current_user)
    return download(kind, "audit-trail", words.HEADER, rows)
