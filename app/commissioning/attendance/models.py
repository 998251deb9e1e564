"""What happened in one session of a placement: a morning or an afternoon of one day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.commissioning.attendance.codes import Meaning
from app.commissioning.placements.models import Placement
from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from app.kernel.secret import SecretText
from providers.models.offer import Offer
from providers.needs import Labelled


class Half(Labelled):
    """The two sessions of a day, as registers count them."""

    AM = "am", "Morning"
    PM = "pm", "Afternoon"


class AttendanceMark(Audited, db.Model):
    """A session's mark; a correction changes the row, and the trail keeps the earlier value.

    meaning: of the code when it was recorded. minutes: delivered to the child, 0 unless present.
    out_of_term: why a session was given on a day that is no school day. note: what is known of an
    absence, and what was done about it. version: counts corrections, so that an old page is known.
    """

    __tablename__ = "attendance_mark"
    __table_args__ = (
        UniqueConstraint("placement_id", "day", "half"),
        CheckConstraint("minutes BETWEEN 0 AND 480", name="minutes_in_session"),
        CheckConstraint("meaning = 'present' OR minutes = 0", name="delivered_to_who_was_there"),
        Index(None, "meaning", "day"),
    )
    unaudited = frozenset({"version"})

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    half: Mapped[Half] = mapped_column(choice(Half, "half"))
    code: Mapped[str] = mapped_column(String(2))
    meaning: Mapped[Meaning] = mapped_column(choice(Meaning, "meaning"))
    minutes: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(SecretText(500))
    out_of_term: Mapped[str | None] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}

    placement: Mapped[Placement] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int | None:
        """The provider that this row belongs to, for access by row."""
        return self.placement.owner_provider_id

    @owner_provider_id.inplace.expression
    @classmethod
    def _owner_provider_id(cls):
        own, offer = aliased(Placement), aliased(Offer)
        return (
            db.select(offer.provider_id)
            .join(own, own.offer_id == offer.id)
            .where(own.id == cls.placement_id, own.awarded_at.is_not(None))
            .scalar_subquery()
        )

    @property
    def about_child_id(self) -> int:
        """The child whom a page about this row is about."""
        return self.placement.child_id
