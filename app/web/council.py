"""Signing in by the council's own OpenID provider: the exchange with it, and what it says.

The authorization code flow with PKCE, state and nonce, by Authlib. Tokens count only where they
are signed with one of the provider's published keys, for us, for this sign-in and now.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import current_user
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from app.accounts.council import Claims
from app.links import address_of

SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How a token may be signed: by keys that the provider alone has, so never with a shared secret."""
SECONDS = 10
LEEWAY = 60
KEPT = "council"
SHUT_TO_COUNCIL = frozenset(
    f"security.{view}"
    for view in (
        "change_password", "two_factor_setup", "two_factor_setup_validate", "mf_recovery_codes",
        "wan_register", "wan_register_response",
    )
)  # fmt: skip


class NotProved(Exception):
    """The provider's answer does not prove who somebody is; the text is for the log."""


def register(app: Flask) -> None:
    """Know the provider of the settings; keep its people from setting up another way in."""
    settings = app.config["COUNCIL"]
    app.extensions["council"] = None
    if settings:
        app.extensions["council"] = OAuth(app).register(
            name="council",
            client_id=settings["client_id"],
            client_secret=settings["client_secret"],
            server_metadata_url=settings["url"],
            client_kwargs={
                "scope": settings["scope"],
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
            },
        )

    @app.context_processor
    def name() -> dict[str, Any]:
        return {"council_sign_in": settings["name"] if settings else None}

    @app.before_request
    def keep_to_council() -> None:
        if request.endpoint in SHUT_TO_COUNCIL and getattr(current_user, "council", None):
            abort(403)


def send_off(purpose: str, onward: str = "", *, anew: bool = False) -> Response:
    """Send the browser to the provider, and keep what for. 404 where none is configured.

    anew: the provider is to ask for the person's proof again, even of somebody it knows.
    Raises NotProved where the provider cannot be reached.
    """
    client = current_app.extensions["council"] or abort(404)
    session[KEPT] = {"purpose": purpose, "onward": onward, "since": int(time.time())}
    ask = {"prompt": "login", "max_age": 0} if anew else {}
    try:
        return client.authorize_redirect(address_of("council.back"), **ask)
    except (AuthlibBaseError, RequestException, ValueError, RuntimeError) as fault:
        raise NotProved(type(fault).__name__) from fault


@dataclass(frozen=True)
class Errand:
    """What a browser was sent off for, where it wanted to go, and when, in seconds of the epoch."""

    purpose: str = ""
    onward: str = ""
    since: int = 0

    def must_be_answered_anew(self, claims: Claims) -> None:
        """Raises NotProved where the provider did not ask the person since then.

        A provider that is not held to telling when it asked could be led, by whoever sits at the
        browser, to answer from memory (OpenID Connect Core, 3.1.2.1, max_age).
        """
        if claims.asked_at is None:
            raise NotProved("no auth_time: let the provider's tokens tell it")
        if claims.asked_at < self.since - LEEWAY:
            raise NotProved("the person was not asked again")


def what_for() -> Errand:
    """What the browser was sent off for, once."""
    return Errand(**session.pop(KEPT, {}))


def came_back() -> Claims:
    """What the provider says of whoever comes back. Raises NotProved."""
    client = current_app.extensions["council"] or abort(404)
    try:
        metadata = client.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [
            way for way in offered if way in SIGNED_BY
        ]
        token = client.authorize_access_token(leeway=LEEWAY)
        said = token.get("userinfo")
        if not said:
            raise NotProved("no identity token")
        more = _asked_further(client, token, said)
    except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError) as fault:
        raise NotProved(f"{type(fault).__name__} {getattr(fault, 'error', '')}") from fault
    return _claims({**more, **said})


def _asked_further(client: Any, token: Mapping[str, Any], said: Mapping[str, Any]) -> dict:
    """What the provider tells on asking, where the token leaves groups or email out."""
    claim = current_app.config["COUNCIL"]["groups_claim"]
    if claim in said and "email" in said or "userinfo_endpoint" not in client.server_metadata:
        return {}
    more = dict(client.userinfo(token=token))
    if more.get("sub") != said["sub"]:
        raise NotProved("told of another person")
    return more


def _claims(said: Mapping[str, Any]) -> Claims:
    claim = current_app.config["COUNCIL"]["groups_claim"]
    if claim in said.get("_claim_names", {}):
        raise NotProved("too many groups to be told: let the provider name only ours")
    groups, asked_at = said.get(claim) or (), said.get("auth_time")
    return Claims(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        name=str(said.get("name") or "").strip(),
        email=str(said.get("email") or "").strip().lower(),
        is_verified=said.get("email_verified") is True,
        groups=(groups,) if isinstance(groups, str) else tuple(map(str, groups)),
        asked_at=int(asked_at) if isinstance(asked_at, int | float) else None,
    )


def sign_in_page(onward: str = "") -> Response:
    """Back to the page for signing in."""
    return redirect(url_for("security.login", next=onward or None))
