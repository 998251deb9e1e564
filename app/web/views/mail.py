"""The letters that were written into a folder: a page to try the site with, never in production."""

from datetime import UTC
from email import message_from_bytes, policy

from flask import Blueprint, abort, current_app, render_template

from app.access import Permission, requires
from app.mail import FolderMailer
from app.web.listing import paged

mail = Blueprint("mail", __name__, url_prefix="/mail")
PAGE = 20


@mail.get("/")
@requires(Permission.READ_MAIL)
def listed():
    """The letters in the folder, the newest first."""
    page = paged(_files(), PAGE)
    letters = [(path.name, *_message(path)) for path in page.items]
    return render_template("mail/listed.html", page=page, letters=letters)


@mail.get("/<string:name>")
@requires(Permission.READ_MAIL)
def show(name):
    """One letter, as it was written."""
    path = next((path for path in _files() if path.name == name), None) or abort(404)
    message, written_at = _message(path)
    return render_template("mail/show.html", message=message, written_at=written_at)


def _files():
    """The files of the folder; not found where letters go elsewhere, or in production."""
    mailer = current_app.extensions["mailer"]
    if current_app.config["PRODUCTION"] or not isinstance(mailer, FolderMailer):
        abort(404)
    return sorted(mailer.folder.glob("*.eml"), reverse=True)


def _message(path):
    """A letter, and when it was written: its own date says UTC without naming a zone."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return message, message["Date"].datetime.replace(tzinfo=UTC)
