"""Exceptions from price caps."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "cap_exception",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "offer_id",
            sa.Integer(),
            sa.ForeignKey("offer.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("pence_per_hour", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("approved_by", sa.String(200), nullable=False),
        sa.Column("approved_by_id", sa.Integer()),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pence_per_hour > 0", name="price_positive"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("length(reason) > 0", name="reason_given"),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("cap_exception")
