"""Which reader serves which of the authority's spreadsheets."""

from collections.abc import Callable

from app.children.waiting_list import WaitingListReader
from app.kernel.database import db
from app.kernel.progress import Report
from providers.intake import staging
from providers.intake.directory import DirectoryReader
from providers.models.intake import Intake, IntakeKind

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
