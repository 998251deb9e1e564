"""A spreadsheet's way in: sent, read into a preview, then accepted whole or discarded.

The same way serves both spreadsheets; what differs is the reader. Reading changes nothing but
the preview. Accepting happens in one transaction: all good rows, or none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, update

from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.progress import Progress, Report
from app.kernel.rules import RuleBroken, require
from providers.intake.faults import Fault, ReadRow, Severity
from providers.intake.sheet import Tell
from providers.models.intake import (
    INTAKE,
    Intake,
    IntakeKind,
    IntakeRow,
    IntakeState,
    RowOutcome,
)

BATCH = 500


@dataclass(frozen=True)
class Judged:
    """What a reader makes of one row.

    outcome: what accepting it would do. label: what the row is about, for the preview. faults:
    column, value, message and severity each. changes: field to [before, after]. record: what
    `save` takes, None for a refused row.
    """

    number: int
    label: str
    values: dict[str, str]
    outcome: RowOutcome
    faults: list[dict[str, str]]
    changes: dict[str, list[Any]]
    record: Any

    @property
    def flagged(self) -> bool:
        """Whether the row is taken with a remark to look at."""
        return self.outcome is not RowOutcome.REFUSED and bool(self.faults)


class Reader(Protocol):
    """What one kind of spreadsheet needs: how its rows are judged, and how one is saved."""

    def open(self, content: bytes, tell: Tell) -> tuple[list[str], Iterator[Judged]]:
        """The file's column headings and its rows, judged one by one.

        Raises RuleBroken where the file as a whole can't be read.
        """

    def judge(self, number: int, values: dict[str, str]) -> Judged:
        """A stored row, judged again as things stand now."""

    def save(self, record: Any) -> None:
        """Bring one good row into the database."""


def verdict(
    read: ReadRow, label: str, before: dict[str, Any] | None, after: dict[str, Any]
) -> Judged:
    """What accepting a row would do: the facts in the database held against those of the row.

    before: None where the row is new. Facts are field names and values in words.
    """
    faults = [fault.as_dict() for fault in read.faults]
    changes: dict[str, list[Any]] = {}
    if read.record is None:
        outcome = RowOutcome.REFUSED
    elif before is None:
        outcome = RowOutcome.NEW
    else:
        changes = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
    return Judged(read.row.number, label, read.row.texts, outcome, faults, changes, read.record)


def refusal(read: ReadRow, label: str, field: str, message: str) -> Judged:
    """A row that reads well but which something in the database forbids."""
    heading = read.row.headings.get(field, "")
    fault = Fault(
        read.row.number, heading, read.row.texts.get(heading, ""), message, Severity.REFUSED
    )
    return verdict(ReadRow(read.row, None, (*read.faults, fault)), label, None, {})


def send(kind: IntakeKind, filename: str, content: bytes, sent_by: str) -> Intake:
    """Take in a file, to be read. Raises RuleBroken where it is empty."""
    require(None if content else "The file is empty. Choose a spreadsheet with at least one row.")
    intake = Intake(
        kind=kind, filename=filename[-255:], content=content, sent_by=sent_by, sent_at=now()
    )
    db.session.add(intake)
    db.session.flush()
    return intake


def begin_reading(intake_id: int) -> None:
    """Refuse with RuleBroken where the file is not waiting to be read."""
    _in_state(intake_id, IntakeState.READING, "This file has been read already.")


def read(intake_id: int, reader: Reader, tell: Report) -> None:
    """Read a file row by row into its preview."""
    intake = _in_state(intake_id, IntakeState.READING, "This file has been read already.")
    db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id == intake_id))

    def told(done: int, expected: int | None) -> None:
        share = done / max(expected, 1) if expected else done / (done + BATCH)
        tell(Progress(min(share, 1.0), f"{done:,} rows read", {"rows": done}))

    intake.columns, rows = reader.open(intake.content, told)
    counts: Counter[str] = Counter()
    for batch in _batches(rows):
        db.session.execute(insert(IntakeRow), [_row_values(intake_id, row) for row in batch])
        counts.update(row.outcome.value for row in batch)
        counts["flagged"] += sum(row.flagged for row in batch)
    for name in ("new", "changed", "unchanged", "refused", "flagged"):
        setattr(intake, name, counts[name])
    intake.content = None
    INTAKE.fire(intake, "show preview")


def fail_reading(intake_id: int, reason: str) -> None:
    """Record why a file could not be read."""
    intake = _locked(intake_id)
    intake.failure = reason[:1000]
    intake.content = None
    INTAKE.fire(intake, "fail")


def recover_readings() -> list[int]:
    """The files whose reading was cut off, to be read again from the start."""
    return _ids_in(IntakeState.READING)


def accept(intake: Intake) -> None:
    """Accept the good rows of a preview, to be saved. Raises RuleBroken where not ready."""
    locked = _locked(intake.id)
    INTAKE.fire(locked, "accept")
    locked.failure = None


def begin_saving(intake_id: int) -> None:
    """Refuse with RuleBroken where the preview has not been accepted."""
    _in_state(intake_id, IntakeState.SAVING, "This file has been saved already.")


def save(intake_id: int, reader: Reader, tell: Report) -> None:
    """Save every good row, judged once more, in the present transaction.

    A row that has come to be refused since the preview (a cap lowered, a reference taken) is
    marked so and left out; the counts then say what was in fact done.
    """
    intake = _in_state(intake_id, IntakeState.SAVING, "This file has been saved already.")
    total = intake.new + intake.changed + intake.unchanged
    counts: Counter[RowOutcome] = Counter({RowOutcome.REFUSED: intake.refused})
    done = 0
    for batch in _batches(_good_rows(intake_id)):
        for number, values in batch:
            judged = reader.judge(number, values)
            counts[judged.outcome] += 1
            if judged.outcome in (RowOutcome.NEW, RowOutcome.CHANGED):
                reader.save(judged.record)
            if judged.outcome is RowOutcome.REFUSED:
                _refuse_late(intake_id, judged)
        done += len(batch)
        db.session.flush()
        tell(Progress(done / max(total, 1), f"{done:,} of {total:,} rows saved", {"rows": done}))
    for outcome in RowOutcome:
        setattr(intake, outcome.value, counts[outcome])
    intake.finished_at = now()
    INTAKE.fire(intake, "finish")


def fail_saving(intake_id: int, reason: str) -> None:
    """Return to the preview after a save that came to nothing, with the reason."""
    intake = _locked(intake_id)
    intake.failure = reason[:1000]
    INTAKE.fire(intake, "return to preview")


def recover_savings() -> list[int]:
    """The accepted files whose saving was cut off, to be saved again from the start."""
    return _ids_in(IntakeState.SAVING)


def discard(intake: Intake) -> None:
    """Drop a preview and its rows: the file has changed nothing. Raises RuleBroken if saved."""
    locked = _locked(intake.id)
    INTAKE.fire(locked, "discard")
    locked.content = None
    locked.finished_at = now()
    db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id == intake.id))


def refused_rows(intake: Intake) -> Iterator[IntakeRow]:
    """The rows that were refused, in the file's order, a batch at a time."""
    statement = (
        select(IntakeRow)
        .where(IntakeRow.intake_id == intake.id, IntakeRow.outcome == RowOutcome.REFUSED)
        .order_by(IntakeRow.number)
        .execution_options(yield_per=BATCH)
    )
    yield from db.session.scalars(statement)


