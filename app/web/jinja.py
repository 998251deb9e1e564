"""What every template can use: where templates are found, filters, links to files and pages."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, Undefined

from app.web import assets, formats
from app.web.headers import csp_nonce

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FILTERS = (
    formats.money,
    formats.number,
    formats.plural,
    formats.hours,
    formats.per_cent,
    formats.miles,
    formats.distance,
    formats.date_uk,
    formats.date_short,
    formats.datetime_uk,
    formats.join_and,
    formats.yes_no,
)


class LoudUndefined(Undefined):
    """A name that is missing may be asked about, but printing or looping over it is an error.

    GOV.UK's macros ask for many optional names, so Jinja's strict kind can't be used.
    """

    __str__ = Undefined._fail_with_undefined_error
    __iter__ = Undefined._fail_with_undefined_error


@cache
def _fingerprint(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_file(name: str) -> str:
    """The address of a file in `static/`, with a mark that changes when the file does."""
    path = Path(current_app.static_folder) / name
    mark = _fingerprint(path, path.stat().st_mtime) if path.exists() else None
    return url_for("static", filename=name, v=mark)


def govuk_file(name: str) -> str:
    """The address of a GOV.UK Frontend file; its folder carries the version."""
    return static_file(f"vendor/{assets.folder().name}/{name}")


def this_page(**changes: Any) -> str:
    """This page's address with some query values changed; None takes a value away.

    `this_page(page=2)` keeps the filters and the sort; `this_page(need=None, page=None)` drops
    a filter and goes back to the first page.
    """
    query: dict[str, Any] = request.args.to_dict(flat=False)
    query.update({name.rstrip("_"): value for name, value in changes.items()})
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{request.path}?{urlencode(kept, doseq=True)}" if kept else request.path


def list_files(endpoint: str, **values: Any) -> list[tuple[str, str]]:
    """The files of this page's list, as `export_links` takes them: as it is filtered and sorted.

    endpoint: the view that makes them, with `kind` in its address; values: the rest of it.
    """
    left = {"page", *values}
    asked = {key: found for key, found in request.args.lists() if key not in left}
    files = []
    for name, kind in (("CSV", "csv"), ("Excel", "xlsx")):
        address = url_for(endpoint, kind=kind, **values)
        joint = "&" if "?" in address else "?"
        filters = f"{joint}{urlencode(asked, doseq=True)}" if asked else ""
        files.append((name, address + filters))
    return files


def register(app: Flask) -> None:
    """Give the application's templates their loaders, filters and globals."""
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.jinja_env.undefined = LoudUndefined
    app.jinja_env.add_extension("jinja2.ext.do")
    WTFormsHelpers(app)
    app.jinja_env.filters.update({rule.__name__: rule for rule in FILTERS})
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        govuk_file=govuk_file,
        list_files=list_files,
        static_file=static_file,
        this_page=this_page,
    )
