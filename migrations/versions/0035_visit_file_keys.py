"""A key for each file of a visit, so that one that is sent again is taken once."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("visit_file") as table:
        table.add_column(sa.Column("key", sa.String(length=40), nullable=True))
        table.create_unique_constraint(table.f("uq_visit_file_visit_id_key"), ["visit_id", "key"])


def downgrade() -> None:
    """Undo this change."""
    with op.batch_alter_table("visit_file") as table:
        table.drop_constraint(table.f("uq_visit_file_visit_id_key"), type_="unique")
        table.drop_column("key")
