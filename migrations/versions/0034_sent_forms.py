"""Forms that were taken, so that none is taken twice."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("led_to", sa.String(2000), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    op.create_index(op.f("ix_sent_form_taken_at"), "sent_form", ["taken_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("sent_form")
