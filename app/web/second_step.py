"""The second step of signing in: a code works once, and its owner hears of every change to it."""

from typing import Any

from flask import Flask
from flask_security import tf_disabled, tf_profile_changed
from flask_security.signals import wan_deleted, wan_registered
from flask_security.totp import Totp
from passlib.totp import TotpMatch

from app import mail
from app.accounts.models import User
from app.mail import Letter

CHANGES = (tf_profile_changed, tf_disabled, wan_registered, wan_deleted)
TEXT = """The second step of signing in to your account at Fairplace was changed: a code from an \
app or a passkey was set up, replaced or removed.

If it was not you, choose a new password at once with "I do not know my password" on the sign-in \
page, and tell your administrator.

This message was sent by Fairplace for the local authority. Replies are not read.
"""


class CodesOnce(Totp):
    """Codes from an authenticator app, each of which opens the account once (RFC 6238, 5.2)."""

    def get_last_counter(self, user: User) -> int | None:
        """The number of the last code that this person used."""
        return user.tf_last_counter

    def set_last_counter(self, user: User, tmatch: TotpMatch) -> None:
        """Note which code was used; neither it nor an earlier one works again."""
        user.tf_last_counter = tmatch.counter


def register(app: Flask) -> None:
    """Write to people whose second step was changed."""
    for change in CHANGES:
        change.connect(_tell, app)


def _tell(_app: Flask, user: User, **_more: Any) -> None:
    mail.send(Letter(user.email, "How you sign in to Fairplace was changed", TEXT))
