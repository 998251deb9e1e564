"""Which reader serves which of the authority's spreadsheets."""

from collections.abc import Callable, Iterable

from sqlalchemy import func, select

from app.children.models import Child
from app.children.waiting_list import WaitingListReader
from app.kernel import reach
from app.kernel.database import db
from app.kernel.progress import Report
from providers.intake import staging
from providers.intake.directory import DirectoryReader
from providers.models.intake import Intake, IntakeKind, IntakeRow

READERS: dict[IntakeKind, Callable[[], staging.Reader]] = {
    IntakeKind.SUPPLIER_TOOL: DirectoryReader,
    IntakeKind.WAITING_LIST: WaitingListReader,
}


def reader_of(intake_id: int) -> staging.Reader:
    """The reader of a file that was sent in, with what it needs from the database loaded."""
    return READERS[db.session.get_one(Intake, intake_id).kind]()


def read(intake_id: int, tell: Report, _should_stop: Callable[[], bool]) -> None:
    """Read a file into its preview."""
    staging.read(intake_id, reader_of(intake_id), tell)


def save(intake_id: int, tell: Report, _should_stop: Callable[[], bool]) -> None:
    """Save an accepted file: all of its good rows, or, where anything fails, none."""
    staging.save(intake_id, reader_of(intake_id), tell)


def out_of_reach(intake: Intake, rows: Iterable[IntakeRow]) -> set[int]:
    """The ids of rows about children whom whoever asks does not reach, by now.

    A row may have been read before its child's record was restricted. Every row of a waiting list
    is labelled with the child's reference first.
    """
    if intake.kind is not IntakeKind.WAITING_LIST or reach.current().is_all:
        return set()
    about = {row.id: row.label.partition(" ")[0].upper() for row in rows if row.label}
    named = select(Child.id, func.upper(Child.reference))
    found = db.session.execute(named.where(func.upper(Child.reference).in_(set(about.values()))))
    hidden = {ref for child_id, ref in found if not reach.current().admits_child(child_id)}
    return {number for number, reference in about.items() if reference in hidden}
