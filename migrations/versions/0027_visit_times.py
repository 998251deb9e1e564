"""The time of day at which a planned visit begins."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("starts_minute", sa.Integer()))
        table.create_check_constraint("starts_in_the_day", "starts_minute BETWEEN 0 AND 1439")


def downgrade() -> None:
    """Undo this change."""
    with op.batch_alter_table("visit") as table:
        table.drop_constraint("starts_in_the_day", type_="check")
        table.drop_column("starts_minute")
