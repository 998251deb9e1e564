"""Carrying out a visit: beginning, saving its parts once each, files, findings, finishing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.visits import events, interests
from app.visits.lifecycle import VISIT, VisitState
from app.visits.models import Finding, Visit, VisitFile, VisitPart, VisitSave
from app.visits.terms import Answer, FindingKind, Part, Standard
from providers import pictures
from providers.evidence import Upload, keep_file
from providers.storage import Storage

MOST_WORDS = 4_000
KEY_LENGTH = (8, 40)
UNSHARED = (VisitState.UNDER_WAY, VisitState.CARRIED_OUT, VisitState.DRAFT)
"""The states from the start of a visit until its report is shared."""


@dataclass(frozen=True)
class Saved:
    """What became of a save. taken: False where a newer version stands, which is left as it is.

    version: of what is stored now. again: it had been taken before, and was not taken twice.
    """

    part: VisitPart
    version: int
    taken: bool
    again: bool = False


def start(visit: Visit, *, by: Actor) -> None:
    """Begin a visit. Raises RuleBroken on an earlier day than planned, or with an interest."""
    require(interests.objection(by.user_id, by.name, visit.provider))
    VISIT.fire(visit, "start")
    visit.started_at = now()
    visit.visited_on = today()


def save_part(
    visit: Visit, part: Part, content: Mapping[str, Any], *, key: str, seen: int, by: Actor
) -> Saved:
    """Save a part once, however often it is sent.

    key: the browser's own for this save. seen: the version that it was written over. A save with
    a key that was taken changes nothing; one written over an older version than is stored is not
    taken, so that nobody's words are lost. Raises RuleBroken where the visit is not under way.
    """
    require(_key_fault(key))
    row = db.session.scalars(
        select(VisitPart)
        .where(VisitPart.visit_id == visit.id, VisitPart.part == part)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    before = db.session.scalar(
        select(VisitSave).where(VisitSave.visit_part_id == row.id, VisitSave.key == key)
    )
    if before is not None:
        return Saved(row, before.version, taken=True, again=True)
    require(_not_under_way(visit))
    if seen != row.version:
        return Saved(row, row.version, taken=False)
    tidy = tidied(visit, part, content)
    row.content, row.version = tidy, row.version + 1
    row.saved_by, row.saved_at = by.name, now()
    db.session.add(
        VisitSave(visit_part_id=row.id, key=key, version=row.version, saved_at=row.saved_at)
    )
    db.session.flush()
    return Saved(row, row.version, taken=True)


def tidied(visit: Visit, part: Part, content: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form's content belongs to a part: known questions and fields, at most so long."""
    if part.standard is None:
        return {name: text for name in FIELDS[part] if (text := _words(content.get(name)))}
    asked = [
        question.key
        for section in visit.sections
        if section.part is part
        for question in section.questions
    ]
    known = set(Answer)
    answers = {key: value for key in asked if (value := content.get(f"answer-{key}")) in known}
    notes = {key: text for key in asked if (text := _words(content.get(f"note-{key}")))}
    return {"answers": answers, "notes": notes, "note": _words(content.get("note"))}


FIELDS: Mapping[Part, Mapping[str, str]] = {
    Part.PEOPLE: {
        "people": "Who was spoken to, and in what role",
        "said": "What they said",
    },
    Part.PUPILS: {
        "spoken": "How many children were spoken to",
        "said": "What they said, without their names",
        "observed": "What was seen of how they are treated",
    },
    Part.RECORD: {
        "sampled": "How many people were sampled from the single central record",
        "complete": "How many of them had every check",
        "missing": "Which checks were missing, without names",
    },
}
"""The fields of the parts that are about no standard, by name, with their labels."""


def add_file(
    visit: Visit,
    part: Part,
    upload: Upload,
    caption: str,
    *,
    by: Actor,
    files: Storage,
    key: str,
) -> VisitFile:
    """Keep a photograph or document as evidence; where a picture was taken is removed from it.

    key: the browser's own for this file: one that was taken is not taken again, however often it
    is sent. Raises RuleBroken before the visit began or once its report is shared, or RefusedFile
    where the file can't be kept.
    """
    require(_key_fault(key))
    db.session.get_one(Visit, visit.id, with_for_update=True)
    before = db.session.scalar(
        select(VisitFile).where(VisitFile.visit_id == visit.id, VisitFile.key == key)
    )
    if before is not None:
        return before
    require(_takes_no_files(visit), None if caption.strip() else "Enter what the file shows.")
    row = VisitFile(
        part=part,
        caption=caption.strip()[:300],
        file=keep_file(pictures.without_place(upload), by=by, files=files),
        key=key,
    )
    visit.files.append(row)
    db.session.flush()
    return row


def record_finding(
    visit: Visit, standard: Standard, kind: FindingKind, text: str, *, by: Actor
) -> Finding:
    """Record what was found; a critical finding acts at once on what can be commissioned.

    Raises RuleBroken without words, once the report is shared, or with an interest in the provider.
    """
    require(
        interests.objection(by.user_id, by.name, visit.provider),
        _report_is_shared(visit),
        None if text.strip() else "Enter what was found.",
    )
    row = Finding(
        standard=standard, kind=kind, text=text.strip(), recorded_by=by.name, recorded_at=now()
    )
    visit.findings.append(row)
    db.session.flush()
    events.finding_recorded.send(row)
    return row


def remove_finding(finding: Finding) -> None:
    """Take a finding out with its actions. Raises RuleBroken once the report is shared."""
    require(_report_is_shared(finding.visit))
    finding.visit.findings.remove(finding)


def finish(visit: Visit) -> None:
    """End the visit on the spot. Raises RuleBroken where a critical question is open."""
    VISIT.fire(visit, "finish")


def reopen(visit: Visit) -> None:
    """Go back to the answers before the report is shared. Raises RuleBroken afterwards."""
    VISIT.fire(visit, "go back to")


def _words(value: Any) -> str:
    return str(value or "").strip()[:MOST_WORDS]


def _key_fault(key: str) -> str | None:
    valid = KEY_LENGTH[0] <= len(key) <= KEY_LENGTH[1]
    return None if valid else "What was sent has no valid key. Open the page again."


def _not_under_way(visit: Visit) -> str | None:
    if visit.state is VisitState.UNDER_WAY:
        return None
    return f"This visit is {visit.state.label.lower()}: its answers cannot be changed now."


def _takes_no_files(visit: Visit) -> str | None:
    if visit.state in UNSHARED:
        return None
    return "Files can be added from the start of the visit until its report is shared."


def _report_is_shared(visit: Visit) -> str | None:
    if visit.state in UNSHARED:
        return None
    return "Findings can be changed from the start of the visit until its report is shared."
