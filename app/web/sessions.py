"""Keeping a browser signed in, and signing it out when its time is over."""

from datetime import timedelta

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_login import current_user, logout_user, user_logged_in, user_logged_out
from werkzeug.wrappers import Response

from app.accounts import sessions
from app.accounts.models import User
from app.accounts.sessions import Limits, SignInSession
from app.kernel.database import db

KEY = "sign_in"
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
PLAIN = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "Mac"}


def limits() -> Limits:
    """How long this installation keeps a browser signed in."""
    return Limits(
        idle=timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
        age=timedelta(hours=current_app.config["SESSION_HOURS"]),
    )


def present() -> SignInSession | None:
    """The session of this browser."""
    number = session.get(KEY)
    return db.session.get(SignInSession, number) if isinstance(number, int) else None


def browser_in_words(agent: str) -> str:
    """A browser as its owner knows it: "Firefox on Windows"."""
    name, system = (next((w for w in words if w in agent), "") for words in (BROWSERS, SYSTEMS))
    if not name:
        return "Another program"
    return f"{PLAIN.get(name, name)} on {PLAIN.get(system, system) or 'another system'}"


def register(app: Flask) -> None:
    """Begin a session where somebody signs in, and judge it before every request."""
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)

    @app.before_request
    def judge() -> Response | None:
        if not current_user.is_authenticated or request.endpoint in ("static", "security.static"):
            return None
        reason = sessions.over(present(), current_user, limits())
        if reason is None:
            return None
        logout_user()
        session.pop(KEY, None)
        flash(reason, "info")
        back = request.full_path if request.method == "GET" else None
        return redirect(url_for("security.login", next=back))


def _begin(_app: Flask, user: User, **_: object) -> None:
    began = sessions.begin(user, browser_in_words(request.headers.get("User-Agent", "")))
    session[KEY] = began.id


def _end(_app: Flask, user: User, **_: object) -> None:
    row = present()
    if row is not None:
        sessions.end(row)
