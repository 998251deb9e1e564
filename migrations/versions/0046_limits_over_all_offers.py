"""A provider states its most children at one time, and the needs that it does not teach together."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.add_column("provider", sa.Column("most_children", sa.Integer(), nullable=True))
    op.add_column(
        "provider",
        sa.Column("taught_apart", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_column("provider", "taught_apart")
    op.drop_column("provider", "most_children")
