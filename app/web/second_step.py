"""The second step of signing in: a code works once, and its owner hears of every change to it."""

from typing import Any

from flask import Flask, current_app
from flask_security import tf_disabled, tf_profile_changed
from flask_security.signals import wan_deleted, wan_registered
from flask_security.totp import Totp
from passlib.exc import TokenError, UsedTokenError
from passlib.pwd import genword
from passlib.totp import TotpMatch

from app import mail
from app.accounts.models import User
from app.mail import Letter
from app.web import tries

UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Signs that are not taken for one another when they are copied from paper."""
USED = """A code from your authenticator app was entered for your account at Fairplace a second \
time. A code works once, so nothing was opened.

If you entered it twice yourself, wait for the next code. If it was not you, somebody may have \
seen your code and knows your password: choose a new password at once, and tell your administrator.

This message was sent by Fairplace for the local authority. Replies are not read.
"""
CHANGES = (tf_profile_changed, tf_disabled, wan_registered, wan_deleted)
TEXT = """The second step of signing in to your account at Fairplace was changed: a code from an \
app or a passkey was set up, replaced or removed.

If it was not you, choose a new password at once with "I do not know my password" on the sign-in \
page, and tell your administrator.

This message was sent by Fairplace for the local authority. Replies are not read.
"""


class CodesOnce(Totp):
    """Codes from an authenticator app, each of which opens the account once (RFC 6238, 5.2)."""

    def verify_totp(self, token: str, totp_secret: str, user: User, window: int = 0) -> bool:
        """Whether a code is right and new; of one that was used before, its owner is told."""
        try:
            match = self._totp.verify(
                token, totp_secret, window=window, last_counter=self.get_last_counter(user)
            )
        except UsedTokenError:
            current_app.logger.warning("A code of account %s was used a second time", user.id)
            if tries.may_write_to(user.email):
                mail.send(Letter(user.email, "A code was used twice", USED))
            return False
        except TokenError:
            return False
        self.set_last_counter(user, match)
        return True

    def generate_recovery_codes(self, number: int) -> list[str]:
        """Codes that cannot be guessed even by whoever holds their digests: 118 bits each."""
        found = genword(length=24, chars=UNMISTAKABLE, returns=number)
        return ["-".join(code[at : at + 4] for at in range(0, 24, 4)) for code in found]

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
