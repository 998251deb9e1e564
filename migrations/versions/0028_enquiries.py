"""Enquiries to several providers at once, and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

REASONS = ("full", "start", "hours", "needs", "age", "distance", "risk", "staff", "other")


def choice(name: str, *values: str) -> sa.Enum:
    """A column of a few values with a CHECK constraint of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def key(table: str) -> sa.ForeignKey:
    """A reference to another table's row."""
    return sa.ForeignKey(f"{table}.id")


def upgrade() -> None:
    """Apply this change."""
    moment, state = sa.DateTime(timezone=True), ("open", "chosen", "closed")
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("referral_id", sa.Integer(), key("referral"), nullable=False, index=True),
        sa.Column("state", choice("state", *state), nullable=False, index=True),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("officer_id", sa.Integer(), key("user_account"), index=True),
        sa.Column("sent_by", sa.String(200), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("answer_by", moment, nullable=False, index=True),
        sa.Column("closed_at", moment),
        sa.Column("closed_because", sa.String(500)),
    )
    answers = ("asked", "offered", "declined", "chosen", "passed")
    op.create_table(
        "enquiry_ask",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("enquiry_id", sa.Integer(), key("enquiry"), nullable=False, index=True),
        sa.Column("offer_id", sa.Integer(), key("offer"), nullable=False, index=True),
        sa.Column("state", choice("state", *answers), nullable=False, index=True),
        sa.Column("hours_asked", sa.Integer(), nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("answered_by", sa.String(200)),
        sa.Column("working_days", sa.Integer()),
        sa.Column("starts_on", sa.Date()),
        sa.Column("hours", sa.Integer()),
        sa.Column("pence_per_hour", sa.Integer()),
        sa.Column("condition", sa.String(500)),
        sa.Column("decline_reason", choice("decline_reason", *REASONS)),
        sa.Column("decline_note", sa.String(500)),
        sa.UniqueConstraint("enquiry_id", "offer_id"),
        sa.CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_week"),
        sa.CheckConstraint("pence_per_hour > 0", name="price_positive"),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'chosen') OR (starts_on IS NOT NULL AND hours IS NOT NULL"
            " AND pence_per_hour IS NOT NULL AND answered_at IS NOT NULL)",
            name="offer_is_whole",
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR (decline_reason IS NOT NULL AND answered_at IS NOT NULL)",
            name="declined_has_reason",
        ),
    )


def downgrade() -> None:
    """Undo it; the enquiries are lost."""
    op.drop_table("enquiry_ask")
    op.drop_table("enquiry")
