"""Ties between two children that a match must know: brothers and sisters, and who is kept apart."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.accounts.models import User
from app.children.models import Child
from app.kernel.audit import Audited
from app.kernel.clock import now
from app.kernel.database import Moment, choice, db
from app.kernel.rules import require
from app.kernel.secret import SecretText
from providers.needs import Labelled


class TieKind(Labelled):
    """What binds or parts two children."""

    SIBLING = "sibling", "Brothers or sisters"
    APART = "apart", "To be kept apart"


class ChildTie(Audited, db.Model):
    """A tie between two children, kept once: the one recorded first comes first.

    reason: why they are to be kept apart; None for brothers and sisters unless something was said.
    """

    __tablename__ = "child_tie"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="first_before_second"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(choice(TieKind, "kind"))
    reason: Mapped[str | None] = mapped_column(SecretText(500))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)

    first: Mapped[Child] = relationship(foreign_keys=first_id)
    second: Mapped[Child] = relationship(foreign_keys=second_id)

    @property
    def about_child_id(self) -> int:
        """The child whom a page about this row is about."""
        return self.first_id

    def other(self, child: Child) -> Child:
        """The child at the other end."""
        return self.second if child.id == self.first_id else self.first


def ties_of(child: Child) -> list[ChildTie]:
    """The ties of one child, in the order in which they were made."""
    statement = (
        select(ChildTie)
        .where(or_(ChildTie.first_id == child.id, ChildTie.second_id == child.id))
        .options(joinedload(ChildTie.first), joinedload(ChildTie.second))
        .order_by(ChildTie.id)
    )
    return list(db.session.scalars(statement))


def ties_among(child_ids: Collection[int]) -> list[ChildTie]:
    """Every tie that concerns any of these children."""
    return [
        tie
        for tie in db.session.scalars(select(ChildTie).order_by(ChildTie.id))
        if tie.first_id in child_ids or tie.second_id in child_ids
    ]


def make(child: Child, reference: str, kind: TieKind, reason: str, by: User) -> ChildTie:
    """Tie a child to the one with a reference.

    Raises RuleBroken where there is no such child, it is the same, they are tied already, or
    nothing is said why they are to be kept apart.
    """
    other = db.session.scalar(select(Child).where(Child.reference == reference.strip().upper()))
    unknown = f"No child on record has the reference {reference}. Check it on the child’s page."
    require(None if other else unknown)
    require(
        "Enter the reference of another child." if other.id == child.id else None,
        "These two are tied already. Take that tie out first."
        if any(tie.other(child).id == other.id for tie in ties_of(child))
        else None,
        "Enter why they are to be kept apart."
        if kind is TieKind.APART and not reason.strip()
        else None,
    )
    first, second = sorted((child, other), key=lambda each: each.id)
    tie = ChildTie(
        first=first,
        second=second,
        kind=kind,
        reason=reason.strip() or None,
        made_by=by.name,
        made_at=now(),
    )
    db.session.add(tie)
    db.session.flush()
    return tie


def remove(tie: ChildTie) -> None:
    """Take a tie out: it no longer counts from the next match on."""
    db.session.delete(tie)
    db.session.flush()
