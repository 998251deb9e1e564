"""Registered provision in England, as the national register of establishments lists it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from providers.needs import Labelled, Registration


class SchoolStatus(Labelled):
    """Whether a school takes pupils."""

    OPEN = "open", "Open"
    CLOSING = "closing", "Open, but proposed to close"
    PROPOSED = "proposed", "Proposed to open"
    CLOSED = "closed", "Closed"


class SchoolLoad(Audited, db.Model):
    """One file of the register that was loaded, and what it changed.

    left_out: establishments of other kinds. faulty: rows without a usable number or kind.
    """

    __tablename__ = "school_load"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    loaded_by: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)


class RegisteredSchool(db.Model):
    """A school of a kind that alternative or specialist provision is bought from.

    urn: unique reference number. authority: the local authority's code, such as 850. kind: as a
    provider claims it. needs: codes of the SEN types it is approved for. load_id: the file that
    last changed this row. Nothing about a person is kept.
    """

    __tablename__ = "registered_school"
    __table_args__ = (CheckConstraint("length(urn) = 6", name="urn_of_six_digits"),)

    urn: Mapped[str] = mapped_column(String(6), primary_key=True)
    ukprn: Mapped[str] = mapped_column(String(8), default="")
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[Registration] = mapped_column(choice(Registration, "kind"), index=True)
    status: Mapped[SchoolStatus] = mapped_column(choice(SchoolStatus, "status"), index=True)
    closed_on: Mapped[date | None]
    authority: Mapped[str] = mapped_column(String(3), default="", index=True)
    authority_name: Mapped[str] = mapped_column(String(100), default="")
    low_age: Mapped[int | None]
    high_age: Mapped[int | None]
    capacity: Mapped[int | None]
    pru_places: Mapped[int | None]
    street: Mapped[str] = mapped_column(String(200), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(8), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    section_41: Mapped[bool | None]
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    inspected_on: Mapped[date | None]
    rating: Mapped[str] = mapped_column(String(60), default="")
    load_id: Mapped[int] = mapped_column(ForeignKey("school_load.id"), index=True)

    load: Mapped[SchoolLoad] = relationship()
