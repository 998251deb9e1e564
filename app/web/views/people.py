"""A provider's people: who has access, inviting a colleague, setting the first password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app import mail
from app.access import Permission, public, requires
from app.accounts import people as service
from app.accounts.models import User
from app.links import DeadLink
from app.web.forms.people import InviteColleague, SetPassword
from app.web.letters import invitation_letter
from app.web.people import invited_by, join_by_link

people = Blueprint("people", __name__, url_prefix="/portal/people")


@people.get("/")
@requires(Permission.MANAGE_PEOPLE)
def listed():
    """Who has access for this provider, and who was invited."""
    found = service.people_of(current_user.provider)
    return render_template("people/listed.html", people=found)


@people.route("/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def invite():
    """Invite a colleague by e-mail."""
    form = InviteColleague()
    if form.validate_on_submit():
        invitation = service.invite(
            current_user.provider, email=form.email.data, name=form.name.data
        )
        mail.send(invitation_letter(invitation))
        flash(f"An invitation was sent to {invitation.user.email}.", "success")
        return redirect(url_for("people.listed"))
    return render_template("people/invite.html", form=form)


@people.post("/<int:user_account_id>/invite-again")
@requires(Permission.MANAGE_PEOPLE, on=User)
def invite_again(user_account):
    """Send a further invitation; the one before no longer works."""
    mail.send(invitation_letter(service.invite_again(user_account)))
    flash(f"A new invitation was sent to {user_account.email}.", "success")
    return redirect(url_for("people.listed"))


@people.route("/<int:user_account_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE, on=User)
def remove(user_account):
    """Take somebody's access away."""
    if request.method == "POST":
        service.remove(user_account, current_user)
        flash(f"{user_account.name} no longer has access.", "success")
        return redirect(url_for("people.listed"))
    return render_template("people/remove.html", person=user_account)


@people.route("/join/<string:token>", methods=["GET", "POST"])
@public
def join(token):
    """Set the password that an invitation asks for."""
    form = SetPassword()
    try:
        invitation = invited_by(token)
        if form.validate_on_submit():
            join_by_link(invitation, form.password.data)
            flash("Your password is set. Sign in with it.", "success")
            return redirect(url_for("security.login"))
    except DeadLink as dead:
        return render_template("people/dead_link.html", reason=str(dead)), 410
    return render_template("people/join.html", form=form, user=invitation.user)
