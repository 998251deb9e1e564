"""Keeping the registers: a provider's marks for a day, corrections, and absences explained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.roles import Role
from app.children.terms import is_school_day
from app.commissioning.attendance.codes import Code, Meaning, codes
from app.commissioning.attendance.models import AttendanceMark, Half
from app.commissioning.attendance.timetable import runs_on
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words
from app.notices import service as notices
from app.notices.topics import Topic
from providers.models.offer import Offer

DAYS_BACK = 28
"""How far back a provider may record or correct; later, the authority is asked."""
ATTENDED = (PlacementState.AGREED, PlacementState.LIVE, PlacementState.ENDED)
"""States in which a child may have attended; an ended placement up to its last day."""


@dataclass(frozen=True)
class Entry:
    """What a provider says of one session. seen: the version of the mark that its page showed,
    0 where it showed none. minutes: delivered, counted only where the code means present."""

    placement_id: int
    half: Half
    code: str
    minutes: int
    note: str = ""
    seen: int = 0


def placements_on(provider_id: int, day: date) -> list[Placement]:
    """A provider's awarded placements that run on a day, by the child's name."""
    found = db.session.scalars(
        select(Placement)
        .join(Placement.offer)
        .where(
            Offer.provider_id == provider_id,
            Placement.awarded_at.is_not(None),
            Placement.state.in_(ATTENDED),
            Placement.starts_on <= day,
        )
        .options(
            joinedload(Placement.child),
            joinedload(Placement.service),
            selectinload(Placement.agreements),
        )
    )
    running = [each for each in found if runs_on(each, day)]
    return sorted(running, key=lambda each: (each.child.surname, each.child.forename, each.id))


def marks_on(placements: Iterable[Placement], day: date) -> dict[tuple[int, Half], AttendanceMark]:
    """What is recorded of a day, by placement and half."""
    ids = [placement.id for placement in placements]
    found = select(AttendanceMark).where(
        AttendanceMark.placement_id.in_(ids), AttendanceMark.day == day
    )
    found = found.execution_options(populate_existing=True)  # read again under the lock
    return {(mark.placement_id, mark.half): mark for mark in db.session.scalars(found)}


def day_faults(day: date) -> list[str]:
    """Why a provider may not record a day now, in words; empty where it may."""
    if day > today():
        return [f"{in_words(day)} is still to come. Record a day that has begun."]
    if day < today() - timedelta(days=DAYS_BACK):
        return [f"{in_words(day)} is more than {DAYS_BACK} days ago. Ask the SEND officer."]
    return []


def record(
    provider_id: int, day: date, entries: Sequence[Entry], *, by: Actor, out_of_term: str = ""
) -> int:
    """Record or correct sessions of a day; returns how many marks were made or changed.

    The placements are locked, so that two people at once cannot both record a session; what is
    recorded already in the same way is left alone, so sending a page twice changes nothing.
    Raises RuleBroken with every reason: a day not open to recording, a placement that is not the
    provider's or does not run then, a mark that somebody else has changed meanwhile.
    """
    require(*day_faults(day))
    require(
        None
        if out_of_term.strip() or is_school_day(day)
        else f"{in_words(day)} is not a school day. Enter why a session was given."
    )
    here = {each.id: each for each in placements_on(provider_id, day)}
    known = codes(all_of_them=True)
    require(*(fault for each in entries if (fault := _fault(each, here, known, day))))
    _lock({each.placement_id for each in entries})
    there = marks_on(here.values(), day)
    require(*(_moved_on(each, there, here) for each in entries))
    reason = None if is_school_day(day) else out_of_term.strip()
    return sum(_put(each, there, here, known, day, reason, by) for each in entries)


def _fault(entry: Entry, here: dict[int, Placement], known: dict[str, Code], day: date):
    placement = here.get(entry.placement_id)
    if placement is None:
        return f"That placement is not yours to record on {in_words(day)}."
    name = placement.child.full_name
    if entry.code not in known:
        return f"Select what happened for {name}: {entry.code} is not a code in use."
    if known[entry.code].meaning is Meaning.PRESENT and not 0 < entry.minutes <= 480:
        return f"Enter the hours delivered to {name}, from a quarter of an hour to 8."
    return None


def _moved_on(
    entry: Entry, there: dict[tuple[int, Half], AttendanceMark], here: dict[int, Placement]
) -> str | None:
    """Whether somebody else recorded the session since this page was shown, and differently."""
    mark = there.get((entry.placement_id, entry.half))
    if mark is None or mark.version == entry.seen or _says_the_same(mark, entry):
        return None
    child = here[entry.placement_id].child.full_name
    return (
        f"{mark.recorded_by} has recorded {mark.code} for {child} ({entry.half.label.lower()})"
        " since you opened this page. Open the register again and check it."
    )


def _says_the_same(mark: AttendanceMark, entry: Entry) -> bool:
    minutes = entry.minutes if mark.meaning is Meaning.PRESENT else 0
    return (mark.code, mark.minutes, mark.note or "") == (entry.code, minutes, entry.note.strip())


def _put(entry, there, here, known, day, reason, by: Actor) -> int:
    mark = there.get((entry.placement_id, entry.half))
    if mark is not None and _says_the_same(mark, entry):
        return 0
    placement = here[entry.placement_id]
    if mark is None:
        mark = AttendanceMark(placement=placement, day=day, half=entry.half)
        db.session.add(mark)
    _write(mark, known[entry.code], entry.minutes, entry.note, by)
    mark.out_of_term = reason
    db.session.flush()
    if mark.meaning is Meaning.UNEXPLAINED:
        _alert(mark)
    return 1


def _write(mark: AttendanceMark, code: Code, minutes: int, note: str, by: Actor) -> None:
    mark.code, mark.meaning = code.code, code.meaning
    mark.minutes = minutes if code.meaning is Meaning.PRESENT else 0
    mark.note = note.strip() or None
    mark.recorded_by, mark.recorded_at = by.name, now()


def _alert(mark: AttendanceMark) -> None:
    """Tell the officer the same day that nobody knows why a child is absent; once for a day."""
    placement = mark.placement
    notices.tell(
        notices.person(placement.officer_id) or notices.people_in(Role.AP_LEAD),
        Topic.ABSENCE_UNEXPLAINED,
        page="/attendance/unexplained",
        key=f"absence:{placement.id}:{mark.day:%Y%m%d}",
    )


def explain(mark: AttendanceMark, code: str, note: str, *, by: Actor) -> None:
    """Give an absence its reason, and say what was done about it. The trail keeps what it was.

    Raises RuleBroken for a code that is not in use, or where no words are given, or where the
    code says that the child was there: only the provider can say that, with the hours.
    """
    found = codes().get(code)
    require(
        None if found else "Select why the child was absent.",
        None if note.strip() else "Enter what you found out and did.",
        "The provider must correct the register where the child was there after all."
        if found and found.meaning is Meaning.PRESENT
        else None,
    )
    _write(mark, found, 0, note, by)


def _lock(ids: Iterable[int]) -> None:
    rows = select(Placement.id).where(Placement.id.in_(ids)).order_by(Placement.id)
    db.session.execute(rows.with_for_update())
