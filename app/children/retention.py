"""How long records about children are kept, and what is left of one when its time is over.

The periods are settings of the authority. The defaults follow common practice for special
educational needs: a child's record until 31 years after birth (a plan may run to 25, and a claim
may come six years later).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, exists, select, text

from app.accounts.holds import SignInHold
from app.accounts.looks import RecordLook
from app.children.lifecycle import ReferralState
from app.children.models import Child, Referral
from app.kernel.audit import AuditEvent
from app.kernel.belongings import belongings
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.secret import ERASED, Secret
from app.kernel.words import in_words
from providers.models.intake import Intake, IntakeRow, IntakeState

SETTLED = (IntakeState.SAVED, IntakeState.DISCARDED, IntakeState.FAILED)


@dataclass(frozen=True)
class Schedule:
    """How long things are kept. child_years: after birth. intake_days: the rows of a spreadsheet,
    after it was sent. look_years: who looked at a record. hold_days: tries to sign in that were
    held up, with the address that they came from."""

    child_years: int = 31
    intake_days: int = 90
    look_years: int = 7
    hold_days: int = 365


@dataclass(frozen=True)
class Due:
    """What a run erases, or would: a kind of record, how many, and what they are."""

    what: str
    count: int
    which: tuple[str, ...] = ()


def due(schedule: Schedule, on: date) -> list[Due]:
    """What is over its time on a date; nothing is changed."""
    children = list(_children_over(schedule, on))
    intakes = db.session.scalars(select(Intake).where(_old_intake(schedule))).all()
    looks = db.session.scalars(select(RecordLook.id).where(_old_look(schedule))).all()
    holds = db.session.scalars(select(SignInHold.id).where(_old_hold(schedule))).all()
    return [
        Due("children whose names, numbers, homes and texts are erased", len(children), tuple(
            f"{child.reference}, born {in_words(child.born_on)}" for child in children
        )),
        Due("spreadsheets whose rows are erased", len(intakes), tuple(
            f"sent {in_words(each.sent_at.date())}" for each in intakes
        )),
        Due("notes of who looked at a record", len(looks)),
        Due("tries to sign in that were held up", len(holds)),
    ]  # fmt: skip


def erase_due(schedule: Schedule, on: date) -> list[Due]:
    """Erase what is over its time; returns what it was. Figures and money stay as they were."""
    found = due(schedule, on)
    for child in list(_children_over(schedule, on)):
        erase(child)
    old = select(Intake.id).where(_old_intake(schedule))
    db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id.in_(old)))
    for intake in db.session.scalars(select(Intake).where(_old_intake(schedule))):
        intake.content = None
    db.session.execute(delete(RecordLook).where(_old_look(schedule)))
    # the trail keeps that tries were held up, and never held where they came from
    db.session.connection().execute(delete(SignInHold.__table__).where(_old_hold(schedule)))
    db.session.expire_all()
    return found


def erase(child: Child) -> None:
    """Leave of a child's record what statistics and money need, and nothing that names the child.

    Kept: year of birth, sex, needs, hours, dates, costs. Erased: names, pupil number, home, every
    text, and what the audit trail said of them; that something was done, and by whom, stays.
    """
    owned = belongings("child", child.id)
    child.forename, child.surname, child.upn = ERASED, ERASED, None
    child.born_on = date(child.born_on.year, 1, 1)
    child.reference = f"{ERASED}-{child.id}"
    child.postcode = child.postcode[:-3].strip()
    child.latitude = child.longitude = child.accuracy = None
    db.session.flush()
    for table, ids in owned.items():
        _erase_texts(table, ids)
        _erase_trail(table, ids)


def _erase_texts(name: str, ids: list[int]) -> None:
    table = db.metadata.tables[name]
    key = next(iter(table.primary_key.columns))
    secret = {
        column.name: None if column.nullable else column.type.erased
        for column in table.columns
        if isinstance(column.type, Secret)
    }
    if secret:
        rows = table.update().where(key.in_(ids)).values(secret)
        db.session.connection().execute(rows)
        db.session.expire_all()


def _erase_trail(name: str, ids: list[int]) -> None:
    """Empty the entries about these rows; the database lets this one change through."""
    trail = AuditEvent.__table__
    about = (trail.c.subject == name, trail.c.subject_id.in_(ids))
    db.session.connection().execute(
        trail.update().where(*about).values(changes=text("'{}'"), salt=None)
    )


def _children_over(schedule: Schedule, on: date) -> Iterator[Child]:
    """Children past their time whose record is not erased yet and who wait for nothing."""
    born_by = date(on.year - schedule.child_years, on.month, min(on.day, 28))
    waits = exists().where(Referral.child_id == Child.id, Referral.state == ReferralState.WAITING)
    over = select(Child).where(Child.born_on <= born_by, Child.surname != ERASED, ~waits)
    yield from db.session.scalars(over.order_by(Child.id))


def _old_intake(schedule: Schedule):
    rows = exists().where(IntakeRow.intake_id == Intake.id)
    before = now() - timedelta(days=schedule.intake_days)
    return (Intake.sent_at < before) & Intake.state.in_(SETTLED) & rows


def _old_look(schedule: Schedule):
    return RecordLook.at < now() - timedelta(days=365 * schedule.look_years)


def _old_hold(schedule: Schedule):
    return SignInHold.at < now() - timedelta(days=schedule.hold_days)
