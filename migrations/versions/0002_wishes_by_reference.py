"""Wishes about a provider are kept by its reference, so that they can come before it joins."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILL_REFERENCE = """
    UPDATE provider_wish SET provider_reference =
    (SELECT reference FROM provider WHERE provider.id = provider_wish.provider_id)
"""
FILL_ID = """
    UPDATE provider_wish SET provider_id =
    (SELECT id FROM provider WHERE provider.reference = provider_wish.provider_reference)
"""


def upgrade() -> None:
    """Name the provider by reference."""
    with op.batch_alter_table("provider_wish") as table:
        table.add_column(sa.Column("provider_reference", sa.String(20)))
    op.execute(FILL_REFERENCE)
    with op.batch_alter_table("provider_wish") as table:
        table.alter_column("provider_reference", existing_type=sa.String(20), nullable=False)
        table.drop_constraint("uq_provider_wish_referral_id_provider_id", type_="unique")
        table.drop_constraint("fk_provider_wish_provider_id_provider", type_="foreignkey")
        table.drop_column("provider_id")
        table.create_unique_constraint(
            "uq_provider_wish_referral_id_provider_reference",
            ["referral_id", "provider_reference"],
        )
        table.create_index("ix_provider_wish_provider_reference", ["provider_reference"])


def downgrade() -> None:
    """Name the provider by id; a wish about one that is not in the directory is lost."""
    with op.batch_alter_table("provider_wish") as table:
        table.add_column(sa.Column("provider_id", sa.Integer()))
    op.execute(FILL_ID)
    op.execute("DELETE FROM provider_wish WHERE provider_id IS NULL")
    with op.batch_alter_table("provider_wish") as table:
        table.alter_column("provider_id", existing_type=sa.Integer(), nullable=False)
        table.drop_index("ix_provider_wish_provider_reference")
        table.drop_constraint("uq_provider_wish_referral_id_provider_reference", type_="unique")
        table.drop_column("provider_reference")
        table.create_foreign_key(
            "fk_provider_wish_provider_id_provider", "provider", ["provider_id"], ["id"]
        )
        table.create_unique_constraint(
            "uq_provider_wish_referral_id_provider_id", ["referral_id", "provider_id"]
        )
