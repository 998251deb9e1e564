"""Signed links for e-mail: each serves one purpose, for one row, until it expires."""

from enum import StrEnum

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.kernel.rules import RuleBroken

DAY = 24 * 3600


class Purpose(StrEnum):
    """What a link is good for; a link for one purpose is worth nothing for another."""

    ANSWER_ENQUIRY = "answer-enquiry"
    CONFIRM_CAPACITY = "confirm-capacity"
    SET_PASSWORD = "set-password"

    @property
    def days(self) -> int:
        """For how many days a link can be used."""
        return {
            Purpose.ANSWER_ENQUIRY: 14,
            Purpose.CONFIRM_CAPACITY: 21,
            Purpose.SET_PASSWORD: 7,
        }[self]


class DeadLink(RuleBroken):
    """A link that cannot be used, or no longer; the reason says which."""


def token_for(purpose: Purpose, subject_id: int) -> str:
    """The signed part of a link about one row."""
    return _signer(purpose).dumps(subject_id)


def subject_of(purpose: Purpose, token: str) -> int:
    """The id of the row that a link is about. Raises DeadLink."""
    try:
        return _signer(purpose).loads(token, max_age=purpose.days * DAY)
    except SignatureExpired as fault:
        raise DeadLink(
            f"This link has expired. It could be used for {purpose.days} days."
        ) from fault
    except BadSignature as fault:
        raise DeadLink(
            "This link is not complete. Copy the whole address from the email, or click it there."
        ) from fault


def address_of(endpoint: str, **values: str) -> str:
    """The full address of a page, for use outside a browser."""
    path = current_app.url_map.bind("").build(endpoint, values, force_external=False)
    return current_app.config["ADDRESS"].rstrip("/") + path


def _signer(purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"link:{purpose}")
