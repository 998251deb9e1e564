"""An item of a panel's agenda may be about a variation of an agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    without = sa.text("placement_agreement_id IS NULL")
    with op.batch_alter_table("panel_item") as table:
        table.add_column(sa.Column("placement_agreement_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            table.f("fk_panel_item_placement_agreement_id_placement_agreement"),
            "placement_agreement",
            ["placement_agreement_id"],
            ["id"],
        )
        table.drop_constraint(
            table.f("uq_panel_item_panel_meeting_id_proposal_id"), type_="unique"
        )
        table.create_index(
            table.f("ix_panel_item_placement_agreement_id"),
            ["placement_agreement_id"],
            unique=False,
        )
    op.create_index(
        "uq_panel_item_proposal",
        "panel_item",
        ["panel_meeting_id", "proposal_id"],
        unique=True,
        sqlite_where=without,
        postgresql_where=without,
    )
    op.create_index(
        "uq_panel_item_agreement",
        "panel_item",
        ["panel_meeting_id", "placement_agreement_id"],
        unique=True,
    )


def downgrade() -> None:
    """Take this change back; items about variations go with it."""
    op.execute("DELETE FROM panel_item WHERE placement_agreement_id IS NOT NULL")
    op.drop_index("uq_panel_item_agreement", table_name="panel_item")
    op.drop_index("uq_panel_item_proposal", table_name="panel_item")
    with op.batch_alter_table("panel_item") as table:
        table.drop_index(table.f("ix_panel_item_placement_agreement_id"))
        table.drop_constraint(
            table.f("fk_panel_item_placement_agreement_id_placement_agreement"),
            type_="foreignkey",
        )
        table.drop_column("placement_agreement_id")
        table.create_unique_constraint(
            table.f("uq_panel_item_panel_meeting_id_proposal_id"),
            ["panel_meeting_id", "proposal_id"],
        )
