"""What was reported outside: each export in the shape of the alternative provision census."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.audit import Audited
from app.kernel.database import Moment, db


class CensusExport(Audited, db.Model):
    """That somebody took children's personal data away: for which day, and of how many.

    Which children they were is noted with each child, as a look at the record.
    """

    __tablename__ = "census_export"
    __table_args__ = (
        CheckConstraint("children >= 0 AND placements >= children", name="counts_fit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    census_on: Mapped[date]
    children: Mapped[int]
    placements: Mapped[int]
    to_check: Mapped[int]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
