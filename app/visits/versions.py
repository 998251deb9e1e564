"""Versions of templates: the one in use, and a new one whenever the AP lead changes something."""

import secrets

from sqlalchemy import select

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.visits.models import VisitTemplate
from app.visits.question_bank import first_version
from app.visits.templates import (
    Question,
    Sections,
    find,
    keep_sections,
    with_question,
    without_question,
)
from app.visits.terms import Standard, VisitKind

SUPPLIED = "As supplied"


def in_use(kind: VisitKind) -> VisitTemplate | None:
    """The latest version of a kind's template; None while the supplied one was never changed."""
    return db.session.scalar(
        select(VisitTemplate)
        .where(VisitTemplate.kind == kind)
        .order_by(VisitTemplate.version.desc())
        .limit(1)
    )


def sections_in_use(kind: VisitKind) -> Sections:
    """What a visit of this kind would ask if it were planned now."""
    row = in_use(kind)
    return row.sections if row else first_version(kind)


def to_plan_with(kind: VisitKind, *, by: Actor) -> VisitTemplate:
    """The version that a new visit is made with; the supplied one is kept on first use."""
    return in_use(kind) or _keep(kind, first_version(kind), SUPPLIED, by)


def change_question(
    kind: VisitKind, standard: Standard, question: Question, note: str, *, by: Actor
) -> VisitTemplate:
    """Change a question, or add it, in a new version.

    Visits that are planned or under way keep theirs. Raises RuleBroken for an empty question.
    """
    sections = to_plan_with(kind, by=by).sections
    known = find(sections, question.key)
    if known and known[0] is not standard:
        sections = without_question(sections, question.key)
    return _keep(kind, with_question(sections, standard, question), note, by)


def remove_question(kind: VisitKind, key: str, *, by: Actor) -> VisitTemplate:
    """Take a question out, in a new version. Raises RuleBroken where it is gone or the last."""
    sections = to_plan_with(kind, by=by).sections
    known = find(sections, key)
    require(None if known else "This question is not in the template any more.")
    return _keep(kind, without_question(sections, key), f"Removed: {known[1].text}"[:300], by)


def new_key() -> str:
    """A key for a question that is added."""
    return f"q-{secrets.token_hex(4)}"


def versions(kind: VisitKind) -> list[VisitTemplate]:
    """Every version of a kind's template, the latest first."""
    return list(
        db.session.scalars(
            select(VisitTemplate)
            .where(VisitTemplate.kind == kind)
            .order_by(VisitTemplate.version.desc())
        )
    )


def _keep(kind: VisitKind, sections: Sections, note: str, by: Actor) -> VisitTemplate:
    last = in_use(kind)
    row = VisitTemplate(
        kind=kind,
        version=last.version + 1 if last else 1,
        content=keep_sections(sections),
        note=note.strip()[:300] or "Changed",
        made_by=by.name,
        made_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
