"""What officers keep of their searches: saved ones, frozen ones, and a child's shortlist."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Referral
from app.kernel.audit import Audited, AuditError
from app.kernel.database import Moment, db
from app.kernel.secret import SecretJson, SecretText
from providers.models.offer import Offer

LONGEST_QUERY = 2000


def too_long(query: str) -> str | None:
    """Why the address of a search cannot be kept; None where it can."""
    if len(query) <= LONGEST_QUERY:
        return None
    return "This search has too many filters to be kept. Take some away and try again."


class SavedSearch(Audited, db.Model):
    """A search that a person makes again and again: what it asks, not what it found.

    query: the address's, without its question mark.
    """

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(SecretText(LONGEST_QUERY))
    saved_at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()
    referral: Mapped[Referral | None] = relationship()


class FrozenSearch(Audited, db.Model):
    """A search kept as evidence of what was available at a moment. It is never changed.

    reason: why it was kept. criteria: as `SearchCriteria.as_record`. asked: the same in words,
    as [name, value] pairs. results: one record an offer, the suitable ones first and in order,
    as `app.commissioning.freezing` writes them. digest: SHA-256 of criteria and results, in
    hexadecimal, so that a copy can be checked against the record.
    """

    __tablename__ = "frozen_search"
    __table_args__ = (Index(None, "referral_id"),)
    unaudited = frozenset({"results", "criteria", "asked"})

    id: Mapped[int] = mapped_column(primary_key=True)
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    frozen_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(SecretText(1000))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    query: Mapped[str] = mapped_column(SecretText(LONGEST_QUERY))
    criteria: Mapped[dict[str, Any]] = mapped_column(SecretJson())
    asked: Mapped[list[list[str]]] = mapped_column(SecretJson(list))
    suitable: Mapped[int]
    looked_at: Mapped[int]
    results: Mapped[list[dict[str, Any]]] = mapped_column(SecretJson(list), deferred=True)
    digest: Mapped[str] = mapped_column(String(64))

    referral: Mapped[Referral | None] = relationship()

    @property
    def is_erased(self) -> bool:
        """Whether what it said went with the record of its child, when that was past its time."""
        return not self.criteria


class ShortlistEntry(Audited, db.Model):
    """An offer worth considering for a child, with a note."""

    __tablename__ = "shortlist_entry"
    __table_args__ = (UniqueConstraint("referral_id", "offer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    note: Mapped[str] = mapped_column(SecretText(1000), default="")
    added_by: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(Moment)

    referral: Mapped[Referral] = relationship()
    offer: Mapped[Offer] = relationship()


@event.listens_for(FrozenSearch, "before_update")
@event.listens_for(FrozenSearch, "before_delete")
def _keep_frozen(_mapper, _connection, _row) -> None:
    raise AuditError("A frozen search is evidence: it is never changed or removed.")
