"""The search of the directory: find, compare, take away, save, and freeze as evidence."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.children.models import Referral
from app.children.queries import WHOLE_REFERRAL
from app.commissioning import freezing, shortlists
from app.commissioning.models.search import FrozenSearch, SavedSearch
from app.kernel.clock import today
from app.kernel.database import db
from app.web.columns import FROZEN_SEARCHES
from app.web.export import download, download_list
from app.web.forms.search import FreezeSearch, SaveSearch
from app.web.listing import paged
from app.web.search import (
    EXPORT_HEADER,
    MOST_COMPARED,
    PAGE,
    Asked,
    asked,
    asked_values,
    comparison,
    found_to_export,
    map_of,
    prefilled,
    query_of,
    rows_to_export,
)
from providers.search_words import NEUTRAL_WORDS, ORDER_WORDS

search = Blueprint("search", __name__, url_prefix="/search")


@search.get("/")
@requires(Permission.SEARCH)
def find():
    """Search for nobody in particular."""
    return _found(_asked())


@search.get("/for/<int:referral_id>")
@requires(Permission.SEARCH_FOR_CHILD, on=Referral, options=WHOLE_REFERRAL)
def find_for(referral):
    """Search for a child; at first for what the referral asks."""
    if not asked_values(request.args):
        return redirect(
            url_for(".find_for", referral_id=referral.id, **prefilled(referral, today()))
        )
    return _found(_asked(referral))


@search.get("/compare")
@requires(Permission.SEARCH)
def compare():
    """Up to six offers side by side."""
    return _compared(_asked())


@search.get("/for/<int:referral_id>/compare")
@requires(Permission.SEARCH_FOR_CHILD, on=Referral, options=WHOLE_REFERRAL)
def compare_for(referral):
    """Up to six offers side by side, for a child."""
    return _compared(_asked(referral))


@search.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.SEARCH)
def export(kind):
    """What a search found, as a spreadsheet."""
    return _exported(kind, _asked())


@search.get("/for/<int:referral_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.SEARCH_FOR_CHILD, on=Referral, options=WHOLE_REFERRAL)
def export_for(referral, kind):
    """What a search for a child found, as a spreadsheet."""
    return _exported(kind, _asked(referral))


@search.route("/freeze", methods=["GET", "POST"])
@requires(Permission.FREEZE_SEARCH)
def freeze():
    """Keep a search as evidence of what was available."""
    return _frozen(_asked())


@search.route("/for/<int:referral_id>/freeze", methods=["GET", "POST"])
@requires(Permission.FREEZE_SEARCH, on=Referral, options=WHOLE_REFERRAL)
def freeze_for(referral):
    """Keep a search for a child as evidence of what was available."""
    return _frozen(_asked(referral))


@search.route("/save", methods=["GET", "POST"])
@requires(Permission.SEARCH)
def save():
    """Save a search under a name."""
    return _saved(None)


@search.route("/for/<int:referral_id>/save", methods=["GET", "POST"])
@requires(Permission.SEARCH_FOR_CHILD, on=Referral, options=WHOLE_REFERRAL)
def save_for(referral):
    """Save a search for a child under a name."""
    return _saved(referral)


@search.post("/saved/<int:saved_search_id>/forget")
@requires(Permission.SEARCH, on=SavedSearch)
def forget(saved_search):
    """Remove one of this person's own saved searches."""
    if saved_search.user_id != current_user.id:
        abort(404)
    shortlists.forget_search(saved_search)
    flash(f"“{saved_search.name}” is no longer saved.", "success")
    return redirect(url_for(".find"))


@search.get("/frozen/")
@requires(Permission.VIEW_FROZEN_SEARCH)
def frozen_list():
    """Searches kept as evidence, the newest first."""
    page = db.paginate(shortlists.frozen_searches(), per_page=PAGE)
    return render_template("search/frozen_list.html", page=page)


