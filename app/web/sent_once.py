"""A form that is sent twice is taken once, whatever the browser or the line did.

Every page's forms carry a token that is new each time the page is made. The same token with the
same content is therefore the same form: a double click, a page sent again by the browser, a line
that broke before the answer. Whoever sends it again is led to where the first one led.
"""

from hashlib import sha256

from flask import Flask, Response, abort, flash, g, redirect, request, session
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app.kernel import sent_forms
from app.kernel.database import db

TOKEN = "csrf_token"
AGAIN = "This was sent more than once. It was taken once, and nothing was done twice."
CHUNK = 64 * 1024


def register(app: Flask) -> None:
    """Hold every form to it, the sign-in library's own excepted.

    To be called after the transaction is registered and before it commits: what was taken is
    noted in the same transaction as what it changed.
    """

    @app.before_request
    def recognise() -> Response | None:
        g.sent_form = _key()
        return _led_away() if g.sent_form else None

    @app.after_request
    def note(response: Response) -> Response:
        key = g.get("sent_form")
        if not key:
            return response
        if response.status_code >= 400:
            # what the first one did is often why the second is refused
            db.session.rollback()
            return _led_away() or response
        if response.location and not sent_forms.take(key, response.location):
            db.session.rollback()
            return _led_away() or abort(409)
        return response


def _key() -> str | None:
    """A digest of the form that is being sent, or None where nothing of the kind is sent."""
    token = request.form.get(TOKEN) if request.method == "POST" else None
    if not token or (request.blueprint or "security") == "security":
        return None
    digest = sha256(f"{current_user.get_id()}\0{request.full_path}".encode())
    for name, values in request.form.lists():
        digest.update("\0".join(("", name, *values)).encode("utf-8", "surrogatepass"))
    for name, file in request.files.items(multi=True):
        digest.update(f"\0{name}\0{file.filename}\0".encode("utf-8", "surrogatepass"))
        _read_into(digest, file)
    return digest.hexdigest()


def _read_into(digest, file: FileStorage) -> None:
    """Add a file's content to a digest, and leave the file as it was."""
    while chunk := file.stream.read(CHUNK):
        digest.update(chunk)
    file.stream.seek(0)


def _led_away() -> Response | None:
    """The way to where the same form led before; None where it was not taken yet."""
    address = sent_forms.led_to(g.sent_form)
    if address is None:
        return None
    g.sent_form = None
    session.pop("_flashes", None)
    flash(AGAIN, "info")
    return redirect(address, code=303)
