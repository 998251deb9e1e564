"""Signing in by the council's own sign-in, and connecting an account to it."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_login import current_user
from flask_security import login_user

from app.access import SIGN_IN, Permission, public, requires
from app.accounts import council as service
from app.accounts.council import Claims
from app.kernel import audit
from app.kernel.rules import RuleBroken
from app.web import confirming
from app.web.confirming import confirmed_lately
from app.web.council import Errand, NotProved, came_back, send_off, sign_in_page, what_for
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
@confirmed_lately
def connect():
    """Go there to connect the account of whoever is signed in."""
    return send_off("connect")


@council.get("/account/council/confirm")
@requires(Permission.OWN_ACCOUNT)
def confirm():
    """Go there to prove anew who one is, before the way into the account is changed."""
    return send_off("confirm", own_page(request.args.get("next")), anew=True)


@council.get("/sign-in/council/back")
@public
def back():
    """Come back from there: sign in, or connect the account."""
    errand, claims = what_for(), came_back()
    if errand.purpose == "confirm" and current_user.is_authenticated:
        return _confirmed(claims, errand)
    if errand.purpose == "connect" and current_user.is_authenticated:
        return _connected(claims)
    audit.name_deed(SIGN_IN, "account:council")
    answer = service.enter(claims, current_app.config["COUNCIL"]["roles"])
    if answer.user is None:
        flash(answer.refused, "error")
        return sign_in_page()
    login_user(answer.user, remember=False, authn_via=["council"])
    return redirect(errand.onward or "/")


@council.errorhandler(NotProved)
def not_proved(fault):
    """Back to the page for signing in; the log has the kind of fault and nobody's data."""
    current_app.logger.warning("The council's sign-in did not prove who came: %s", fault)
    flash(FAILED, "error")
    return redirect(url_for("account.show")) if current_user.is_authenticated else sign_in_page()


def _confirmed(claims: Claims, errand: Errand):
    """Back to what was to be changed, where it was the owner of this account who was asked."""
    errand.must_be_answered_anew(claims)
    if not service.is_of(claims, current_user):
        raise NotProved("another person confirmed")
    confirming.confirm()
    return redirect(errand.onward or url_for("account.show"))


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
