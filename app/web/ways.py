"""Where a browser may be sent on to: pages of ours, and nothing that only looks like one."""

from urllib.parse import unquote, urlsplit

from flask import Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response

READINGS = 3
"""How often a target is read out of percent signs: whatever is on the way may do so too."""


def own_page(target: str | None) -> str:
    """A path of ours with its query, or nothing where a target is anything else.

    Browsers read a backslash as a slash, two slashes as another site, and drop tabs and line ends
    on the way; whatever is so written, plainly or in percent signs, is refused.
    """
    form = target or ""
    for _ in range(READINGS):
        path = form.partition("?")[0].partition("#")[0]
        unsafe = "\\" in path or any(ord(sign) < 32 or ord(sign) == 127 for sign in form)
        if unsafe or not path.startswith("/") or path.startswith("//"):
            return ""
        form = unquote(form)
    try:
        parts = urlsplit(target or "")
    except ValueError:
        return ""
    return "" if parts.netloc or parts.scheme else target or ""


def register(app: Flask) -> None:
    """Let no page of signing in, ours or the library's, hear of a way on that is not ours."""

    @app.before_request
    def judge_way_on() -> Response | None:
        ways = request.args.getlist("next") + request.form.getlist("next")
        if all(own_page(way) for way in ways if way):
            return None
        if request.method != "GET" or request.endpoint is None:
            abort(400)
        others = {name: value for name, value in request.args.items() if name != "next"}
        return redirect(url_for(request.endpoint, **(request.view_args or {}), **others))
