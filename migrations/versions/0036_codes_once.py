"""The number of the last sign-in code that a person used, so that none works twice."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("tf_last_counter", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("user_account") as table:
        table.drop_column("tf_last_counter")
