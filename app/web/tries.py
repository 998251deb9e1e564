"""How often it may be tried to get into an account, so that guessing fails and nobody is shut out.

Three counts are kept of tries that fail. By address: whoever guesses at many accounts from one
place. By account and where the try comes from, which is a browser that the account is known in or
else the address: whoever guesses at one account from one place. By account over all browsers that
it is not known in: whoever guesses from many places. The owner's own browser stands on none of the
attacker's counts, and a new browser gets past the third by a link in email. An account that does
not exist is counted like one that does, so the answer never tells.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, current_app, g, request, session
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import lookup_identity
from limits import parse
from sqlalchemy import select

from app.access import SIGN_IN
from app.accounts import holds
from app.accounts.models import User
from app.kernel import audit
from app.kernel.database import db
from app.web import known_browsers

WRITTEN_EVERY = parse("1 per hour")
NOBODY = None, ""
LETTERS = parse("5 per hour")
"""How many letters with a link one account is sent. Each link works, so none is missed."""


@dataclass(frozen=True)
class Step:
    """Something that can be tried. name: as it is counted and written down.

    limits: (setting with the limit, whose count it is) for each count.
    every: whether each try counts, and not only one that fails.
    """

    name: str
    limits: tuple[tuple[str, Callable[[], str]], ...]
    every: bool = False

    @property
    def is_about_an_account(self) -> bool:
        """Whether any count is an account's."""
        return any(whose is not by_address for _setting, whose in self.limits)


def by_address() -> str:
    """The address that a try comes from; of IPv6 the network, of which one visitor has it all."""
    address = get_remote_address()
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False).network_address)
    return address


def by_account_and_place() -> str:
    """The account with the browser it is known in, or else with the address."""
    mark = known_browsers.mark_for(_account_id())
    return f"{_account()} {f'browser {mark}' if mark else by_address()}"


def by_account() -> str:
    """The account, for browsers that it is not known in."""
    return _account()


by_account.exempt = lambda: known_browsers.mark_for(_account_id()) is not None

GUESSES = (
    ("SIGN_IN_LIMIT", by_address),
    ("ACCOUNT_LIMIT", by_account_and_place),
    ("STRANGERS_LIMIT", by_account),
)
PASSWORD = Step("password", GUESSES)
SECOND_STEP = Step("second step", GUESSES)
PASSKEY = Step("passkey", (("SIGN_IN_LIMIT", by_address),))
RECOVERY = Step("recovery", (("SIGN_IN_LIMIT", by_address), GUESSES[1]), every=True)
LINK = Step("link", (("SIGN_IN_LIMIT", by_address),))
JOINING = Step("joining", (("JOIN_LIMIT", by_address),), every=True)

STEPS = {
    "joining.start": JOINING,
    "people.join": LINK,
    "security.login": PASSWORD,
    "security.verify": PASSWORD,
    "security.change_password": PASSWORD,
    "security.forgot_password": RECOVERY,
    "security.reset_password": LINK,
    "security.two_factor_token_validation": SECOND_STEP,
    "security.two_factor_rescue": SECOND_STEP,
    "security.mf_recovery": SECOND_STEP,
    "security.wan_signin_response": PASSKEY,
}
"""What is tried at each view that has limits."""


def may_write_to(email: str) -> bool:
    """Whether one more letter with a link may go to an address this hour; it is counted."""
    return _limiter().limiter.hit(LETTERS, "letters", email.strip().lower())


def again() -> dict[str, datetime | int]:
    """When to try again, for the page that says so: the moment, and minutes from now."""
    moment = g.get("try_again_at")
    if moment is None:
        return {}
    whole = math.ceil(moment / 60) * 60  # pages tell minutes, and none too early
    left = max(whole - time.time(), 1)
    return {"again_at": datetime.fromtimestamp(whole, UTC), "minutes": math.ceil(left / 60)}


def limit(app: Flask, limiter: Limiter) -> None:
    """Count the tries at every view of STEPS. To be called once every view is there."""
    app.extensions["tries"] = limiter

    @app.before_request
    def find_account() -> None:
        """Find whose account a try is about before counting, so that no count reads a row."""
        step = STEPS.get(request.endpoint or "")
        if request.method == "POST" and step and step.is_about_an_account:
            g.tried = _tried_account()

    for view, step in STEPS.items():
        for setting, whose in step.limits:
            counted = limiter.shared_limit(
                partial(app.config.__getitem__, setting),
                scope=f"{step.name} {whose.__name__}",
                key_func=whose,
                methods=["POST"],
                exempt_when=getattr(whose, "exempt", None),
                deduct_when=None if step.every else failed,
                on_breach=partial(_held_up, step),
            )
            app.view_functions[view] = counted(app.view_functions[view])


def failed(response: Response) -> bool:
    """Whether a try failed: a form that is shown again. What was held up is not counted twice."""
    if request.endpoint in PASSKEYS:
        return not current_user.is_authenticated
    return response.status_code not in (302, 303, 429)


PASSKEYS = frozenset({"security.wan_signin_response"})
"""Views that lead on to another page whether or not a try succeeds."""


def _tried_account() -> tuple[int | None, str]:
    """The account that a try is about: its id, and what it is counted under."""
    written = _written_email()
    user_id = None
    if written:
        user_id = getattr(lookup_identity(written), "id", None)
    elif current_user.is_authenticated:
        user_id = current_user.id
    elif "tf_user_id" in session:
        known = select(User.id).where(User.fs_uniquifier == session["tf_user_id"])
        user_id = db.session.scalar(known)
    return user_id, f"account {user_id}" if user_id else f"nobody {written[:254]}"


def _written_email() -> str:
    """The email address that was sent, as it is compared."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    written = sent.get("email", "") if hasattr(sent, "get") else ""
    return str(written).strip().lower()


def _account_id() -> int | None:
    return g.get("tried", NOBODY)[0]


def _account() -> str:
    return g.get("tried", NOBODY)[1]


def _limiter() -> Limiter:
    return current_app.extensions["tries"]


def _held_up(step: Step, breached: RequestLimit) -> None:
    """Note when to try again, and write the first try of an hour that is held up into the trail.

    The request is refused and undone, so what is written is saved here and now.
    """
    g.try_again_at = max(breached.reset_at, g.get("try_again_at", 0))
    limiter, whose = _limiter().limiter, " ".join(map(str, breached.request_args))
    if not limiter.hit(WRITTEN_EVERY, "written", whose):
        return
    db.session.rollback()
    with audit.acting(SIGN_IN, "account:hold"):
        holds.hold(step.name, _account_id(), by_address())
        db.session.commit()
