"""Passkeys: what the sign-in library asks of us about them, and words for what became of a try.

The ceremony itself is the library's and py_webauthn's (WebAuthn, level 2, 7.1 and 7.2).
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, request, session
from flask_login import current_user
from flask_security import (
    WebAuthnDeleteForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninResponseForm,
    WebauthnUtil,
)
from flask_security.signals import wan_deleted, wan_registered
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE = "passkey_challenge"
FAILED = {
    "security.wan_register_response": "The passkey was not saved. Try again.",
    "security.wan_signin_response": "The passkey did not work. Try again, or sign in another way.",
}
LAST_ONE = (
    "Your role needs a second step. Set up a code or another passkey before you remove this one."
)


class OurPasskeys(WebauthnUtil):
    """Passkeys that the device finds by itself, so that nobody types who they are."""

    def origin(self) -> str:
        """The site's own address; while developing, whichever address was asked."""
        if not current_app.config["PRODUCTION"]:
            return request.host_url.rstrip("/")
        own = urlsplit(current_app.config["ADDRESS"])
        return f"{own.scheme}://{own.netloc}"

    def generate_challenge(self, nbytes: int | None = None) -> str:
        """A new challenge, which this browser alone can answer, once."""
        session[CHALLENGE] = super().generate_challenge(nbytes)
        return session[CHALLENGE]

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """Any device, that keeps the key for this site and checks who holds it if it can."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        """By itself a passkey counts as two steps, so the device must check who holds it."""
        if "secondary" in usage:
            return UserVerificationRequirement.DISCOURAGED
        return UserVerificationRequirement.REQUIRED


class RegisterResponse(WebAuthnRegisterResponseForm):
    """The device's answer to a challenge, which is good once."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether a new passkey is to be saved."""
        return _answers(self.challenge) and super().validate(**kwargs)


class SignInResponse(WebAuthnSigninResponseForm):
    """The device's answer to a challenge, which is good once."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it opens the account that the password was given for, if one was."""
        good = _answers(self.challenge) and super().validate(**kwargs)
        if not good or not self.is_secondary:
            return good and not self.credential.errors
        return self.user.fs_uniquifier == session.get("tf_user_id")


class RemovePasskey(WebAuthnDeleteForm):
    """Removing a passkey: never the last second step of somebody who needs one."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it may go."""
        if not super().validate(**kwargs):
            return False
        others = len(current_user.webauthn) > 1 or current_user.tf_primary_method
        if current_user.needs_second_step and not others:
            flash(LAST_ONE, "error")
            return False
        return True


def _answers(challenge: str) -> bool:
    return session.pop(CHALLENGE, None) == challenge


def register(app: Flask) -> None:
    """Say on the next page what became of a try."""
    wan_registered.connect(_saved, app)
    wan_deleted.connect(_removed, app)

    @app.after_request
    def tell(response: Response) -> Response:
        failed = FAILED.get(request.endpoint or "")
        worked = g.get("passkey_saved") or (
            request.endpoint == "security.wan_signin_response" and current_user.is_authenticated
        )
        if failed and response.status_code == 302 and not worked:
            flash(failed, "error")
        return response


def _saved(_app: Flask, name: str, **_more: Any) -> None:
    g.passkey_saved = True
    flash(f"The passkey {name} is saved. You can sign in with it.", "success")


def _removed(_app: Flask, name: str, **_more: Any) -> None:
    flash(f"The passkey {name} was removed.", "success")
