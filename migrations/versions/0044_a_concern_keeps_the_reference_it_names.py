"""A concern keeps the reference of a child as it was written, whether or not there is such a child."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.add_column("concern", sa.Column("child_named", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo this change."""
    with op.batch_alter_table("concern") as table:
        table.drop_column("child_named")
