"""Confirming anew who one is, before anything about getting into the account is changed.

A browser that somebody left open is not yet its owner. Signing in counts for some minutes; after
these the password is asked for once more, or the council's own sign-in where that is the way in
(ASVS 3.3.4, 3.7.1).
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_security import Security
from flask_security.utils import check_and_update_authn_fresh
from werkzeug.wrappers import Response

CONFIRMED_AT = "fs_paa"
"""Where the sign-in library keeps when this browser last proved who uses it."""
NOT_YET = "Nothing was changed yet. Confirm that it is you, then do it again."
PAGE_OF = {
    "security.wan_delete": "security.wan_register",
    "account.end": "account.show",
    "account.end_others": "account.show",
}
"""The page of what is only sent: where to do it again."""


def register(security: Security) -> None:
    """Let the sign-in library lead to our page where it wants to know anew who somebody is."""
    security.reauthn_handler(lambda _within, _grace: ask())


def confirmed_lately(view: Callable) -> Callable:
    """Let a view be used only by a browser that has lately proved who uses it."""

    @wraps(view)
    def held(**arguments: Any) -> Any:
        within = current_app.config["SECURITY_FRESHNESS"]
        if not check_and_update_authn_fresh(within, timedelta(0)):
            return ask()
        return view(**arguments)

    return held


def ask() -> Response:
    """Lead to the page that asks, and from there back to where the thing can be done."""
    onward = request.full_path.rstrip("?")
    if request.method != "GET":
        flash(NOT_YET, "info")
        page = PAGE_OF.get(request.endpoint or "")
        onward = url_for(page) if page else request.path
    return redirect(url_for("security.verify", next=onward))


def confirm() -> None:
    """Note that this browser has just proved who uses it."""
    session[CONFIRMED_AT] = time.time()
