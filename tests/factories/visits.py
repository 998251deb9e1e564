"""Visits at every stage; all of them invented."""

import io
from itertools import count
from typing import Any

from PIL import Image

from app.accounts.roles import Role
from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.visits import judging, reports, service
from app.visits.lifecycle import VisitState
from app.visits.models import Action, Finding, Visit, VisitPart, VisitTemplate
from app.visits.templates import Question, Section, keep_sections
from app.visits.terms import Answer, FindingKind, Part, Standard, VisitKind
from providers.needs import Judgement
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider

_numbers = count(1)

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


def fill_in(visit: Visit, **answers: Answer) -> Visit:
    """The same visit under way, every question met unless said otherwise, somebody spoken to."""
    by = Actor(visit.adviser_id, visit.adviser.name)
    if visit.state is VisitState.PLANNED:
        service.start(visit, by=by)
    for section in visit.sections:
        given = {f"answer-{q.key}": answers.get(q.key, Answer.MET).value for q in section.questions}
        _save(visit, section.part, given, by)
    _save(visit, Part.PEOPLE, {"people": "The proprietor and two tutors"}, by)
    return visit


def _save(visit: Visit, part: Part, content: dict[str, str], by: Actor) -> None:
    key = f"key-{next(_numbers):08}"
    service.save_part(visit, part, content, key=key, seen=visit.part(part).version, by=by)


def drafted(visit: Visit, own: Judgement = Judgement.GREEN, **answers: Answer) -> Visit:
    """The same visit carried out, judged and with a draft report of one improvement."""
    fill_in(visit, **answers)
    service.finish(visit)
    by = Actor(visit.adviser_id, visit.adviser.name)
    for section in visit.sections:
        found = judging.suggest(section, visit.all_answers)
        reports.judge(visit, section.standard, found.judgement, "", by=by)
    overall = judging.suggest_overall(visit.sections, visit.all_answers)
    reason = "" if overall.judgement is own else "Seen on the day"
    reports.judge_overall(visit, own, reason, "A calm place.", by=by)
    if not visit.findings:
        make_action(make_finding(visit))
        db.session.refresh(visit)
    reports.write(visit, by=by)
    return visit


def finished(visit: Visit, own: Judgement = Judgement.GREEN, **answers: Answer) -> Visit:
    """The same visit with its report checked by the provider and final."""
    drafted(visit, own, **answers)
    reports.share(visit, by=Actor(visit.adviser_id, visit.adviser.name))
    reports.answer(visit, "", by=Actor(7_001, "Priya Provider"))
    reports.make_final(visit, by=Actor(visit.adviser_id, visit.adviser.name))
    return visit


def a_photo(**options):
    """A JPEG with the place where it was taken among its data."""
    picture = Image.new("RGB", (60, 40), "green")
    exif = picture.getexif()
    exif[0x8825] = {1: "N", 2: (51.0, 3.0, 46.0), 3: "W", 4: (1.0, 18.0, 29.0)}
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif, **options)
    content.seek(0)
    return content
