"""A match keeps who asked it to end early."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.add_column("match_run", sa.Column("stopped_by", sa.String(200), nullable=True))
    op.add_column(
        "match_run", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_column("match_run", "stopped_at")
    op.drop_column("match_run", "stopped_by")
