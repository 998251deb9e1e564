"""Places on the map: the postcode table, and the columns of every row that has an address."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.kernel.database import choice, db


class Accuracy(StrEnum):
    """How exactly coordinates are known: a full postcode, or its sector's median (SO23 8)."""

    POSTCODE = "postcode"
    SECTOR = "sector"


class Postcode(db.Model):
    """A postcode, or a sector of one, with its coordinates (WGS 84, degrees).

    code: without a space, such as SO238UJ; a sector is SO238. terminated_on: when Royal Mail
    took it out of use, None while it lives.
    """

    __tablename__ = "postcode"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN 49 AND 61", name="latitude_in_britain"),
        CheckConstraint("longitude BETWEEN -9 AND 3", name="longitude_in_britain"),
    )

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    sector: Mapped[str] = mapped_column(String(6), index=True)
    accuracy: Mapped[Accuracy] = mapped_column(choice(Accuracy, "accuracy"))
    latitude: Mapped[float]
    longitude: Mapped[float]
    terminated_on: Mapped[date | None]


class Located:
    """The columns of a row with an address. Coordinates are both known or both unknown."""

    postcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    @declared_attr
    def accuracy(cls) -> Mapped[Accuracy | None]:
        """How exactly the coordinates are known."""
        return mapped_column(choice(Accuracy, "accuracy"))