@search.get("/frozen/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_FROZEN_SEARCH)
def export_frozen_list(kind):
    """The searches kept as evidence, as a spreadsheet."""
    return download_list(kind, "frozen-searches", FROZEN_SEARCHES, shortlists.frozen_searches())


@search.get("/frozen/<int:frozen_search_id>")
@requires(Permission.VIEW_FROZEN_SEARCH, on=FrozenSearch)
def frozen(frozen_search):
    """A search as it was kept, whatever the directory says now."""
    others = request.args.get("show") == "unsuitable"
    results = [kept for kept in frozen_search.results if kept["suitable"] is not others]
    intact, page = freezing.is_intact(frozen_search), paged(results, PAGE)
    return render_template(
        "search/frozen.html", frozen=frozen_search, page=page, others=others, intact=intact
    )


@search.get("/frozen/<int:frozen_search_id>/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_FROZEN_SEARCH, on=FrozenSearch)
def frozen_export(frozen_search, kind):
    """A frozen search as a spreadsheet: every offer it looked at."""
    rows = rows_to_export(frozen_search.results)
    return download(kind, f"frozen-search-{frozen_search.id}", EXPORT_HEADER, rows)


def _asked(referral: Referral | None = None) -> Asked:
    return asked(request.args, referral, today())


def _found(question: Asked):
    """The results, or the form where nothing is asked yet or what is asked makes no sense."""
    if question.criteria is None:
        saved = shortlists.saved_searches(current_user)
        return render_template("search/start.html", form=question.form, asked=question, saved=saved)
    others = request.args.get("show") == "unsuitable"
    made = question.search(others=others)
    page = paged(made.unsuitable if others else made.suitable, PAGE)
    results = list(made.judged(page.items))
    return render_template(
        "search/find.html",
        form=question.form,
        asked=question,
        made=made,
        others=others,
        page=page,
        results=results,
        picture="" if others else map_of(results, question.sector),
        order_words=f"{ORDER_WORDS[made.criteria.order]} {NEUTRAL_WORDS}",
    )


def _compared(question: Asked):
    """The offers ticked side by side; told to tick some where none is, or fewer where too many."""
    ids = list(dict.fromkeys(request.args.getlist("offer", type=int)))
    if question.criteria is None:
        return redirect(_way("find", question.referral))
    back = _way("find", question.referral, **asked_values(request.args).to_dict(flat=False))
    if not 1 <= len(ids) <= MOST_COMPARED:
        flash(f"Tick from 1 to {MOST_COMPARED} offers to compare.", "info")
        return redirect(back)
    results = list(question.search().judged(ids))
    rows = comparison(results, question.on)
    return render_template(
        "search/compare.html", asked=question, results=results, rows=rows, back=back
    )


def _exported(kind: str, question: Asked):
    if question.criteria is None:
        return redirect(_way("find", question.referral))
    suitable = request.args.get("show") != "unsuitable"
    rows = found_to_export(question.search(others=not suitable), suitable=suitable)
    return download(kind, "search" if suitable else "search-not-suitable", EXPORT_HEADER, rows)


def _frozen(question: Asked):
    """Ask why, then keep every offer that the search looked at."""
    if question.criteria is None:
        return redirect(_way("find", question.referral))
    form, made = FreezeSearch(), question.search(others=True)
    if form.validate_on_submit():
        kept = freezing.freeze(
            made,
            by=current_user,
            reason=form.reason.data,
            query=query_of(request.args),
            asked=question.in_words,
        )
        flash("The search is frozen. It will not change when the directory does.", "success")
        return redirect(url_for(".frozen", frozen_search_id=kept.id))
    back = _way("find", question.referral, **asked_values(request.args).to_dict(flat=False))
    return render_template("search/freeze.html", form=form, asked=question, made=made, back=back)


def _saved(referral: Referral | None):
    """Ask for a name, then save what the address asks."""
    form, values = SaveSearch(), asked_values(request.args).to_dict(flat=False)
    if form.validate_on_submit():
        shortlists.save_search(current_user, form.name.data, query_of(request.args), referral)
        flash(f"“{form.name.data}” is saved. You find it where a new search begins.", "success")
        return redirect(_way("find", referral, **values))
    return render_template("search/save.html", form=form, back=_way("find", referral, **values))


def _way(view: str, referral: Referral | None, **values) -> str:
    """The address of a page of the search, for the child where there is one."""
    if referral is None:
        return url_for(f"search.{view}", **values)
    return url_for(f"search.{view}_for", referral_id=referral.id, **values)


@search.context_processor
def addresses():
    """How templates reach the pages of the search they are in, and read a frozen record's days."""
    return {
        "search_way": _way,
        "asked_values": lambda: asked_values(request.args).to_dict(flat=False),
        "iso_day": date.fromisoformat,
    }
