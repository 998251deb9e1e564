"""What the pages about spreadsheets show."""

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from providers.models.intake import Intake, IntakeRow, RowOutcome


def sent_files() -> Select:
    """Spreadsheets sent in, the newest first."""
    return select(Intake).options(defer(Intake.columns)).order_by(Intake.id.desc())


def preview(intake: Intake, outcome: RowOutcome | None = None, flagged: bool = False) -> Select:
    """The rows of a file in its own order, all or those with one outcome or with a remark."""
    statement = select(IntakeRow).where(IntakeRow.intake_id == intake.id)
    if outcome is not None:
        statement = statement.where(IntakeRow.outcome == outcome)
    if flagged:
        statement = statement.where(IntakeRow.flagged)
    return statement.order_by(IntakeRow.number)
