"""The menu and the account corner: what this person's role reaches, the same rule as the pages."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app.access import Permission, may
from app.accounts.roles import Role

Page = tuple[str, str, Permission]

# Each section of the menu: its name, and its pages in order. So few sections that the menu keeps to
# one line: the pages of a section stand in a line of their own below it.
MENU: tuple[tuple[str, tuple[Page, ...]], ...] = (
    ("Home", (("Home", "home.start", Permission.USE_HOME),)),
    (
        "Children waiting",
        (
            ("Children waiting", "children.waiting", Permission.VIEW_CHILD),
            ("Enquiries", "enquiries.listed", Permission.VIEW_ENQUIRY),
            ("Drafts", "referrals.drafts", Permission.WRITE_REFERRAL),
            ("Restricted records", "restrictions.listed", Permission.VIEW_RESTRICTION),
            ("Term dates", "terms.listed", Permission.SET_TERMS),
            ("Teams", "teams.listed", Permission.SET_TEAMS),
        ),
    ),
    ("Find provision", (("Find provision", "search.find", Permission.SEARCH),)),
    ("Matches", (("Matches", "matches.runs", Permission.VIEW_MATCH),)),
    (
        "Placements",
        (
            ("Placements", "placements.listed", Permission.VIEW_PLACEMENT),
            ("Proposals", "placement_proposals.listed", Permission.VIEW_PROPOSAL),
            ("Panels", "panels.listed", Permission.RUN_PANEL),
            ("Budget", "budgets.overview", Permission.VIEW_BUDGET),
            ("Text of agreements", "agreements.text_in_force", Permission.SET_AGREEMENT_TEXT),
        ),
    ),
    (
        "Progress",
        (
            ("Reviews", "progress.due", Permission.VIEW_REVIEW),
            ("Ready to move on", "progress.step_down", Permission.VIEW_STEP_DOWN),
            ("Oversight", "progress.oversight", Permission.VIEW_OVERSIGHT),
            ("AP census", "census.prepare", Permission.EXPORT_CENSUS),
            ("Attendance", "attendance.unexplained", Permission.EXPLAIN_ABSENCE),
            ("Missing registers", "attendance.missing", Permission.EXPLAIN_ABSENCE),
            ("Attendance codes", "attendance.codes", Permission.SET_ATTENDANCE_CODES),
        ),
    ),
    (
        "Invoices",
        (
            ("Invoices", "invoices.listed", Permission.VIEW_INVOICE),
            ("Spend", "spend.report", Permission.VIEW_SPEND),
        ),
    ),
    (
        "Providers",
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
    ),
    (
        "Visits",
        (
            ("Visits", "visits.due", Permission.VIEW_VISIT),
            ("Planner", "visit_planner.week", Permission.VIEW_VISIT),
            ("Visit reports", "visit_reports.listed", Permission.READ_VISIT_REPORT),
            ("Visit actions", "visit_actions.listed", Permission.VIEW_VISIT_ACTION),
            ("Set up", "visit_settings.templates", Permission.VIEW_VISIT),
        ),
    ),
    (
        "Framework",
        (
            ("Framework", "frameworks.overview", Permission.VIEW_FRAMEWORK),
            ("Price caps", "caps.listed", Permission.VIEW_CAP),
            ("Yearly price changes", "uplifts.rounds", Permission.VIEW_UPLIFT),
            ("Applications", "applications.listed", Permission.VIEW_APPLICATION),
        ),
    ),
    (
        "Records",
        (
            ("Spreadsheets", "intakes.sent", Permission.RUN_INTAKE),
            ("Audit trail", "trail.listed", Permission.VIEW_AUDIT),
        ),
    ),
)
PROVIDERS_MENU: tuple[tuple[str, tuple[Page, ...]], ...] = (
    ("Home", (("Home", "home.start", Permission.USE_HOME),)),
    ("Register", (("Register", "attendance.register", Permission.RECORD_ATTENDANCE),)),
    (
        "Placements",
        (
            ("Placements", "placements.listed", Permission.VIEW_PLACEMENT),
            ("Commitments", "commitments.recorded", Permission.VIEW_COMMITMENT),
        ),
    ),
    ("Enquiries", (("Enquiries", "answers.listed", Permission.ANSWER_ENQUIRY),)),
    ("Invoices", (("Invoices", "invoices.listed", Permission.VIEW_INVOICE),)),
    (
        "Visits",
        (
            ("Visit reports", "visit_reports.listed", Permission.READ_VISIT_REPORT),
            ("Visit actions", "visit_actions.listed", Permission.VIEW_VISIT_ACTION),
        ),
    ),
    ("What is free", (("What is free", "capacity.own", Permission.CONFIRM_CAPACITY),)),
    ("Evidence", (("Evidence", "evidence.due", Permission.VIEW_EVIDENCE),)),
    (
        "Your profile",
        (
            ("Your profile", "portal.own", Permission.EDIT_PROFILE),
            ("People with access", "people.listed", Permission.MANAGE_PEOPLE),
            ("Price caps", "caps.listed", Permission.VIEW_CAP),
            ("Yearly price changes", "uplifts.rounds", Permission.VIEW_UPLIFT),
            ("Applications", "applications.listed", Permission.VIEW_APPLICATION),
            ("Providers", "providers.directory", Permission.VIEW_PROVIDER),
        ),
    ),
)
# Pages that belong to a page of the menu without being in it: for each blueprint, those of the
# menu's blueprints that it may belong to, whichever the person's own menu has.
PART_OF = {
    "additions": ("changes", "portal"),
    "policies": ("matches",),
    "rulings": ("matches",),
    "trials": ("matches",),
    "what_ifs": ("matches",),
    "proposals": ("applications",),
    "reviews": ("applications",),
    "standings": ("providers",),
    "shortlists": ("search",),
    "plans": ("placements",),
    "bulk_proposals": ("placement_proposals",),
}
FOOTER = (
    ("Help", "pages.help_page"),
    ("Join the framework", "joining.about"),
    ("Directory of providers", "public.directory"),
    ("Accessibility statement", "pages.accessibility"),
    ("Privacy", "pages.privacy"),
)

FRAME = "fairplace.frame"


Sections = list[tuple[str, list[dict[str, Any]]]]


def sections() -> Sections:
    """The sections of the menu, by name, with the links that this person may follow; none empty.

    A section of which a person reaches one page has that page's name.
    """
    user = current_user._get_current_object()  # looked up once, and not for each page
    own = PROVIDERS_MENU if user.role is Role.PROVIDER else MENU
    reached = [
        (name, [_link(*page) for page in pages if may(user, page[2])]) for name, pages in own
    ]
    return [
        (links[0]["text"] if len(links) == 1 else name, links) for name, links in reached if links
    ]


def menu(every: Sections) -> list[dict[str, Any]]:
    """The menu: one link a section, to its first page; that of the present page marked."""
    return [
        {**links[0], "text": name, "active": any(link["active"] for link in links)}
        for name, links in every
    ]


def section_menu(every: Sections) -> list[dict[str, Any]]:
    """The pages of the present section, where it has more than one; one of them is marked."""
    here = next((links for _name, links in every if any(link["active"] for link in links)), [])
    if len(here) < 2:
        return []
    marked = sorted(
        here, key=lambda link: (link["endpoint"] != request.endpoint, not link["active"])
    )
    return [{**link, "active": link is marked[0]} for link in here]


def _link(text: str, endpoint: str, _permission: Permission) -> dict[str, Any]:
    here = PART_OF.get(request.blueprint or "", (request.blueprint,))
    return {
        "text": text,
        "href": url_for(endpoint),
        "endpoint": endpoint,
        "active": endpoint.partition(".")[0] in here,
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
    every = sections() if signed_in else []
    return {
        "navigation": menu(every),
        "section_menu": section_menu(every),
        "account": {
            "id": current_user.id,
            "name": current_user.name,
            "role": current_user.role.label,
            "notices": url_for("notices.listed"),
            "own": url_for("account.show"),
            "sign_out": url_for("security.logout"),
            "rest_minutes": current_app.config["SESSION_IDLE_MINUTES"],
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
