"""Browsers that have signed in to an account before, known by a signed cookie.

A known browser has a count of tries of its own, so that nobody else can use the owner's up. This
is the device cookie that OWASP describes against guessing at passwords. It opens nothing: it only
says on which count a try is written.
"""

import secrets
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_login import user_logged_in
from flask_security import password_reset
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.accounts.models import User

COOKIE = "known_browser"
YEAR = 365 * 24 * 3600
MOST = 10
"""How many accounts one browser is remembered for, the latest first."""


def mark_for(user_id: int | None) -> str | None:
    """This browser's own mark, where it has signed in to the account before."""
    kept = _kept()
    return kept["mark"] if user_id in kept["accounts"] else None


def remember(_app: Flask, user: User, **_: object) -> None:
    """From now on know this browser for an account: its owner has signed in with it."""
    kept, number = _kept(), user.id
    others = [each for each in kept["accounts"] if each != number]
    value = _signer().dumps({"mark": kept["mark"], "accounts": [number, *others][:MOST]})

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            value,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def register(app: Flask) -> None:
    """Remember a browser once somebody has signed in, or proved to read the account's email."""
    user_logged_in.connect(remember, app)
    password_reset.connect(remember, app)


def _kept() -> dict[str, Any]:
    """What the cookie says, or a new mark that is known for no account."""
    try:
        return _signer().loads(request.cookies.get(COOKIE, ""), max_age=YEAR)
    except BadSignature:
        return {"mark": secrets.token_urlsafe(12), "accounts": []}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-browser")
