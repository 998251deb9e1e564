"""Money that may be spent, who may commit it, and what each placement commits."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.placements.models import Placement
from app.kernel.audit import Audited
from app.kernel.database import choice, db
from providers.needs import Tier


class BudgetLine(Audited, db.Model):
    """What may be spent on placements of a tier in a financial year.

    year: the one in which it begins on 1 April (2026 for 2026/27).
    """

    __tablename__ = "budget_line"
    __table_args__ = (
        UniqueConstraint("year", "tier"),
        CheckConstraint("pence >= 0", name="sum_not_negative"),
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    tier: Mapped[Tier] = mapped_column(choice(Tier, "tier"))
    pence: Mapped[int] = mapped_column(BigInteger)


class ApprovalLimit(Audited, db.Model):
    """The most that one person, or everybody in a role, may approve without a panel.

    pence: a whole proposal over its whole length, with transport, net of VAT. A person's own
    limit goes before that of the role.
    """

    __tablename__ = "approval_limit"
    __table_args__ = (
        UniqueConstraint("role", "user_id"),
        CheckConstraint("(role IS NULL) <> (user_id IS NULL)", name="role_or_person"),
        CheckConstraint("pence >= 0", name="sum_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    pence: Mapped[int] = mapped_column(BigInteger)

    user: Mapped[User | None] = relationship()


class PlacementCost(Audited, db.Model):
    """What a placement commits in a financial year: provision and transport, in pence."""

    __tablename__ = "placement_cost"
    __table_args__ = (
        UniqueConstraint("placement_id", "year"),
        CheckConstraint("pence >= 0 AND transport_pence >= 0", name="sums_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    year: Mapped[int]
    pence: Mapped[int] = mapped_column(BigInteger)
    transport_pence: Mapped[int] = mapped_column(BigInteger, default=0)

    placement: Mapped[Placement] = relationship(back_populates="costs")
