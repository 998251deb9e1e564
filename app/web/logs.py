"""What the site writes into its log: one line a request, each with a reference that people see.

A line names the view, the account's number and the time taken. It never holds an address, a query,
a form or a name: a search may hold a child's name or home, and a link in an email is a key.
"""

import logging
import re
import sys
import time
import traceback
from secrets import token_hex
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user
from pythonjsonlogger.json import JsonFormatter
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

try:
    import sentry_sdk
except ImportError:  # an extra, needed only where faults are reported to a tracker
    sentry_sdk = None

log = logging.getLogger("fairplace.requests")
GIVEN = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
QUIET = frozenset({"static", "security.static", "pages.healthy", "pages.ready"})
TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
AS_JSON = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
ABOUT_A_MACHINE = (OSError, OperationalError, ProgrammingError)
"""Faults whose words an operator needs, and which quote nothing that somebody entered."""
FACTS = ("view", "method", "status", "milliseconds", "account")


def reference() -> str:
    """This request's reference, as the log, the answer's header and an error page show it."""
    return g.setdefault("request_id", token_hex(8))


class _WithReference(logging.Filter):
    """Adds the reference of the request under way to every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        here = g.get("request_id", "-") if has_request_context() else "-"
        record.request_id = here
        return True


def register(app: Flask) -> None:
    """Number the requests and write their lines; LOG_FORMAT says how: text or json."""
    _write_to_standard_error(app.config["LOG_FORMAT"], spoken=not app.config["PRODUCTION"])
    if app.config["ERRORS_DSN"]:
        report_faults(app.config["ERRORS_DSN"])

    @app.before_request
    def number() -> None:
        given = request.headers.get("X-Request-ID", "")
        if GIVEN.match(given):
            g.request_id = given
        g.began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-ID"] = reference()
        if request.endpoint not in QUIET and "began" in g:
            log.info("request", extra=_facts(response))
        return response


def _facts(response: Response) -> dict[str, Any]:
    return {
        "view": request.endpoint or "none",
        "method": request.method,
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.began) * 1000, 1),
        "account": _account(),
    }


def _account() -> int | None:
    """The number of the account that asks, without reading it again after the commit."""
    known = inspect(current_user._get_current_object(), raiseerr=False) if current_user else None
    return known.identity[0] if known and known.identity else None


class _Discreet(logging.Formatter):
    """Writes of a fault its kind and its place; its words only where they are about a machine.

    A fault's words may quote what somebody entered: "time data 'Robin' does not match". spoken:
    whether to write all words, as suits a developer.
    """

    spoken = False

    def formatException(self, ei: Any) -> str:
        """The fault and what led to it, the first cause first."""
        return super().formatException(ei) if self.spoken else "\n\n".join(_told(ei[1]))


def _told(fault: BaseException | None) -> list[str]:
    if fault is None:
        return []
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    kind = type(fault)
    words = f": {fault}" if isinstance(fault, ABOUT_A_MACHINE) else ""
    place = "".join(traceback.format_tb(fault.__traceback__))
    return [*_told(cause), f"{place}{kind.__module__}.{kind.__qualname__}{words}"]


class _Json(_Discreet, JsonFormatter):
    """A line for programs: an object with the message, and of a request its facts."""


class _Text(_Discreet):
    """A line for people: the message, and of a request its facts."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        facts = [f"{name}={getattr(record, name)}" for name in FACTS if hasattr(record, name)]
        return " ".join([line, *facts])


def formatter(style: str, spoken: bool) -> logging.Formatter:
    """How lines are written. style: text or json. spoken: whether faults keep their words."""
    made: _Discreet = _Text(TEXT) if style != "json" else _Json(AS_JSON)
    made.spoken = spoken
    return made


def _write_to_standard_error(style: str, spoken: bool) -> None:
    """One handler for the whole process, whatever library speaks."""
    root = logging.getLogger()
    if any(getattr(handler, "of_fairplace", False) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.of_fairplace = True
    handler.addFilter(_WithReference())
    handler.setFormatter(formatter(style, spoken))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("werkzeug", "alembic"):  # whole addresses; what commands say anyway
        logging.getLogger(name).setLevel(logging.WARNING)


def report_faults(dsn: str) -> None:
    """Send faults to an error tracker that speaks Sentry's protocol, without anybody's data.

    Neither what was sent nor the values of variables leave: a fault's place is enough to find it.
    Raises RuntimeError where the extra is not installed.
    """
    if sentry_sdk is None:
        raise RuntimeError("FAIRPLACE_ERRORS_DSN needs the extra: pip install -e '.[errors]'")
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=without_data,
    )


def without_data(fault: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """A fault as it may leave: no request, no person, and of each exception only its type."""
    for part in ("request", "user", "extra", "breadcrumbs", "logentry", "message"):
        fault.pop(part, None)
    for each in fault.get("exception", {}).get("values", ()):
        each["value"] = ""
    return fault
