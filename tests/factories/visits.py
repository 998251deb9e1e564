"""Visits at every stage; all of them invented."""

from typing import Any

from app.accounts.roles import Role
from app.kernel.clock import now, today
from app.kernel.database import db
from app.visits.models import Action, Finding, Visit, VisitPart, VisitTemplate
from app.visits.templates import Question, Section, keep_sections
from app.visits.terms import FindingKind, Part, Standard, VisitKind
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider

SECTIONS = (
    Section(
        Standard.SAFEGUARDING,
        (
            Question("dsl", "A trained safeguarding lead is on site.", critical=True, weight=3),
            Question("code", "Staff know the code of conduct."),
        ),
    ),
    Section(Standard.HEALTH_SAFETY, (Question("fire", "Fire drills are recorded.", weight=2),)),
    Section(Standard.ADMISSIONS, (Question("plans", "Each child has a plan."),)),
    Section(Standard.QUALITY, (Question("progress", "Progress is recorded."),)),
)


def make_template(kind: VisitKind = VisitKind.YEARLY, **values: Any) -> VisitTemplate:
    """Five questions, one of them critical, in the next version of a kind."""
    made = db.session.query(VisitTemplate).filter_by(kind=kind).count()
    defaults = {
        "kind": kind,
        "version": made + 1,
        "content": keep_sections(SECTIONS),
        "note": "Made for a test",
        "made_by": "Test",
        "made_at": now(),
    }
    row = VisitTemplate(**defaults | values)
    db.session.add(row)
    db.session.flush()
    return row


def make_visit(**values: Any) -> Visit:
    """A yearly visit planned for today, by an adviser of its own unless one is given."""
    kind = values.get("kind", VisitKind.YEARLY)
    provider = values.pop("provider", None) or make_provider()
    defaults = {
        "kind": kind,
        "provider": provider,
        "site": provider.sites[0] if provider.sites else None,
        "adviser": values.get("adviser") or make_user(Role.QUALITY_ADVISER),
        "template": values.get("template") or make_template(kind),
        "planned_on": today(),
        "minutes": 120,
        "parts": [VisitPart(part=part, content={}) for part in Part],
    }
    visit = Visit(**defaults | values)
    db.session.add(visit)
    db.session.flush()
    return visit


def make_finding(visit: Visit, **values: Any) -> Finding:
    """Something to improve about health and safety."""
    defaults = {
        "visit": visit,
        "standard": Standard.HEALTH_SAFETY,
        "kind": FindingKind.IMPROVEMENT,
        "text": "No fire drill this term.",
        "recorded_by": "Test",
        "recorded_at": now(),
    }
    finding = Finding(**defaults | values)
    db.session.add(finding)
    db.session.flush()
    return finding


def make_action(finding: Finding, **values: Any) -> Action:
    """An action of a finding, due today."""
    defaults = {
        "visit": finding.visit,
        "finding": finding,
        "text": "Hold a fire drill and record it.",
        "owner": "The proprietor",
        "due_on": today(),
        "evidence_required": "The drill record",
        "critical": finding.kind is FindingKind.CRITICAL,
    }
    action = Action(**defaults | values)
    db.session.add(action)
    db.session.flush()
    return action
