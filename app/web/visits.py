"""What the pages about visits show: fields of a part, what became of a save, what stands next."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, jsonify, render_template, request
from flask_wtf import FlaskForm

from app.kernel.audit import Actor
from app.kernel.rules import RuleBroken
from app.visits import judging, service
from app.visits.lifecycle import VISIT
from app.visits.models import Visit, VisitFile, VisitPart
from app.visits.templates import Section
from app.visits.terms import Answer, Part, Standard
from app.web import files
from app.web.formats import datetime_uk
from app.web.forms.entries import refuse
from app.web.forms.visits import AddFile
from providers.needs import Judgement
from providers.uploads import RefusedFile

JSON_TYPE = "application/json"
FRAME = ("csrf_token", "key", "seen")
"""Fields of a part's form that are about the save, and not about the visit."""


@dataclass(frozen=True)
class Sheet:
    """A part of a visit as it is filled in. section: its questions, None where it has none.

    fields: what is stored, by the form's names. asked, answered: how many questions.
    """

    row: VisitPart
    section: Section | None
    fields: Mapping[str, str]
    asked: int
    answered: int

    @property
    def part(self) -> Part:
        """Which part it is."""
        return self.row.part

    @property
    def labels(self) -> Mapping[str, str]:
        """The fields of a part that has no questions, by name."""
        return service.FIELDS.get(self.part, {})


def new_key() -> str:
    """A key for a form that is sent without a script, so that it is taken once."""
    return secrets.token_hex(16)


def sheets(visit: Visit) -> list[Sheet]:
    """Every part of a visit, in order."""
    return [sheet(visit, part) for part in Part]


def sheet(visit: Visit, part: Part) -> Sheet:
    """One part of a visit as it is filled in."""
    row = visit.part(part)
    section = next((each for each in visit.sections if each.part is part), None)
    fields = fields_of(row)
    if section is None:
        asked = len(service.FIELDS[part])
        return Sheet(row, None, fields, asked, len(fields))
    answers = row.content.get("answers", {})
    return Sheet(row, section, fields, len(section.questions), len(answers))


def fields_of(row: VisitPart) -> dict[str, str]:
    """What is stored of a part, by the names of the form's fields."""
    if row.part.standard is None:
        return dict(row.content)
    content = row.content
    return {
        **{f"answer-{key}": value for key, value in content.get("answers", {}).items()},
        **{f"note-{key}": text for key, text in content.get("notes", {}).items()},
        **({"note": content["note"]} if content.get("note") else {}),
    }


def wants_json() -> bool:
    """Whether a script asks, and not a person's form."""
    return request.accept_mimetypes.best == JSON_TYPE


def save_by_script(visit: Visit, part: Part, by: Actor) -> Response | tuple[Response, int]:
    """Take a save that a script sent; what became of it as JSON."""
    try:
        saved = take(visit, part, by)
    except RuleBroken as refusal:
        return jsonify(state="refused", reasons=refusal.reasons), 409
    row = saved.part
    about = {
        "version": saved.version,
        "by": row.saved_by,
        "at": datetime_uk(row.saved_at) if row.saved_at else "",
    }
    if saved.taken:
        return jsonify(state="saved", **about)
    return jsonify(state="conflict", fields=fields_of(row), **about), 409


def take(visit: Visit, part: Part, by: Actor) -> service.Saved:
    """Take a save from the request's form. Raises RuleBroken."""
    key, seen = request.form.get("key", ""), request.form.get("seen", -1, type=int)
    return service.save_part(visit, part, request.form, key=key, seen=seen, by=by)


def take_file(visit: Visit, form: AddFile, by: Actor) -> VisitFile | None:
    """Keep the file of a form; None where the form says what is wrong. Raises RuleBroken."""
    if not form.validate():
        return None
    about = (Part(form.part.data), files.upload(form.file.data), form.caption.data)
    kept = {"by": by, "files": files.storage(), "key": form.key.data or ""}
    try:
        return service.add_file(visit, *about, **kept)
    except RefusedFile as refusal:
        refuse(form, {"file": str(refusal)})
    except RuleBroken as refusal:
        if not wants_json():
            raise
        refuse(form, {"file": str(refusal)})
    return None


def about_file(kept: VisitFile | None, form: AddFile) -> Response | tuple[Response, int]:
    """What became of a file that a script sent, as JSON."""
    if kept is None:
        return jsonify(state="refused", reasons=form.faults()), 409
    return jsonify(state="saved", about=f"{kept.part.label}, {kept.file.type.label}")


def conflict_page(visit: Visit, saved: service.Saved) -> tuple[str, int]:
    """What was sent and what stands, side by side, for a person to decide."""
    mine = {
        name: text
        for name, text in request.form.items()
        if name not in ("csrf_token", "key", "seen")
    }
    page = render_template(
        "visits/conflict.html",
        visit=visit,
        saved=saved,
        mine=mine,
        theirs=fields_of(saved.part),
        named=names_of(visit, saved.part.part),
        key=new_key(),
        answers={answer.value: answer.label for answer in Answer},
    )
    return page, 409


def names_of(visit: Visit, part: Part) -> dict[str, str]:
    """The fields of a part's form in words, by name."""
    if part.standard is None:
        return dict(service.FIELDS[part])
    named = {}
    for section in visit.sections:
        if section.part is part:
            for question in section.questions:
                named[f"answer-{question.key}"] = question.text
                named[f"note-{question.key}"] = f"Note: {question.text}"
    return {**named, "note": "Anything else about this standard"}


@dataclass(frozen=True)
class Verdict:
    """A standard with its suggestion and the adviser's own judgement."""

    standard: Standard
    suggestion: judging.Suggestion
    row: VisitPart


def verdicts(visit: Visit) -> list[Verdict]:
    """The standards that the visit asks about, each with its suggestion."""
    return [
        Verdict(
            section.standard,
            judging.suggest(section, visit.all_answers),
            visit.part(section.part),
        )
        for section in visit.sections
        if section.questions
    ]


def standing_against(visit: Visit) -> dict[str, tuple[str, ...]]:
    """Why each next step can't be taken yet, by its name; only steps from the present state."""
    return {
        step.name: VISIT.reasons_against(visit, step.name)
        for step in VISIT.moves.values()
        if visit.state in step.sources
    }


def verdict_of(visit: Visit, standard: Standard) -> Verdict:
    """One standard with its suggestion."""
    section = next(each for each in visit.sections if each.standard is standard)
    suggestion = judging.suggest(section, visit.all_answers)
    return Verdict(standard, suggestion, visit.part(section.part))


def judge_fault(form: FlaskForm, suggestion: judging.Suggestion) -> bool:
    """Put beside its field what is wrong with a judgement; returns whether anything is."""
    own = Judgement(form.judgement.data)
    found = judging.fault(suggestion, own, form.reason.data)
    field = "judgement" if suggestion.failed and own is not Judgement.RED else "reason"
    return refuse(form, {field: found} if found else {})
