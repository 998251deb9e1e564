"""A person's notices: what they were told, where it leads, and how they are written to."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.kernel.database import db
from app.notices import service
from app.notices.models import Manner, Notice
from app.web.columns import NOTICES
from app.web.export import download_list
from app.web.forms.notices import ChooseManner

notices = Blueprint("notices", __name__, url_prefix="/notices")
PAGE = 20


@notices.get("/")
@requires(Permission.READ_NOTICES)
def listed():
    """Everything this person was told, the newest first, or only what they have not opened."""
    return render_template(
        "notices/listed.html",
        page=db.paginate(_listed(), per_page=PAGE, max_per_page=PAGE),
        unread=service.count_unread(current_user),
        unread_only=_unread_only(),
        manner=service.manner_of(current_user),
    )


def _unread_only() -> bool:
    return request.args.get("show") == "unread"


def _listed():
    return service.notices_of(current_user, unread_only=_unread_only())


@notices.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.READ_NOTICES)
def export(kind):
    """The same as a spreadsheet; it names no child either."""
    return download_list(kind, "notices", NOTICES, _listed())


@notices.get("/<int:notice_id>")
@requires(Permission.READ_NOTICES, on=Notice)
def follow(notice):
    """Go to the page that a notice is about; it counts as read from then on."""
    service.read(notice)
    return redirect(notice.page)


@notices.post("/read")
@requires(Permission.READ_NOTICES)
def read():
    """Mark every notice as read."""
    service.read_all(current_user)
    flash("Every notice is marked as read.", "success")
    return redirect(url_for("notices.listed"))


@notices.route("/choose", methods=["GET", "POST"])
@requires(Permission.READ_NOTICES)
def choose():
    """Choose between an email for each notice, one a day, and none."""
    form = ChooseManner(manner=service.manner_of(current_user).value)
    if form.validate_on_submit():
        service.choose(current_user, Manner(form.manner.data))
        flash("Your choice was saved. It holds from the next notice on.", "success")
        return redirect(url_for("notices.listed"))
    return render_template("notices/choose.html", form=form)
