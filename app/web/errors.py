"""The pages a person sees when something is refused or breaks: what happened, what to do next.

Whatever was under way is undone before the page is drawn, so each can say that nothing of it
was saved.
"""

import errno
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.kernel.database import db, refusal_of
from app.kernel.rules import RuleBroken
from app.web import logs, tries

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
MEBIBYTE = 1024 * 1024
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
OVERTAKEN = (
    "Someone else changed or used the same record at the same moment. "
    "Open it again to see how it stands now."
)
LAST_RESORT = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    "<title>Sorry, there is a problem – Fairplace</title></head><body>"
    "<h1>Sorry, there is a problem with Fairplace</h1>"
    "<p>Nothing you sent just now was saved. What you saved before is safe. "
    "Try again in a few minutes.</p><p>Reference: {reference}</p></body></html>"
)


class Site(Flask):
    """Flask, but for its line about a fault, which holds the address; some addresses are keys."""

    def log_exception(self, exc_info: Any) -> None:
        """Write which view failed, and where."""
        self.logger.error("Fault in %s %s", request.method, request.endpoint, exc_info=exc_info)


def page(code: int, **facts: Any) -> tuple[str, int]:
    """The error page of a status code; a code without its own page gets its family's."""
    own = code if code in PAGES else 400 if code < 500 else 500
    return render_template(f"errors/{own}.html", back=_way_back(), **facts), code


def rule_broken(error: RuleBroken) -> tuple[str, int]:
    """409, with every reason."""
    db.session.rollback()
    return page(409, reasons=error.reasons)


def overtaken(error: IntegrityError) -> tuple[str, int]:
    """409 where a database constraint refused what the checks had let through."""
    db.session.rollback()
    current_app.logger.warning("A constraint refused a write: %s", refusal_of(error))
    return page(409, reasons=(OVERTAKEN,))


def outdated(error: StaleDataError) -> tuple[str, int]:
    """409 where a record has another version than the one that was to be changed."""
    db.session.rollback()
    current_app.logger.warning("A record had changed meanwhile: %s", type(error).__name__)
    return page(409, reasons=(OVERTAKEN,))


def unavailable(error: OperationalError) -> tuple[str, int]:
    """503 where the database cannot be reached or is too busy."""
    current_app.logger.error("The database did not answer", exc_info=error)
    return _broken(503)


def out_of_room(error: OSError) -> tuple[str, int]:
    """503 where the disk is full; any other fault of the system is a fault of ours."""
    if error.errno not in FULL:
        current_app.logger.error("The system refused", exc_info=error)
        return _broken(500)
    current_app.logger.critical("The disk is full: %s", errno.errorcode[error.errno])
    return _broken(503)


def refused(error: HTTPException) -> tuple[str, int] | Response:
    """The page of any other HTTP status; redirects and ready-made answers pass through."""
    code = error.code
    if error.response is not None or code is None or code < 400:
        return error.get_response()
    if code >= 500:
        return _broken(code)
    db.session.rollback()
    limit = current_app.config.get("MAX_CONTENT_LENGTH") or 0
    body, status = page(
        code,
        form_expired=isinstance(error, CSRFError),
        limit_mb=limit // MEBIBYTE,
        **tries.again(),
    )
    response = current_app.make_response((body, status))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _broken(code: int) -> tuple[str, int]:
    """A page for a fault of ours, with a reference that stands in the log beside the cause."""
    reference = logs.reference()
    current_app.logger.error("Reference %s: %s %s", reference, request.method, request.endpoint)
    try:
        db.session.rollback()
        return page(code, reference=reference)
    except Exception:  # the page itself may need what is broken, such as the database
        current_app.logger.exception("Reference %s: the error page failed too", reference)
        return LAST_RESORT.format(reference=reference), code


def _way_back() -> str | None:
    """The page of ours that the person came from, where the browser says so."""
    here, came_from = urlsplit(request.host_url), urlsplit(request.referrer or "")
    return request.referrer if came_from.netloc == here.netloc else None


def register(app: Flask) -> None:
    """Answer every refusal and fault with its own page."""
    app.register_error_handler(RuleBroken, rule_broken)
    app.register_error_handler(IntegrityError, overtaken)
    app.register_error_handler(StaleDataError, outdated)
    app.register_error_handler(OperationalError, unavailable)
    app.register_error_handler(OSError, out_of_room)
    app.register_error_handler(HTTPException, refused)
