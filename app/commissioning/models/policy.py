"""The matching policy: what the authority has decided for its matches, one row a version."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.commissioning.lifecycle import MATCH_POLICY
from app.kernel.audit import Audited
from app.kernel.database import Moment, db


class MatchPolicy(Audited, db.Model):
    """One version of the rules that matches are made by: who wrote it, why, and its values.

    rules: keys of `bridge_policy.default_rules` with their values; what is absent has its default.
    confirmed_within_days: offers whose capacity was confirmed longer ago are left
    out unless a match asks for them; None leaves none out. decided_*: who adopted or discarded it.
    """

    __tablename__ = "match_policy"
    __table_args__ = (
        Index(
            "uq_match_policy_in_force",
            "state",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state = MATCH_POLICY.column()
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    confirmed_within_days: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(1000))
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    written_by: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
