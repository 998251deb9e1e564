"""The menu and the account corner: what this person's role reaches, the same rule as the pages."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app.access import Permission, may

MENU = (
    ("Home", "home.start", Permission.USE_HOME),
    ("Children waiting", "children.waiting", Permission.VIEW_CHILD),
    ("Find provision", "search.find", Permission.SEARCH),
    ("Providers", "providers.directory", Permission.VIEW_PROVIDER),
    ("Matches", "matches.runs", Permission.VIEW_MATCH),
    ("Your profile", "portal.own", Permission.EDIT_PROFILE),
    ("What is free", "capacity.own", Permission.CONFIRM_CAPACITY),
    ("Changes", "changes.waiting", Permission.DECIDE_CHANGE),
    ("Commitments", "commitments.recorded", Permission.VIEW_COMMITMENT),
    ("Applications", "applications.listed", Permission.VIEW_APPLICATION),
    ("Framework", "frameworks.overview", Permission.VIEW_FRAMEWORK),
    ("Evidence", "evidence.due", Permission.VIEW_EVIDENCE),
    ("Schools", "schools.listed", Permission.VIEW_SCHOOL),
    ("Spreadsheets", "intakes.sent", Permission.RUN_INTAKE),
)
FOOTER = (
    ("Help", "pages.help_page"),
    ("Join the framework", "joining.about"),
    ("Directory of providers", "public.directory"),
    ("Accessibility statement", "pages.accessibility"),
    ("Privacy", "pages.privacy"),
)

FRAME = "fairplace.frame"


def menu() -> list[dict[str, Any]]:
    """The links that this person may follow, the present section marked."""
    return [
        {
            "text": text,
            "href": url_for(endpoint),
            "active": request.blueprint == endpoint.partition(".")[0],
        }
        for text, endpoint, permission in MENU
        if may(current_user, permission)
    ]


def register(app: Flask) -> None:
    """Give every page its menu, its account corner and its footer."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        # each form field is a template of its own, so this is asked for many times a page
        if FRAME not in request.environ:
            request.environ[FRAME] = _frame()
        return request.environ[FRAME]


def _frame() -> dict[str, Any]:
    signed_in = current_user.is_authenticated
    return {
        "navigation": menu() if signed_in else [],
        "account": {
            "name": current_user.name,
            "role": current_user.role.label,
            "sign_out": url_for("security.logout"),
        }
        if signed_in
        else None,
        "sign_in_url": url_for("security.login"),
        "footer_links": [
            {"text": text, "href": url_for(endpoint)}
            for text, endpoint in FOOTER
            if endpoint != "public.directory" or current_app.config["PUBLIC_DIRECTORY"]
        ],
    }
