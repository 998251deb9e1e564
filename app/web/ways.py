"""Where a browser may be sent on to: pages of ours, and nothing that only looks like one."""

from urllib.parse import unquote, urlsplit

CUNNING = ("//", "\\", ":")


def own_page(target: str | None) -> str:
    """A path of ours with its query, or nothing where a target is anything else.

    Browsers read a backslash as a slash, two slashes as another site, and drop tabs and line ends
    on the way; whatever is so written, plainly or in percent signs, once or twice, is refused.
    """
    if not target or not target.startswith("/"):
        return ""
    for form in (target, unquote(target), unquote(unquote(target))):
        path = form.partition("?")[0].partition("#")[0]
        if any(sign in path for sign in CUNNING) or any(ord(sign) < 32 for sign in form):
            return ""
    parts = urlsplit(target)
    return "" if parts.netloc or parts.scheme else target
