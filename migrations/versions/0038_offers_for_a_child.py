"""A placement names the provider's own offer for the child, from an enquiry, that it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    with op.batch_alter_table("placement") as table:
        table.add_column(sa.Column("enquiry_ask_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            table.f("fk_placement_enquiry_ask_id_enquiry_ask"),
            "enquiry_ask",
            ["enquiry_ask_id"],
            ["id"],
        )
        table.create_index(table.f("ix_placement_enquiry_ask_id"), ["enquiry_ask_id"], unique=False)


def downgrade() -> None:
    """Take this change back."""
    with op.batch_alter_table("placement") as table:
        table.drop_index(table.f("ix_placement_enquiry_ask_id"))
        table.drop_constraint(table.f("fk_placement_enquiry_ask_id_enquiry_ask"), type_="foreignkey")
        table.drop_column("enquiry_ask_id")