def _good_rows(intake_id: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and values of each row that was not refused, read a batch at a time."""
    last = 0
    while True:
        statement = (
            select(IntakeRow.number, IntakeRow.values)
            .where(
                IntakeRow.intake_id == intake_id,
                IntakeRow.outcome != RowOutcome.REFUSED,
                IntakeRow.number > last,
            )
            .order_by(IntakeRow.number)
            .limit(BATCH)
        )
        batch = db.session.execute(statement).all()
        if not batch:
            return
        yield from batch
        last = batch[-1].number


def _refuse_late(intake_id: int, judged: Judged) -> None:
    db.session.execute(
        update(IntakeRow)
        .where(IntakeRow.intake_id == intake_id, IntakeRow.number == judged.number)
        .values(outcome=RowOutcome.REFUSED, faults=judged.faults, flagged=False)
    )


def _row_values(intake_id: int, row: Judged) -> dict[str, Any]:
    return {
        "intake_id": intake_id,
        "number": row.number,
        "label": row.label[:200],
        "values": row.values,
        "outcome": row.outcome,
        "faults": row.faults,
        "flagged": row.flagged,
        "changes": row.changes,
    }


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _locked(intake_id: int) -> Intake:
    intake = db.session.get(Intake, intake_id, with_for_update=True, populate_existing=True)
    if intake is None:
        raise RuleBroken("This file no longer exists. Send it again.")
    return intake


def _in_state(intake_id: int, state: IntakeState, otherwise: str) -> Intake:
    intake = _locked(intake_id)
    require(None if intake.state is state else otherwise)
    return intake


def _ids_in(state: IntakeState) -> list[int]:
    return list(db.session.scalars(select(Intake.id).where(Intake.state == state)))
