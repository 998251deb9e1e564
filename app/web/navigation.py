"""The menu and the account corner: what this person's role reaches, the same rule as the pages."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app.access import Permission, may
from app.accounts.roles import Role

# Each section of the menu: its pages in order, the first that a person reaches being its own.
MENU = (
    (("Home", "home.start", Permission.USE_HOME),),
    (
        ("Children waiting", "children.waiting", Permission.VIEW_CHILD),
        ("Enquiries", "enquiries.listed", Permission.VIEW_ENQUIRY),
        ("Drafts", "referrals.drafts", Permission.WRITE_REFERRAL),
        ("Term dates", "terms.listed", Permission.SET_TERMS),
    ),
    (("Find provision", "search.find", Permission.SEARCH),),
    (("Matches", "matches.runs", Permission.VIEW_MATCH),),
    (
        ("Placements", "placements.listed", Permission.VIEW_PLACEMENT),
        ("Proposals", "placement_proposals.listed", Permission.VIEW_PROPOSAL),
        ("Panels", "panels.listed", Permission.RUN_PANEL),
        ("Budget", "budgets.overview", Permission.VIEW_BUDGET),
        ("Text of agreements", "agreements.text_in_force", Permission.SET_AGREEMENT_TEXT),
    ),
    (
        ("Reviews", "progress.due", Permission.VIEW_REVIEW),
        ("Ready to move on", "progress.step_down", Permission.VIEW_STEP_DOWN),
        ("Oversight", "progress.oversight", Permission.VIEW_OVERSIGHT),
    ),
    (
        ("Register", "attendance.register", Permission.RECORD_ATTENDANCE),
        ("Attendance", "attendance.unexplained", Permission.EXPLAIN_ABSENCE),
        ("Missing registers", "attendance.missing", Permission.EXPLAIN_ABSENCE),
        ("Attendance codes", "attendance.codes", Permission.SET_ATTENDANCE_CODES),
    ),
    (
        ("Invoices", "invoices.listed", Permission.VIEW_INVOICE),
        ("Spend", "spend.report", Permission.VIEW_SPEND),
    ),
    (
        ("Providers", "providers.directory", Permission.VIEW_PROVIDER),
        ("Stopped placements", "stops.listed", Permission.VIEW_STOP),
        ("Concerns", "concerns.listed", Permission.VIEW_CONCERN),
        ("Scorecards", "scorecards.listed", Permission.COMPARE_SCORECARDS),
        ("Changes", "changes.waiting", Permission.DECIDE_CHANGE),
        ("Commitments", "commitments.recorded", Permission.VIEW_COMMITMENT),
        ("Evidence", "evidence.due", Permission.VIEW_EVIDENCE),
        ("Schools", "schools.listed", Permission.VIEW_SCHOOL),
    ),
    (
        ("Visits", "visits.due", Permission.VIEW_VISIT),
        ("Planner", "visit_planner.week", Permission.VIEW_VISIT),
        ("Visit reports", "visit_reports.listed", Permission.READ_VISIT_REPORT),
        ("Visit actions", "visit_actions.listed", Permission.VIEW_VISIT_ACTION),
        ("Set up", "visit_settings.templates", Permission.VIEW_VISIT),
    ),
    (("Enquiries", "answers.listed", Permission.ANSWER_ENQUIRY),),
    (("Your profile", "portal.own", Permission.EDIT_PROFILE),),
    (("What is free", "capacity.own", Permission.CONFIRM_CAPACITY),),
    (
        ("Framework", "frameworks.overview", Permission.VIEW_FRAMEWORK),
        ("Applications", "applications.listed", Permission.VIEW_APPLICATION),
    ),
    (("Spreadsheets", "intakes.sent", Permission.RUN_INTAKE),),
    (("Audit trail", "trail.listed", Permission.VIEW_AUDIT),),
)
# Pages that belong to a page of the menu without being in it.
PART_OF = {
    "caps": "frameworks",
    "uplifts": "frameworks",
    "policies": "matches",
    "rulings": "matches",
    "trials": "matches",
    "what_ifs": "matches",
    "proposals": "applications",
    "reviews": "applications",
    "standings": "providers",
    "shortlists": "search",
    "people": "portal",
    "plans": "placements",
    "bulk_proposals": "placement_proposals",
}
FOOTER = (
    ("Help", "pages.help_page"),
    ("Join the framework", "joining.about"),
    ("Directory of providers", "public.directory"),
    ("Accessibility statement", "pages.accessibility"),
    ("Privacy", "pages.privacy"),
)

FRAME = "fairplace.frame"


def sections() -> list[list[dict[str, Any]]]:
    """The sections of the menu with the links that this person may follow, none empty.

    A provider has few pages, and finds each of them in the menu itself.
    """
    reached = [[_link(*page) for page in section if may(current_user, page[2])] for section in MENU]
    if current_user.role is Role.PROVIDER:
        reached = [[link] for section in reached for link in section]
    return [section for section in reached if section]


def menu() -> list[dict[str, Any]]:
    """The menu: one link a section, that of the present page marked."""
    return [
        {**section[0], "active": any(link["active"] for link in section)} for section in sections()
    ]


def section_menu() -> list[dict[str, Any]]:
    """The pages of the present section, where it has more than one; one of them is marked."""
    here = next((s for s in sections() if any(link["active"] for link in s)), [])
    if len(here) < 2:
        return []
    marked = sorted(
        here, key=lambda link: (link["endpoint"] != request.endpoint, not link["active"])
    )
    return [{**link, "active": link is marked[0]} for link in here]


def _link(text: str, endpoint: str, _permission: Permission) -> dict[str, Any]:
    here = PART_OF.get(request.blueprint or "", request.blueprint)
    return {
        "text": text,
        "href": url_for(endpoint),
        "endpoint": endpoint,
        "active": here == endpoint.partition(".")[0],
    }


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
        "section_menu": section_menu() if signed_in else [],
        "account": {
            "name": current_user.name,
            "role": current_user.role.label,
            "notices": url_for("notices.listed"),
            "own": url_for("account.show"),
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
