"""The policy: which role may do what, and to which rows. `app.access` holds every view to it.

A rule is said once, as role plus row scope. The scope's Python form judges one row, its SQL
form filters a list; both come from the model's own `owner_provider_id`, its `user_id`, what it
says of those with an interest (`is_free_of`), or from the child that the row is about
(`app.kernel.reach`), where teams limit what officers reach.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import false, or_

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.reach.reaching import team_reach


class Permission(StrEnum):
    """What can be permitted, as `resource:action`."""

    USE_HOME = "home:use"
    OWN_ACCOUNT = "account:own"
    OWN_SESSION = "session:own"
    OWN_PASSKEY = "passkey:own"
    VIEW_PROVIDER = "provider:view"
    VIEW_CHILD = "child:view"
    EXPORT_CHILDREN = "child:export"
    RUN_INTAKE = "intake:run"
    VIEW_MATCH = "match:view"
    RUN_MATCH = "match:run"
    EXPORT_MATCH = "match:export"
    VIEW_POLICY = "policy:view"
    CHANGE_POLICY = "policy:change"
    MAKE_RULING = "ruling:make"
    VIEW_COMMITMENT = "commitment:view"
    RECORD_COMMITMENT = "commitment:record"
    CONFIRM_CAPACITY = "capacity:confirm"
    EDIT_PROFILE = "profile:edit"
    VIEW_CHANGE = "change:view"
    DECIDE_CHANGE = "change:decide"
    MANAGE_PEOPLE = "people:manage"
    VIEW_SCHOOL = "school:view"
    LOAD_SCHOOLS = "school:load"
    VIEW_APPLICATION = "application:view"
    WRITE_APPLICATION = "application:write"
    REVIEW_APPLICATION = "application:review"
    RECORD_FIRST_VISIT = "application:visit"
    SET_STANDING = "standing:set"
    VIEW_STOP = "stop:view"
    SET_STOP = "stop:set"
    VIEW_SCORECARD = "scorecard:view"
    COMPARE_SCORECARDS = "scorecard:compare"
    RECORD_CONCERN = "concern:record"
    VIEW_CONCERN = "concern:view"
    HANDLE_CONCERN = "concern:handle"
    EXPORT_CONCERNS = "concern:export"
    STOP_FOR_CONCERN = "concern:stop"
    VIEW_PATTERN = "concern:view-pattern"
    VIEW_FRAMEWORK = "framework:view"
    SET_FRAMEWORK = "framework:set"
    VIEW_CAP = "cap:view"
    SET_CAP = "cap:set"
    VIEW_UPLIFT = "uplift:view"
    PROPOSE_UPLIFT = "uplift:propose"
    DECIDE_UPLIFT = "uplift:decide"
    VIEW_EVIDENCE = "evidence:view"
    SAVE_EVIDENCE = "evidence:save"
    SEND_EVIDENCE = "evidence:send"
    CHECK_EVIDENCE = "evidence:check"
    SET_EVIDENCE = "evidence:set"
    SEARCH = "search:make"
    SEARCH_FOR_CHILD = "search:for-child"
    FREEZE_SEARCH = "search:freeze"
    VIEW_FROZEN_SEARCH = "search:view-frozen"
    KEEP_SHORTLIST = "shortlist:keep"
    VIEW_ENQUIRY = "enquiry:view"
    SEND_ENQUIRY = "enquiry:send"
    ANSWER_ENQUIRY = "enquiry:answer"
    WRITE_REFERRAL = "referral:write"
    VIEW_TERMS = "terms:view"
    SET_TERMS = "terms:set"
    VIEW_PROPOSAL = "proposal:view"
    PROPOSE_PLACEMENT = "proposal:make"
    DECIDE_PROPOSAL = "proposal:decide"
    VIEW_PLACEMENT = "placement:view"
    MANAGE_PLACEMENT = "placement:manage"
    EXPORT_PLACEMENTS = "placement:export"
    VIEW_PLAN = "plan:view"
    WRITE_PLAN = "plan:write"
    VIEW_AGREEMENT = "agreement:view"
    VARY_AGREEMENT = "agreement:vary"
    DECIDE_AGREEMENT = "agreement:decide"
    ANSWER_AGREEMENT = "agreement:answer"
    SET_AGREEMENT_TEXT = "agreement:set-text"
    VIEW_BUDGET = "budget:view"
    SET_BUDGET = "budget:set"
    SET_LIMIT = "budget:set-limits"
    RUN_PANEL = "panel:run"
    VIEW_ATTENDANCE = "attendance:view"
    RECORD_ATTENDANCE = "attendance:record"
    EXPLAIN_ABSENCE = "attendance:explain"
    SET_ATTENDANCE_CODES = "attendance:set-codes"
    VIEW_VISIT = "visit:view"
    VIEW_VISIT_HISTORY = "visit:view-history"
    WRITE_VISIT = "visit:write"
    SET_VISITS = "visit:set"
    READ_VISIT_REPORT = "visit-report:read"
    CHECK_VISIT_REPORT = "visit-report:answer"
    VIEW_VISIT_ACTION = "visit-action:view"
    ANSWER_VISIT_ACTION = "visit-action:answer"
    DECIDE_VISIT_ACTION = "visit-action:decide"
    VIEW_REVIEW = "review:view"
    READ_PROGRESS = "review:read-own"
    HOLD_REVIEW = "review:hold"
    END_PLACEMENT = "placement:end"
    VIEW_STEP_DOWN = "step-down:view"
    VIEW_OVERSIGHT = "oversight:view"
    EXPORT_CENSUS = "census:export"
    VIEW_AUDIT = "audit:view"
    EXPORT_AUDIT = "audit:export"
    VIEW_LOOKS = "child:view-looks"
    EXPORT_RECORD = "child:export-record"
    READ_NOTICES = "notice:read"
    READ_MAIL = "mail:read"
    SET_TEAMS = "team:set"
    VIEW_RESTRICTION = "restriction:view"
    RESTRICT_RECORD = "restriction:set"
    OPEN_RESTRICTED = "restriction:open"
    VIEW_INVOICE = "invoice:view"
    WRITE_INVOICE = "invoice:write"
    DECIDE_INVOICE = "invoice:decide"
    EXPORT_INVOICES = "invoice:export"
    VIEW_SPEND = "spend:view"


class Scope(StrEnum):
    """Which rows a role reaches with a permission."""

    ALL = "all"
    TEAM = "team"
    OWN_PROVIDER = "own_provider"
    SELF = "self"
    PUBLISHED = "published"
    DISINTERESTED = "disinterested"
    SELF_OR_DISINTERESTED = "self_or_disinterested"

    def admits(self, user: User, row: Any) -> bool:
        """Whether this row is inside the scope for this person."""
        if self is Scope.ALL:
            return True
        if self is Scope.TEAM:
            return team_reach(user).admits(row)
        if self is Scope.SELF:
            return row.user_id == user.id
        if self is Scope.PUBLISHED:
            return row.is_published
        if self is Scope.DISINTERESTED:
            return row.is_free_of(user.id)
        if self is Scope.SELF_OR_DISINTERESTED:
            return row.user_id == user.id or row.is_free_of(user.id)
        return user.provider_id is not None and row.owner_provider_id == user.provider_id

    def clause(self, user: User, model: Any):
        """The same rule as a condition on a query, or None where every row is inside."""
        if self is Scope.ALL:
            return None
        if self is Scope.TEAM:
            return team_reach(user).clause(model)
        if self is Scope.SELF:
            return model.user_id == user.id
        if self is Scope.PUBLISHED:
            return model.is_published
        if self is Scope.DISINTERESTED:
            return model.is_free_of(user.id)
        if self is Scope.SELF_OR_DISINTERESTED:
            return or_(model.user_id == user.id, model.is_free_of(user.id))
        if user.provider_id is None:
            return false()
        return model.owner_provider_id == user.provider_id


_AUTHORITY = (
    Role.SEND_OFFICER,
    Role.COMMISSIONER,
    Role.AP_LEAD,
    Role.QUALITY_ADVISER,
    Role.FINANCE,
    Role.ADMINISTRATOR,
)


def _all(*roles: Role) -> dict[Role, Scope]:
    return dict.fromkeys(roles, Scope.ALL)


_TEAM = dict.fromkeys((Role.SEND_OFFICER, Role.COMMISSIONER), Scope.TEAM)
_CASEWORK = {**_TEAM, **_all(Role.AP_LEAD)}
_APPROVING = {Role.COMMISSIONER: Scope.TEAM, **_all(Role.AP_LEAD)}
_OWN = {Role.PROVIDER: Scope.OWN_PROVIDER}
_VISITING = _all(Role.AP_LEAD, Role.QUALITY_ADVISER)
_READ_FINAL = dict.fromkeys((Role.SEND_OFFICER, Role.COMMISSIONER), Scope.PUBLISHED)
_DIRECTORY_WORK = _all(Role.COMMISSIONER, Role.AP_LEAD, Role.QUALITY_ADVISER)

POLICY: dict[Permission, dict[Role, Scope]] = {
    Permission.USE_HOME: _all(*Role),
    Permission.OWN_ACCOUNT: _all(*Role),
    Permission.OWN_SESSION: dict.fromkeys(Role, Scope.SELF),
    Permission.OWN_PASSKEY: dict.fromkeys(Role, Scope.SELF),
    Permission.VIEW_PROVIDER: {**_all(*_AUTHORITY), Role.PROVIDER: Scope.OWN_PROVIDER},
    Permission.VIEW_CHILD: _CASEWORK,
    Permission.EXPORT_CHILDREN: _CASEWORK,
    Permission.RUN_INTAKE: {Role.SEND_OFFICER: Scope.TEAM, **_all(Role.AP_LEAD)},
    Permission.VIEW_MATCH: _CASEWORK,
    Permission.RUN_MATCH: _CASEWORK,
    Permission.EXPORT_MATCH: _CASEWORK,
    Permission.VIEW_POLICY: _all(*_AUTHORITY),
    Permission.CHANGE_POLICY: _all(Role.AP_LEAD),
    Permission.MAKE_RULING: _CASEWORK,
    Permission.VIEW_COMMITMENT: {**_CASEWORK, **_all(Role.FINANCE), **_OWN},
    Permission.RECORD_COMMITMENT: _all(Role.COMMISSIONER, Role.AP_LEAD),
    Permission.CONFIRM_CAPACITY: _OWN,
    Permission.EDIT_PROFILE: _OWN,
    Permission.VIEW_CHANGE: {**_all(Role.COMMISSIONER, Role.AP_LEAD), **_OWN},
    Permission.DECIDE_CHANGE: _all(Role.AP_LEAD),
    Permission.MANAGE_PEOPLE: _OWN,
    Permission.VIEW_SCHOOL: _all(*_AUTHORITY),
    Permission.LOAD_SCHOOLS: _all(Role.AP_LEAD),
    Permission.VIEW_APPLICATION: {**_DIRECTORY_WORK, Role.PROVIDER: Scope.OWN_PROVIDER},
    Permission.WRITE_APPLICATION: {Role.PROVIDER: Scope.OWN_PROVIDER},
    Permission.REVIEW_APPLICATION: _all(Role.AP_LEAD),
    Permission.RECORD_FIRST_VISIT: _all(Role.AP_LEAD, Role.QUALITY_ADVISER),
    Permission.SET_STANDING: _all(Role.AP_LEAD),
    Permission.VIEW_STOP: {**_CASEWORK, **_all(Role.QUALITY_ADVISER)},
    Permission.SET_STOP: _all(Role.AP_LEAD),
    Permission.VIEW_SCORECARD: {**_CASEWORK, **_all(Role.QUALITY_ADVISER), **_OWN},
    Permission.COMPARE_SCORECARDS: {**_CASEWORK, **_all(Role.QUALITY_ADVISER)},
    Permission.RECORD_CONCERN: _all(*_AUTHORITY),
    Permission.VIEW_CONCERN: {
        **dict.fromkeys(_AUTHORITY, Scope.SELF),
        **dict.fromkeys((Role.AP_LEAD, Role.QUALITY_ADVISER), Scope.SELF_OR_DISINTERESTED),
    },
    Permission.HANDLE_CONCERN: dict.fromkeys(
        (Role.AP_LEAD, Role.QUALITY_ADVISER), Scope.DISINTERESTED
    ),
    Permission.EXPORT_CONCERNS: dict.fromkeys(
        (Role.AP_LEAD, Role.QUALITY_ADVISER), Scope.DISINTERESTED
    ),
    Permission.STOP_FOR_CONCERN: {Role.AP_LEAD: Scope.DISINTERESTED},
    Permission.VIEW_PATTERN: _all(Role.AP_LEAD),
    Permission.VIEW_FRAMEWORK: _all(*_AUTHORITY),
    Permission.SET_FRAMEWORK: _all(Role.AP_LEAD),
    Permission.VIEW_CAP: _all(*_AUTHORITY, Role.PROVIDER),
    Permission.SET_CAP: _all(Role.AP_LEAD),
    Permission.VIEW_UPLIFT: _all(Role.AP_LEAD, Role.COMMISSIONER, Role.FINANCE, Role.PROVIDER),
    Permission.PROPOSE_UPLIFT: _all(Role.PROVIDER),
    Permission.DECIDE_UPLIFT: _all(Role.AP_LEAD),
    Permission.VIEW_EVIDENCE: {**_DIRECTORY_WORK, Role.PROVIDER: Scope.OWN_PROVIDER},
    Permission.SAVE_EVIDENCE: {
        **_all(Role.AP_LEAD, Role.QUALITY_ADVISER),
        Role.PROVIDER: Scope.OWN_PROVIDER,
    },
    Permission.SEND_EVIDENCE: {**_all(Role.AP_LEAD), Role.PROVIDER: Scope.OWN_PROVIDER},
    Permission.CHECK_EVIDENCE: _all(Role.AP_LEAD, Role.QUALITY_ADVISER),
    Permission.SET_EVIDENCE: _all(Role.AP_LEAD),
    Permission.SEARCH: _all(*_AUTHORITY),
    Permission.SEARCH_FOR_CHILD: _CASEWORK,
    Permission.FREEZE_SEARCH: _CASEWORK,
    Permission.VIEW_FROZEN_SEARCH: _CASEWORK,
    Permission.KEEP_SHORTLIST: _CASEWORK,
    Permission.VIEW_ENQUIRY: _CASEWORK,
    Permission.SEND_ENQUIRY: _CASEWORK,
    Permission.ANSWER_ENQUIRY: _OWN,
    Permission.WRITE_REFERRAL: _CASEWORK,
    Permission.VIEW_TERMS: _all(*_AUTHORITY, Role.PROVIDER),
    Permission.SET_TERMS: _all(Role.AP_LEAD),
    Permission.VIEW_PROPOSAL: {**_CASEWORK, **_all(Role.FINANCE)},
    Permission.PROPOSE_PLACEMENT: _CASEWORK,
    Permission.DECIDE_PROPOSAL: _APPROVING,
    Permission.VIEW_PLACEMENT: {**_CASEWORK, **_all(Role.FINANCE), **_OWN},
    Permission.MANAGE_PLACEMENT: _CASEWORK,
    Permission.EXPORT_PLACEMENTS: {**_CASEWORK, **_all(Role.FINANCE), **_OWN},
    Permission.VIEW_PLAN: {**_CASEWORK, **_OWN},
    Permission.WRITE_PLAN: _CASEWORK,
    Permission.VARY_AGREEMENT: _CASEWORK,
    Permission.DECIDE_AGREEMENT: _APPROVING,
    Permission.VIEW_AGREEMENT: {**_CASEWORK, **_OWN},
    Permission.ANSWER_AGREEMENT: _OWN,
    Permission.SET_AGREEMENT_TEXT: _all(Role.AP_LEAD),
    Permission.VIEW_BUDGET: _all(Role.COMMISSIONER, Role.AP_LEAD, Role.FINANCE),
    Permission.SET_BUDGET: _all(Role.AP_LEAD, Role.FINANCE),
    Permission.SET_LIMIT: _all(Role.AP_LEAD),
    Permission.RUN_PANEL: _APPROVING,
    Permission.VIEW_ATTENDANCE: {**_CASEWORK, **_OWN},
    Permission.RECORD_ATTENDANCE: _OWN,
    Permission.EXPLAIN_ABSENCE: _CASEWORK,
    Permission.SET_ATTENDANCE_CODES: _all(Role.AP_LEAD),
    Permission.VIEW_VISIT: _VISITING,
    Permission.VIEW_VISIT_HISTORY: {**_CASEWORK, **_all(Role.QUALITY_ADVISER), **_OWN},
    Permission.WRITE_VISIT: _VISITING,
    Permission.SET_VISITS: _all(Role.AP_LEAD),
    Permission.READ_VISIT_REPORT: {**_READ_FINAL, **_VISITING, **_OWN},
    Permission.CHECK_VISIT_REPORT: _OWN,
    Permission.VIEW_VISIT_ACTION: {**_READ_FINAL, **_VISITING, **_OWN},
    Permission.ANSWER_VISIT_ACTION: _OWN,
    Permission.DECIDE_VISIT_ACTION: _VISITING,
    Permission.VIEW_REVIEW: _CASEWORK,
    Permission.READ_PROGRESS: _OWN,
    Permission.HOLD_REVIEW: _CASEWORK,
    Permission.END_PLACEMENT: _CASEWORK,
    Permission.VIEW_STEP_DOWN: _APPROVING,
    Permission.VIEW_OVERSIGHT: _all(Role.AP_LEAD),
    Permission.EXPORT_CENSUS: _all(Role.COMMISSIONER, Role.AP_LEAD),
    Permission.VIEW_AUDIT: _all(Role.AP_LEAD, Role.ADMINISTRATOR),
    Permission.EXPORT_AUDIT: _all(Role.AP_LEAD, Role.ADMINISTRATOR),
    Permission.VIEW_LOOKS: _all(Role.AP_LEAD),
    Permission.EXPORT_RECORD: _all(Role.AP_LEAD),
    Permission.READ_NOTICES: dict.fromkeys(Role, Scope.SELF),
    Permission.READ_MAIL: _all(Role.ADMINISTRATOR),
    Permission.SET_TEAMS: _all(Role.AP_LEAD, Role.ADMINISTRATOR),
    Permission.VIEW_RESTRICTION: _CASEWORK,
    Permission.RESTRICT_RECORD: _all(Role.AP_LEAD),
    Permission.OPEN_RESTRICTED: _CASEWORK,
    Permission.VIEW_INVOICE: {**_all(Role.FINANCE, Role.COMMISSIONER, Role.AP_LEAD), **_OWN},
    Permission.WRITE_INVOICE: _OWN,
    Permission.DECIDE_INVOICE: _all(Role.FINANCE),
    Permission.EXPORT_INVOICES: _all(Role.FINANCE),
    Permission.VIEW_SPEND: _all(Role.FINANCE, Role.COMMISSIONER, Role.AP_LEAD),
}
