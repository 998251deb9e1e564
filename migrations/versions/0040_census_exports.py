"""Each file in the shape of the alternative provision census that was taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "census_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("census_on", sa.Date(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("placements", sa.Integer(), nullable=False),
        sa.Column("to_check", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "children >= 0 AND placements >= children", name=op.f("ck_census_export_counts_fit")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user_account.id"],
            name=op.f("fk_census_export_made_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_export")),
    )


def downgrade() -> None:
    """Undo this change."""
    op.drop_table("census_export")
