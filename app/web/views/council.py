"""Signing in by the council's own sign-in, and connecting an account to it."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_login import current_user
from flask_security import login_user

from app.access import SIGN_IN, Permission, public, requires
from app.accounts import council as service
from app.accounts.council import Claims
from app.kernel import audit
from app.kernel.rules import RuleBroken
from app.web.council import NotProved, came_back, send_off, sign_in_page, what_for
from app.web.ways import own_page

council = Blueprint("council", __name__)
FAILED = "Signing in with your council account did not work. Nothing was changed. Try again."


@council.get("/sign-in/council")
@public
def start():
    """Go to the council's own sign-in."""
    return send_off("sign in", own_page(request.args.get("next")))


@council.get("/account/council")
@requires(Permission.OWN_ACCOUNT)
def connect():
    """Go there to connect the account of whoever is signed in."""
    return send_off("connect")


@council.get("/sign-in/council/back")
@public
def back():
    """Come back from there: sign in, or connect the account."""
    purpose, onward = what_for()
    claims = came_back()
    if purpose == "connect" and current_user.is_authenticated:
        return _connected(claims)
    audit.name_deed(SIGN_IN, "account:council")
    answer = service.enter(claims, current_app.config["COUNCIL"]["roles"])
    if answer.user is None:
        flash(answer.refused, "error")
        return sign_in_page()
    login_user(answer.user, remember=False, authn_via=["council"])
    return redirect(onward or "/")


@council.errorhandler(NotProved)
def not_proved(fault):
    """Back to the page for signing in; the log has the kind of fault and nobody's data."""
    current_app.logger.warning("The council's sign-in did not prove who came: %s", fault)
    flash(FAILED, "error")
    return redirect(url_for("account.show")) if current_user.is_authenticated else sign_in_page()


def _connected(claims: Claims):
    """Connect, which signs the person out everywhere, and sign in anew by the council."""
    user = current_user._get_current_object()
    audit.name_deed(user.actor, "account:council")
    try:
        service.connect(user, claims, current_app.config["COUNCIL"]["roles"])
    except RuleBroken as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("account.show"))
    login_user(user, remember=False, authn_via=["council"])
    flash("From now on you sign in with your council account.", "success")
    return redirect(url_for("account.show"))
