"""Looking for a child by name in a list: what is looked for stands in no address.

Addresses stay in browsers' histories and in the logs of proxies, and a child's name is personal
data. It is sent in a form and kept in the session, encrypted, until it is cleared or the person
signs out. Every other filter, the sort and the page stay in the address.
"""

from flask import Flask, redirect, request, session
from flask_login import user_logged_in, user_logged_out
from werkzeug.wrappers import Response

from app.kernel.secret import Unreadable, seal, unseal
from app.web.jinja import this_page

KEY = "child_search"
LONGEST = 100


def looked_for(listing: str) -> str:
    """The name or reference that a list is narrowed to; empty where it is not.

    listing: which list, each keeps its own.
    """
    sealed = session.get(KEY, {}).get(listing)
    try:
        return unseal(sealed) if sealed else ""
    except Unreadable:  # the keys were changed since
        return ""


def look_for(listing: str) -> Response:
    """Take the form's `text` for a list, none clears it, and lead back to the list's first page."""
    text = " ".join(request.form.get("text", "").split())[:LONGEST]
    others = {name: kept for name, kept in session.get(KEY, {}).items() if name != listing}
    session[KEY] = others | ({listing: seal(text)} if text else {})
    return redirect(this_page(page=None, text=None), code=303)


def register(app: Flask) -> None:
    """Forget it where somebody signs in or out: the next person may use the same browser."""
    user_logged_in.connect(_forget, app)
    user_logged_out.connect(_forget, app)


def _forget(_app: Flask, **_: object) -> None:
    session.pop(KEY, None)
