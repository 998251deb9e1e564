"""A person's own account: password, second step, and where they are signed in."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.accounts import holds
from app.accounts import sessions as service
from app.accounts.passkeys import Passkey
from app.accounts.sessions import SignInSession
from app.web.confirming import confirmed_lately
from app.web.sessions import limits, present

account = Blueprint("account", __name__, url_prefix="/account")


@account.get("/")
@requires(Permission.OWN_ACCOUNT)
def show():
    """What this person may change about signing in."""
    return render_template(
        "accounts/show.html",
        lasting=service.lasting(current_user, limits()),
        here=present(),
        held=holds.lately(current_user),
        idle_minutes=current_app.config["SESSION_IDLE_MINUTES"],
        hours=current_app.config["SESSION_HOURS"],
    )


@account.post("/sessions/<int:sign_in_session_id>/end")
@requires(Permission.OWN_SESSION, on=SignInSession)
@confirmed_lately
def end(sign_in_session):
    """Sign one of one's own browsers out."""
    service.end(sign_in_session)
    flash(f"{sign_in_session.browser} was signed out.", "success")
    return redirect(url_for("account.show"))


@account.get("/passkeys/<int:passkey_id>/remove")
@requires(Permission.OWN_PASSKEY, on=Passkey)
@confirmed_lately
def remove_passkey(passkey):
    """Ask before a passkey of one's own is removed."""
    return render_template("accounts/remove_passkey.html", passkey=passkey)


@account.post("/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
@confirmed_lately
def end_others():
    """Sign out everywhere but here."""
    here = present()
    ended = service.end_others(current_user, here.id if here else None)
    flash(f"You were signed out in {ended} other {'place' if ended == 1 else 'places'}.", "success")
    return redirect(url_for("account.show"))
