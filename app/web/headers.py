"""What every answer tells the browser it may do: nothing but our own files, and no framing.

Where a tile server for maps is configured, pictures may come from exactly that host as well.
GOV.UK's page template has one inline script; a nonce, new for each request, lets in that one.
"""

import secrets

from flask import Flask, Response, g, request

from app.web import tiles

DAY = 24 * 3600
YEAR = 365 * DAY
FEATURES = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), "
    "serial=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
"""What pages may ask of the device: nothing but passkeys. A photograph is an uploaded file."""
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:{pictures}; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def csp_nonce() -> str:
    """This request's nonce for an inline script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def register(app: Flask) -> None:
    """Set the headers on every answer."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        policy = POLICY.format(nonce=csp_nonce(), pictures=_pictures())
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", FEATURES)
        days = app.config.get("HSTS_DAYS", 0)
        if days and app.config["SESSION_COOKIE_SECURE"]:
            headers["Strict-Transport-Security"] = f"max-age={days * DAY}"
        headers["Cache-Control"] = _keeping()
        return response


def _pictures() -> str:
    """The tile server's origin, for the list of those that pictures may come from."""
    chosen = tiles.in_use()
    return f" {chosen.origin}" if chosen else ""


def _keeping() -> str:
    """How long the browser may keep the answer to this request.

    Pages and downloads name children, so a shared computer must not keep them. A file whose
    address carries a mark of its content never changes.
    """
    if request.endpoint not in ("static", "security.static"):
        return "no-store"
    return f"public, max-age={YEAR}, immutable" if "v" in request.args else "no-cache"
